// @ts-check
/**
 * How serious a line is, by what it says about itself near its beginning; it is
 * never guessed from the words of the message alone.
 */

/**
 * Levels, the more serious the higher; the server has the same (tailer/line).
 * 0 means that a line says nothing.
 */
export const levels = /** @type {const} */ (['', 'trace', 'debug', 'info', 'notice', 'warn', 'error', 'fatal']);
/** @typedef {0 | 1 | 2 | 3 | 4 | 5 | 6 | 7} Level */
export const WARN = 5;
export const ERROR = 6;

/**
 * Found is the level of a line and the characters that name it; both places
 * are 0 where no word does.
 *
 * @typedef {object} Found
 * @property {Level} level
 * @property {number} start
 * @property {number} end
 */

/** How far into a line a level is looked for, in characters. */
const reach = 240;

// A level is a word in capitals, or one in any case where the form says that
// it is a level: [error], level=error, "level":"error", or error: at the
// beginning or after a tag. The first one in the line counts.
const words = 'emergency|emerg|alert|panic|fatal|critical|crit|severe|error|err|warning|warn|notice|information|info|debug|verbose|trace';
const loud = new RegExp(`(?<![\\w.-])(?:${words.toUpperCase()})(?![\\w-])`);
const quiet = new RegExp(
  `(?<=\\b(?:level|lvl|severity|loglevel)["']?\\s{0,2}[=:]\\s{0,2}["']?)(?:${words})\\b`
  + `|(?<=\\[(?:\\w{1,20}:)?)(?:${words})(?=\\])`
  + `|(?<=(?:^|[\\]:>)]) {0,2})(?:${words})(?=:)`,
  'i',
);
const numbered = /"level"\s?:\s?(\d0)\b/;
const klog = /^[IWEF]\d{4} \d\d:\d\d:\d\d/;

/** @type {Found} */
const none = Object.freeze({ level: 0, start: 0, end: 0 });

/**
 * levelOf returns what a line says about how serious it is.
 *
 * @param {string} text the visible text
 * @returns {Found}
 */
export function levelOf(text) {
  const head = text.length > reach ? text.slice(0, reach) : text;
  const first = head.charCodeAt(0);
  if ((first === 73 || first === 87 || first === 69 || first === 70) && klog.test(head)) {
    return { level: first === 73 ? 3 : first === 87 ? 5 : first === 69 ? 6 : 7, start: 0, end: 1 };
  }
  const a = loud.exec(head);
  const b = quiet.exec(head);
  const found = a && b ? (a.index <= b.index ? a : b) : (a ?? b);
  if (found) return { level: named(found[0]), start: found.index, end: found.index + found[0].length };
  const number = numbered.exec(head);
  if (!number) return none;
  const n = Number(number[1]);
  return { level: n >= 60 ? 7 : n >= 50 ? 6 : n >= 40 ? 5 : n >= 30 ? 3 : n >= 20 ? 2 : 1, start: 0, end: 0 };
}

/**
 * @param {string} word
 * @returns {Level}
 */
function named(word) {
  switch (word.toLowerCase()) {
    case 'emerg': case 'emergency': case 'alert': case 'panic': case 'fatal': case 'crit': case 'critical':
      return 7;
    case 'severe': case 'error': case 'err':
      return 6;
    case 'warn': case 'warning':
      return 5;
    case 'notice':
      return 4;
    case 'debug':
      return 2;
    case 'trace': case 'verbose':
      return 1;
    default:
      return 3;
  }
}
