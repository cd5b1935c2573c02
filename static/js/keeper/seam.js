// @ts-check
/**
 * Where runs of rows meet: the lines at the ends of a store, the row at which a
 * page of history reaches another store, and the row of a line.
 */

import { divide, positionOf, same } from './cursor.js';

/** @typedef {import('./past.js').Item} Item */
/** @typedef {import('./store.js').Store} Store */

/** How many rows are looked through for the outermost of each stream. */
const lookFor = 5000;

/**
 * edges returns the cursor of the oldest line held of each of some streams, or of
 * the newest; '' where none is near.
 *
 * @param {Store} store
 * @param {number} streams how many there are
 * @param {'oldest' | 'newest'} end
 */
export function edges(store, streams, end) {
  /** @type {string[]} */
  const found = new Array(streams).fill('');
  let missing = streams;
  const step = end === 'oldest' ? 1 : -1;
  let seq = end === 'oldest' ? store.first : store.end - 1;
  for (let n = 0; n < lookFor && missing > 0 && seq >= store.first && seq < store.end; n++, seq += step) {
    const stream = store.stream(seq);
    if (found[stream] !== '' || store.isDivider(seq)) continue;
    found[stream] = store.cursor(seq);
    if (found[stream] !== '') missing--;
  }
  return found;
}

/**
 * joint returns which of some items is the oldest line of a store, or -1.
 *
 * @param {Store} store
 * @param {number} streams how many there are
 * @param {Item[]} items
 */
export function joint(store, streams, items) {
  /** @type {Set<string>} */
  const firsts = new Set();
  const seen = new Set();
  for (let seq = store.first; seq < Math.min(store.end, store.first + lookFor) && seen.size < streams; seq++) {
    if (store.isDivider(seq) || seen.has(store.stream(seq))) continue;
    seen.add(store.stream(seq));
    firsts.add(keyOf(store.stream(seq), store.cursor(seq)));
  }
  return items.findIndex((item) => 'text' in item && firsts.has(keyOf(item.stream, item.cursor)));
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
