// @ts-check
/** The words that programs write for levels, and where each may stand. The server has the same (tailer/stamp/word.go). */

/**
 * Kind is where a word may stand to be a level. usual: anywhere in capitals, else where
 * the place says so; short: in capitals, as the first word of a line or in brackets; led: in
 * capitals and before a colon, as in Java and PostgreSQL; opening: before a colon at
 * the beginning, as in .NET; noted: in square brackets.
 *
 * @typedef {'' | 'usual' | 'short' | 'led' | 'opening' | 'noted'} Kind
 */

/** @type {[Kind, number, string][]} */
const table = [
  ['usual', 1, 'trace verbose'], ['usual', 2, 'debug'], ['usual', 3, 'info information'], ['usual', 4, 'notice'], ['usual', 5, 'warn warning'],
  ['usual', 6, 'error err severe'], ['usual', 7, 'fatal critical crit alert emerg emergency panic'],
  ['short', 1, 'trc vrb'], ['short', 2, 'dbg dbug debu'], ['short', 3, 'inf'], ['short', 5, 'wrn'], ['short', 6, 'eror erro'], ['short', 7, 'ftl pnc fata'],
  ['led', 1, 'finer finest'], ['led', 2, 'fine config'], ['led', 3, 'log'],
  ['opening', 1, 'trce'], ['opening', 6, 'fail'],
  ['noted', 3, 'note'],
];
/** @type {Kind} */
export const none = '';
const unknown = Object.freeze({ level: 0, kind: none });
/** @type {Map<string, {level: number, kind: Kind}>} */
const words = new Map(table.flatMap(([kind, level, names]) => names.split(' ').map((name) => [name, { level, kind }])));
/** First letters of them: most other words are told apart by these. */
const firsts = new Set([...words.keys()].flatMap((name) => [name.charCodeAt(0), name.charCodeAt(0) - 32]));

/**
 * kindOf returns the level that a word stands for, in any case, and where.
 *
 * @param {string} word
 */
export function kindOf(word) {
  if (word.length < 3 || word.length > 11 || !firsts.has(word.charCodeAt(0))) return unknown;
  return words.get(word.toLowerCase()) ?? unknown;
}

/**
 * levelOfWord returns the level that a word stands for where nothing else can be
 * meant.
 *
 * @param {string} word
 */
export function levelOfWord(word) {
  const { level, kind } = kindOf(word);
  return kind === 'usual' || kind === 'short' ? level : 0;
}

/** @param {string} letter as klog, logcat, MongoDB and others write it */
export function letterOf(letter) {
  return { V: 1, T: 1, D: 2, I: 3, W: 5, E: 6, F: 7, C: 7 }[letter] ?? 0;
}
