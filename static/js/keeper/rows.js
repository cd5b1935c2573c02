// @ts-check
/**
 * Rows as the page draws them, made from the store for the few that are seen.
 */

import { parse, strip } from '../text/ansi.js';
import { continues, read } from '../text/level.js';
import { fold, foldMost } from './protocol.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./sieve.js').Sieve} Sieve */
/** @typedef {import('./protocol.js').Row} Row */
/** @typedef {import('./protocol.js').End} End */

/** How far back the level of an indented line is looked for, in rows. */
const lookBack = 64;

/**
 * rows returns the shown rows from one number to before another.
 *
 * @param {Store} store
 * @param {Sieve} sieve
 * @param {Set<number>} unfolded rows that the reader wants whole
 * @param {number} from
 * @param {number} to
 * @returns {Promise<Row[]>}
 */
export async function rows(store, sieve, unfolded, from, to) {
  /** @type {Row[]} */
  const list = [];
  for (let number = from; number < to; number++) list.push(row(store, sieve.shown.seq(number), unfolded));
  const lines = list.filter((r) => 'text' in r);
  const marks = sieve.marks(lines.map((line) => line.text));
  for (const [i, places] of (Array.isArray(marks) ? marks : await marks).entries()) {
    const line = lines[i];
    if (line) line.marks = places;
  }
  return list;
}

/**
 * @param {Store} store
 * @param {number} seq
 * @param {Set<number>} unfolded
 * @returns {Row}
 */
function row(store, seq, unfolded) {
  const stream = store.stream(seq);
  const divider = store.divider(seq);
  if (divider) return { seq, stream, divider };
  const whole = unfolded.has(seq);
  const most = whole ? foldMost : fold;
  const raw = store.text(seq);
  const { text, runs } = parse(raw.length > most ? raw.slice(0, most) : raw);
  const reading = read(text);
  if (reading.level === '' && (store.continues(seq) || continues(text))) reading.level = carried(store, seq, stream);
  return {
    seq, stream, text, folded: Math.max(0, raw.length - most), unfolded: whole, continues: store.continues(seq),
    runs, marks: [], reading,
  };
}

/**
 * carried returns the level of the line that a line goes on with.
 *
 * @param {Store} store
 * @param {number} seq
 * @param {number} stream
 */
function carried(store, seq, stream) {
  const least = Math.max(store.first, seq - lookBack);
  for (let before = seq - 1; before >= least; before--) {
    if (store.stream(before) !== stream || store.isDivider(before)) continue;
    const text = strip(store.text(before).slice(0, 256));
    const { level } = read(text);
    if (level !== '' || !(store.continues(before) || continues(text))) return level;
  }
  return '';
}

/**
 * text returns the plain text of a selection of shown rows, without escape
 * sequences, with a newline between lines. Pieces of one line are joined;
 * dividers are no text.
 *
 * @param {Store} store
 * @param {Sieve} sieve
 * @param {End} start
 * @param {End} end
 */
export function text(store, sieve, start, end) {
  const { shown } = sieve;
  /** @type {string[]} */
  const parts = [];
  let before = -1;
  const last = Math.min(end.number, shown.end - 1);
  for (let number = Math.max(start.number, shown.first); number <= last; number++) {
    const seq = shown.seq(number);
    if (store.isDivider(seq)) continue;
    const joined = before === seq - 1 && store.continues(seq) && store.stream(before) === store.stream(seq);
    if (before >= 0 && !joined) parts.push('\n');
    const whole = strip(store.text(seq));
    parts.push(whole.slice(number === start.number ? start.offset : 0, number === end.number ? end.offset : undefined));
    before = seq;
  }
  return parts.join('');
}
