// @ts-check
/**
 * Where runs of rows meet: the lines at the ends of a store, the row at which a
 * page of history reaches another store, and the row of a line.
 */

import { divide, positionOf, same } from './cursor.js';

/** @typedef {import('./past.js').Item} Item */
/** @typedef {import('./store.js').Store} Store */

/**
 * outermost returns the oldest row held of each of some streams, or the newest; NaN
 * where none is held.
 *
 * @param {Store} store
 * @param {number} streams how many there are
 * @param {'oldest' | 'newest'} end
 * @param {number} [from] where to begin
 */
export function outermost(store, streams, end, from = end === 'oldest' ? store.first : store.end - 1) {
  /** @type {number[]} */
  const found = new Array(streams).fill(NaN);
  let missing = streams;
  const step = end === 'oldest' ? 1 : -1;
  for (let seq = from; missing > 0 && seq >= store.first && seq < store.end; seq += step) {
    const stream = store.stream(seq);
    if (!Number.isNaN(found[stream]) || store.isDivider(seq) || store.cursor(seq) === '') continue;
    found[stream] = seq;
    missing--;
  }
  return found;
}

/**
 * Oldest knows the oldest row of each stream in a store that loses its oldest rows
 * and gets newer ones. Where rows are put before the oldest another is to be made.
 */
export class Oldest {
  #store;
  /** By stream; NaN where there is none before #upTo. @type {number[]} */
  #rows;
  #upTo;

  /**
   * @param {Store} store
   * @param {number} streams how many there are
   */
  constructor(store, streams) {
    this.#store = store;
    this.#rows = new Array(streams).fill(NaN);
    this.#upTo = store.first;
  }

  /** The rows, by stream; NaN where none is held. */
  get rows() {
    const { first, end } = this.#store;
    const upTo = Math.min(end, Math.max(first, this.#upTo));
    const lost = this.#rows.map((row) => row < first || row >= end);
    this.#look(first, upTo, lost);
    // Behind what was looked at rows of streams may come that had none.
    this.#look(upTo, end, this.#rows.map((row) => Number.isNaN(row)));
    this.#upTo = end;
    return this.#rows;
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {boolean[]} open which streams are looked for
   */
  #look(from, to, open) {
    this.#rows = this.#rows.map((row, i) => (open[i] ? NaN : row));
    let left = open.filter((is) => is).length;
    for (let seq = from; seq < to && left > 0; seq++) {
      const stream = this.#store.stream(seq);
      if (!open[stream] || this.#store.isDivider(seq) || this.#store.cursor(seq) === '') continue;
      this.#rows[stream] = seq;
      open[stream] = false;
      left--;
    }
  }
}

/**
 * reaches reports whether a line is one from which on a stream is held elsewhere, or
 * lies behind it in its file.
 *
 * @param {string} cursor
 * @param {string} limit the cursor of that one
 */
export function reaches(cursor, limit) {
  const [at, to] = [positionOf(cursor), positionOf(limit)];
  if (!at || !to) return cursor === limit && limit !== '';
  return at.generation === to.generation && at.offset >= to.offset;
}

/**
 * rowOf returns the row of a line that is held, or null.
 *
 * @param {Store} store
 * @param {number} stream
 * @param {string} cursor
 */
export function rowOf(store, stream, cursor) {
  if (!positionOf(cursor)) return null;
  for (let seq = store.first; seq < store.end; seq++) {
    if (store.stream(seq) === stream && !store.isDivider(seq) && same(store.cursor(seq), cursor)) return seq;
  }
  return null;
}

/**
 * itemsFrom returns the rows of a store from one on.
 *
 * @param {Store} store
 * @param {number} from
 * @returns {Item[]}
 */
export function itemsFrom(store, from) {
  /** @type {Item[]} */
  const items = [];
  for (let seq = from; seq < store.end; seq++) {
    const divider = store.divider(seq);
    const stream = store.stream(seq);
    items.push(divider ? { stream, divider, time: 0 } : { stream, text: store.text(seq), cursor: store.cursor(seq), time: 0 });
  }
  return items;
}

/**
 * addBefore puts items before the rows of a store.
 *
 * @param {Store} store
 * @param {Item[]} items
 */
export function addBefore(store, items) {
  for (let end = items.length; end > 0;) {
    const item = /** @type {Item} */ (items[end - 1]);
    if ('divider' in item) {
      store.prependDivider(item.stream, item.divider);
      end--;
      continue;
    }
    let start = end;
    while (start > 0 && items[start - 1]?.stream === item.stream && 'text' in /** @type {Item} */ (items[start - 1])) start--;
    store.prepend(item.stream, /** @type {{text: string, cursor: string}[]} */ (items.slice(start, end)));
    end = start;
  }
}

/**
 * add appends items to a store.
 *
 * @param {Store} store
 * @param {Item[]} items
 */
export function add(store, items) {
  for (const item of items) {
    if ('divider' in item) {
      store.divide(item.stream, item.divider);
      continue;
    }
    const { base, off } = divide(item.cursor);
    store.append(item.stream, [item.text], { continues: false, base, off: [off] });
  }
}

/**
 * keyOf returns what is the same for all cursors of one line.
 *
 * @param {number} stream
 * @param {string} cursor
 */
export function keyOf(stream, cursor) {
  const position = positionOf(cursor);
  return position ? `${stream} ${position.generation} ${position.offset}` : `${stream} ${cursor}`;
}
