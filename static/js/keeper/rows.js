// @ts-check
/**
 * Rows as the page draws them, made from the store for the few that are seen.
 */

import { parse, strip } from '../text/ansi.js';
import { fields } from '../text/fields.js';
import { levelOf } from '../text/level.js';
import { stampOf } from '../text/stamp.js';
import { tokens } from '../text/token.js';
import { fold, foldMost } from './protocol.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./sieve.js').Sieve} Sieve */
/** @typedef {import('./protocol.js').Row} Row */
/** @typedef {import('./protocol.js').Line} Line */
/** @typedef {import('./protocol.js').Look} Look */
/** A place in a row that is shown. @typedef {{number: number, offset: number}} Place */

/**
 * Eye is how lines are read, what finds matches in them, and what knows the files that they are in.
 *
 * @typedef {Look & {marker: import('./marker.js').Marker, fileOf: (stream: number, cursor: string) => string}} Eye
 */

/** Rows beside a divider that are looked at for a line of its stream. */
const beside = 100;
/** How many lines of a trace are counted at most. */
const traceMost = 2000;

/**
 * rows returns the shown rows from one number to before another.
 *
 * @param {Sieve} sieve
 * @param {Set<number>} unfolded rows that the reader wants whole
 * @param {Eye} look
 * @param {number} from
 * @param {number} to
 * @returns {Promise<Row[]>}
 */
export async function rows(sieve, unfolded, look, from, to) {
  const { shown, store } = sieve;
  /** @type {Row[]} */
  const list = [];
  let before = from > shown.first && from < to ? timeOf(store, shown.seq(from - 1), look) : NaN;
  for (let number = from; number < to; number++) {
    const row = rowOf(sieve, shown.seq(number), unfolded, look);
    list.push(row);
    if (!('text' in row)) continue;
    row.before = before;
    if (!Number.isNaN(row.stamp.time)) before = row.stamp.time;
  }
  const lines = /** @type {Line[]} */ (list.filter((r) => 'text' in r));
  const marks = look.marker.marks(sieve, look.highlights, lines.map((line) => line.text));
  for (const [i, places] of (Array.isArray(marks) ? marks : await marks).entries()) {
    const line = lines[i];
    if (line) line.marks = places;
  }
  return list;
}

/**
 * rowOf returns one row.
 *
 * @param {Sieve} sieve
 * @param {number} seq
 * @param {Set<number>} unfolded
 * @param {Eye} look
 * @returns {Row}
 */
export function rowOf(sieve, seq, unfolded, look) {
  const { store } = sieve;
  const stream = store.stream(seq);
  const divider = store.divider(seq);
  if (divider) return { seq, stream, divider: named(store, seq, divider, look) };
  const whole = unfolded.has(seq);
  const most = whole ? foldMost : fold;
  const raw = store.text(seq);
  const { text, runs } = parse(raw.length > most ? raw.slice(0, most) : raw);
  const { level, start, end } = levelOf(text);
  const member = store.isTrace(seq);
  return {
    seq, stream, text, cursor: store.cursor(seq), folded: Math.max(0, raw.length - most), unfolded: whole,
    continues: store.continues(seq), trace: member ? traceOf(sieve, seq) : null, member, runs, marks: [],
    tokens: tokens(text), level: member ? store.level(seq) : level, named: { start, end },
    stamp: stampOf(text, { offset: look.offset, now: Date.now() }), before: NaN,
    fields: look.columns ? fields(strip(raw)) : [],
  };
}

/**
 * loose returns a row for a line that is not held.
 *
 * @param {number} stream
 * @param {string} raw
 * @param {Eye} look
 * @returns {Line}
 */
export function loose(stream, raw, look) {
  const { text, runs } = parse(raw.slice(0, fold));
  const { level, start, end } = levelOf(text);
  return {
    seq: -1, stream, text, cursor: '', folded: Math.max(0, raw.length - fold), unfolded: false, continues: false, trace: null, member: false, runs, marks: [],
    tokens: tokens(text), level, named: { start, end }, stamp: stampOf(text, { offset: look.offset, now: Date.now() }), before: NaN, fields: [],
  };
}

/**
 * named returns a divider between two files with their names.
 *
 * @param {Store} store
 * @param {number} seq
 * @param {import('./store.js').Divider} divider
 * @param {Eye} look
 */
function named(store, seq, divider, { fileOf }) {
  if (divider.kind !== 'generation' && divider.event !== 'rotated') return divider;
  const stream = store.stream(seq);
  const next = (/** @type {1 | -1} */ by) => {
    for (let at = seq + by, n = 0; n < beside && at >= store.first && at < store.end; at += by, n++) {
      if (store.stream(at) === stream && !store.isDivider(at)) return fileOf(stream, store.cursor(at));
    }
    return '';
  };
  // Names that are not known now were, a while ago.
  divider.ended = next(-1) || divider.ended || '';
  divider.name = next(1) || divider.name || '';
  return { ...divider };
}

/**
 * @param {Store} store
 * @param {number} seq
 * @param {Look} look
 */
function timeOf(store, seq, look) {
  return store.isDivider(seq) ? NaN : stampOf(strip(store.text(seq).slice(0, 512)), { offset: look.offset, now: Date.now() }).time;
}

/**
 * traceOf counts the lines of a trace behind its first, where a row is that.
 *
 * @param {Sieve} sieve
 * @param {number} seq
 */
function traceOf(sieve, seq) {
  const { store } = sieve;
  const inside = seq > store.first && store.isTrace(seq - 1) && store.passed(seq - 1) && store.stream(seq - 1) === store.stream(seq);
  if (inside) return null;
  let count = 0;
  for (let next = seq + 1; next < store.end && count < traceMost && store.isTrace(next); next++) if (store.passed(next)) count++;
  return count > 0 ? { count, open: sieve.isOpen(seq) } : null;
}

/**
 * asked returns the plain text that the page wants, or null where other rows are shown
 * by now than it means.
 *
 * @param {Sieve} sieve
 * @param {Extract<import('./protocol.js').Wish, {do: 'all' | 'whole'}>} wish
 */
export function asked(sieve, wish) {
  const { first, end } = sieve.shown;
  if (wish.do === 'all') return text(sieve, { number: first, offset: 0 }, { number: end - 1, offset: Infinity });
  if (wish.generation !== sieve.generation) return null;
  return whole(sieve, wish.number);
}

/**
 * whole returns the plain text of a row that is shown, with the trace that goes on
 * from it, folded away or not.
 *
 * @param {Sieve} sieve
 * @param {number} number
 */
export function whole(sieve, number) {
  const { shown, store } = sieve;
  const seq = number >= shown.first && number < shown.end ? shown.seq(number) : NaN;
  let last = number;
  // A line of a trace is itself alone, unless the trace is folded behind it.
  if (!Number.isNaN(seq) && !store.isTrace(seq)) {
    const goesOn = (/** @type {number} */ next) => next < shown.end && store.isTrace(shown.seq(next)) && store.stream(shown.seq(next)) === store.stream(seq);
    while (goesOn(last + 1)) last++;
  }
  return text(sieve, { number, offset: 0 }, { number: last, offset: Infinity });
}

/**
 * text returns the plain text of a selection of shown rows, without escape
 * sequences, with a newline between lines. Pieces of one line are joined; a
 * trace that is folded away is copied whole; dividers are no text.
 *
 * @param {Sieve} sieve
 * @param {Place} start
 * @param {Place} end
 */
export function text(sieve, start, end) {
  const { shown, store } = sieve;
  /** @type {string[]} */
  const parts = [];
  let before = -1;
  const add = (/** @type {number} */ seq, /** @type {number} */ from, /** @type {number | undefined} */ to) => {
    if (store.isDivider(seq)) return;
    const joined = before === seq - 1 && parts.length > 0 && store.continues(seq) && store.stream(before) === store.stream(seq);
    if (parts.length > 0 && !joined) parts.push('\n');
    parts.push(strip(store.text(seq)).slice(from, to));
    before = seq;
  };
  const last = Math.min(end.number, shown.end - 1);
  for (let number = Math.max(start.number, shown.first); number <= last; number++) {
    const seq = shown.seq(number);
    const trace = store.isTrace(seq) ? traceOf(sieve, seq) : null;
    const folds = trace !== null && !trace.open;
    add(seq, number === start.number ? start.offset : 0, number === end.number && !(folds && end.offset === Infinity) ? end.offset : undefined);
    if (!folds || (number === last && end.offset !== Infinity && end.offset < store.text(seq).length)) continue;
    for (let next = seq + 1; next < store.end && store.isTrace(next); next++) if (store.passed(next)) add(next, 0, undefined);
  }
  return parts.join('');
}
