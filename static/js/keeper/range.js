// @ts-check
/**
 * The range of time that the reader wants to see: from a moment on, up to another,
 * or both. Lines that do not say when they were written go with the line before
 * them; those of which nothing is known are shown.
 */

import { stampOf } from '../text/stamp.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./store.js').Store} Store */

/**
 * Bounds are moments in Unix ms; NaN for none.
 *
 * @typedef {{since: number, until: number, offset: import('../text/stamp.js').Offset}} Bounds
 */

/** How many rows are looked through for one that says when it was written. */
const reach = 300;

export class Range {
  #bounds;

  /** @param {Bounds} bounds */
  constructor(bounds) {
    this.#bounds = bounds;
  }

  get since() {
    return this.#bounds.since;
  }

  get until() {
    return this.#bounds.until;
  }

  /** Whether there is any bound. */
  get on() {
    return !Number.isNaN(this.since) || !Number.isNaN(this.until);
  }

  /** The bounds as the server is asked for them. @returns {Record<string, string>} */
  get asked() {
    const { since, until } = this;
    return {
      ...(Number.isNaN(since) ? {} : { since: new Date(since).toISOString() }),
      ...(Number.isNaN(until) ? {} : { until: new Date(until).toISOString() }),
    };
  }

  /** @param {Range} other whether the bounds are the same */
  same(other) {
    return Object.is(this.since, other.since) && Object.is(this.until, other.until);
  }

  /**
   * where says on which side of the range a moment lies; NaN lies inside.
   *
   * @param {number} time Unix ms
   * @returns {'before' | 'inside' | 'behind'}
   */
  where(time) {
    return time < this.since ? 'before' : time > this.until ? 'behind' : 'inside';
  }

  /** @param {string} text a line @returns {number} when it was written, Unix ms, or NaN */
  time(text) {
    return stampOf(text, { offset: this.#bounds.offset, now: Date.now() }).time;
  }

  /**
   * edge says on which side of the range the oldest row of a store that has a time
   * lies, or the newest.
   *
   * @param {Store} store
   * @param {'oldest' | 'newest'} end
   * @returns {'before' | 'inside' | 'behind'}
   */
  edge(store, end) {
    const by = end === 'oldest' ? 1 : -1;
    let seq = end === 'oldest' ? store.first : store.end - 1;
    for (let n = 0; this.on && n < reach && seq >= store.first && seq < store.end; n++, seq += by) {
      if (store.isDivider(seq)) continue;
      const time = this.time(strip(store.text(seq).slice(0, 512)));
      if (!Number.isNaN(time)) return this.where(time);
    }
    return 'inside';
  }
}
