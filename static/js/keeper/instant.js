// @ts-check
/** Where in the rows held a moment is. */

import { stampOf } from '../text/stamp.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./passed.js').Passed} Passed */

/** How many rows are looked through for one that carries a time. */
const reach = 300;

/**
 * rowOfTime returns which of the rows shown is the first of a time or later, as far
 * as they are in the order of time: 'before' or 'behind' where the time is not
 * among them, and 'none' where they carry no time.
 *
 * @param {Store} store
 * @param {Passed} shown
 * @param {number} time Unix ms
 * @param {import('../text/zone.js').Offset} offset of stamps without a zone
 * @returns {number | 'before' | 'behind' | 'none'} a number among the rows shown
 */
export function rowOfTime(store, shown, time, offset) {
  const zone = { offset, now: Date.now() };
  /** @param {number} number @param {1 | -1} by @returns {{number: number, time: number} | null} */
  const timed = (number, by) => {
    for (let n = 0; n < reach && number >= shown.first && number < shown.end; n++, number += by) {
      const seq = shown.seq(number);
      if (store.isDivider(seq)) continue;
      const found = stampOf(strip(store.text(seq).slice(0, 512)), zone).time;
      if (!Number.isNaN(found)) return { number, time: found };
    }
    return null;
  };
  const first = timed(shown.first, 1);
  const last = timed(shown.end - 1, -1);
  if (!first || !last) return 'none';
  if (time < first.time) return 'before';
  if (time > last.time) return 'behind';
  let low = first.number;
  let high = last.number;
  while (low < high) {
    const middle = timed(Math.floor((low + high) / 2), 1);
    if (!middle || middle.number >= high || middle.time >= time) high = Math.floor((low + high) / 2);
    else low = middle.number + 1;
  }
  return timed(low, 1)?.number ?? low;
}
