// @ts-check
/**
 * What a line says about itself near its beginning: how serious it is, and
 * when it was written. Both are places in the text, for colouring; neither is
 * ever guessed from the words of the message alone.
 */

/** @typedef {'' | 'info' | 'warn' | 'error'} Level */

/**
 * Reading is what was recognised: the level and the characters that name it,
 * and the end of a stamp at the beginning (0 = none).
 *
 * @typedef {object} Reading
 * @property {Level} level
 * @property {number} start
 * @property {number} end
 * @property {number} stamp
 */

/** How far into a line a level is looked for, in characters. */
const reach = 240;

// A level is a word in capitals, or one in any case where the form says that
// it is a level: [error], level=error, "level":"error", or error: at the
// beginning or after a tag. The first one in the line counts.
const words = 'emergency|emerg|alert|panic|fatal|critical|crit|severe|error|err|warning|warn|notice|information|info|debug|trace';
const loud = new RegExp(`(?<![\\w.-])(?:${words.toUpperCase()})(?![\\w-])`);
const quiet = new RegExp(
  `(?<=\\b(?:level|lvl|severity|loglevel)["']?\\s{0,2}[=:]\\s{0,2}["']?)(?:${words})\\b`
  + `|(?<=\\[(?:\\w{1,20}:)?)(?:${words})(?=\\])`
  + `|(?<=(?:^|[\\]:>)]) {0,2})(?:${words})(?=:)`,
  'i',
);
const numbered = /"level"\s?:\s?(\d0)\b/;
const klog = /^([IWEF])\d{4} \d\d:\d\d:\d\d/;

const stampForms = new RegExp('^(?:'
  + '\\[?\\d{4}[-/]\\d\\d[-/]\\d\\d(?:[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?(?: ?(?:Z|[+-]\\d\\d:?\\d\\d))?)?\\]?'
  + '|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?'
  + '|\\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [^\\]]{10,30}\\]'
  + '|\\[?\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?\\]?'
  + '|[IWEF]\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{6}'
  + '|\\d{6} \\d{6}'
  + ')(?=\\s|$)');

/** Lines that go on with the one before: indented, or as stack traces do. */
const carried = /^(?:[ \t]+\S|Caused by: |Traceback \(|\.\.\. \d+ more)/;

/**
 * read returns what a line says about itself.
 *
 * @param {string} text the visible text
 * @returns {Reading}
 */
export function read(text) {
  const head = text.length > reach ? text.slice(0, reach) : text;
  const stamp = stampForms.exec(head)?.[0].length ?? 0;
  const short = klog.exec(head);
  if (short) {
    const level = short[1] === 'I' ? 'info' : short[1] === 'W' ? 'warn' : 'error';
    return { level, start: 0, end: 1, stamp };
  }
  const found = firstNamed(head);
  if (found) return { level: levelOf(found.word), start: found.at, end: found.at + found.word.length, stamp };
  const number = numbered.exec(head);
  if (number) {
    const n = Number(number[1]);
    return { level: n >= 50 ? 'error' : n >= 40 ? 'warn' : 'info', start: 0, end: 0, stamp };
  }
  return { level: '', start: 0, end: 0, stamp };
}

/**
 * continues reports whether a line goes on with the one before it, and so has
 * its level.
 *
 * @param {string} text
 */
export function continues(text) {
  return carried.test(text);
}

/**
 * firstNamed returns the first word of a text that is a level.
 *
 * @param {string} head
 */
function firstNamed(head) {
  const a = loud.exec(head);
  const b = quiet.exec(head);
  const found = a && b ? (a.index <= b.index ? a : b) : (a ?? b);
  return found && { at: found.index, word: found[0] };
}

/**
 * @param {string} word
 * @returns {Level}
 */
function levelOf(word) {
  switch (word.toLowerCase()) {
    case 'emerg': case 'emergency': case 'alert': case 'panic': case 'fatal': case 'crit': case 'critical':
    case 'severe': case 'error': case 'err':
      return 'error';
    case 'warn': case 'warning':
      return 'warn';
    default:
      return 'info';
  }
}
