// @ts-check
/**
 * The merge puts the live lines of several streams into the order of time, as
 * far as lines come within a short while of one another.
 */

import { strip } from '../text/ansi.js';
import { stampOf } from '../text/stamp.js';

/** How long a line waits for earlier ones of other streams, in ms. */
export const reorder = 300;

/**
 * Waiting is a line that may still be put behind others.
 *
 * @typedef {object} Waiting
 * @property {number} stream
 * @property {string} line
 * @property {boolean} continues
 * @property {string} base
 * @property {number} off
 * @property {number} time when it was written, by its stamp; else when it came
 * @property {number} order of arrival
 * @property {number} due when it waited long enough
 */

export class Merge {
  /** @type {Waiting[]} */
  #waiting = [];
  #order = 0;
  /** The time of the newest line of each stream. @type {Map<number, number>} */
  #times = new Map();

  get size() {
    return this.#waiting.length;
  }

  /**
   * add takes lines. Lines without a stamp stay behind the one before them.
   *
   * @param {number} stream
   * @param {string[]} lines
   * @param {{continues: boolean, base: string, off: number[]}} how
   * @param {number} now
   * @param {import('../text/zone.js').Offset} offset of stamps without a zone
   */
  add(stream, lines, how, now, offset) {
    const zone = { offset, now };
    for (const [i, line] of lines.entries()) {
      const own = stampOf(strip(line.length > 512 ? line.slice(0, 512) : line), zone).time;
      const before = this.#times.get(stream) ?? NaN;
      // A stream stays in its own order.
      const time = Number.isNaN(own) ? (Number.isNaN(before) ? now : before) : Math.max(own, Number.isNaN(before) ? own : before);
      this.#times.set(stream, time);
      this.#waiting.push({
        stream, line, continues: i === 0 && how.continues, base: how.base, off: how.off[i] ?? 0,
        time, order: this.#order++, due: now + reorder,
      });
    }
  }

  /**
   * take returns the lines that waited long enough, and those before them in
   * time, in order.
   *
   * @param {number} now Infinity for all
   */
  take(now) {
    if (!this.#waiting.some(({ due }) => due <= now)) return [];
    this.#waiting.sort((a, b) => a.time - b.time || a.order - b.order);
    let count = 0;
    for (const [i, { due }] of this.#waiting.entries()) if (due <= now) count = i + 1;
    return this.#waiting.splice(0, count);
  }

  clear() {
    this.#waiting = [];
    this.#times.clear();
  }
}
