// @ts-check
/**
 * The merge puts the live lines of several streams into the order of time, as
 * far as lines come within a short while of one another, with what happens
 * between them. A line that comes later stands behind those that were given.
 */

import { strip } from '../text/ansi.js';
import { stampOf } from '../text/stamp.js';

/** @typedef {import('./store.js').Divider} Divider */

/** How long a line waits for earlier ones of other streams, in ms. */
export const reorder = 300;

/**
 * Waiting is a line that may still be put behind others, or a divider.
 *
 * @typedef {object} Waiting
 * @property {number} stream
 * @property {string} line
 * @property {Divider | null} divider
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
  /** The time of the first line of each stream that says one. @type {Map<number, number>} */
  #firsts = new Map();

  get size() {
    return this.#waiting.length;
  }

  /**
   * add takes lines. Lines without a stamp stay behind the one before them, or before
   * the one behind them where they come first.
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
      if (!Number.isNaN(own) && !this.#firsts.has(stream)) this.#begin(stream, own);
      const before = this.#times.get(stream) ?? NaN;
      // A stream stays in its own order.
      const time = Number.isNaN(own) ? (Number.isNaN(before) ? now : before) : Math.max(own, Number.isNaN(before) ? own : before);
      this.#times.set(stream, time);
      this.#waiting.push({
        stream, line, divider: null, continues: i === 0 && how.continues, base: how.base, off: how.off[i] ?? 0,
        time, order: this.#order++, due: now + reorder,
      });
    }
  }

  /**
   * begin takes the first time that a stream says: it is that of what waits, too.
   *
   * @param {number} stream
   * @param {number} time
   */
  #begin(stream, time) {
    this.#firsts.set(stream, time);
    const waiting = this.#waiting.filter((w) => w.stream === stream && !w.divider);
    for (const line of waiting) line.time = time;
    if (waiting.length > 0) this.#times.set(stream, time);
  }

  /**
   * divide takes what happened to a stream behind its lines so far.
   *
   * @param {number} stream
   * @param {Divider} divider
   * @param {number} now
   */
  divide(stream, divider, now) {
    const time = this.#times.get(stream) ?? now;
    this.#waiting.push({ stream, line: '', divider, continues: false, base: '', off: 0, time, order: this.#order++, due: now + reorder });
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

  /**
   * level drops what was written before the first line of some streams: those
   * that have more before that, so that in what is left no stream lacks lines
   * between those of others.
   *
   * @param {number[]} streams
   */
  level(streams) {
    const begin = Math.max(-Infinity, ...streams.map((stream) => this.#firsts.get(stream) ?? -Infinity));
    this.#waiting = this.#waiting.filter(({ time }) => time >= begin);
  }

  /**
   * cursor returns where the first line of a stream begins that waits; '' where none does.
   *
   * @param {number} stream
   */
  cursor(stream) {
    const first = this.#waiting.filter((w) => w.stream === stream && w.base !== '').reduce((/** @type {Waiting | null} */ best, w) => (best && best.order < w.order ? best : w), null);
    return first ? `${first.base}.${first.off}` : '';
  }

  /** @param {Merge} later whose lines go behind those of this one, stream by stream */
  join(later) {
    for (const waiting of later.#waiting.sort((a, b) => a.order - b.order)) {
      const time = Math.max(waiting.time, this.#times.get(waiting.stream) ?? -Infinity);
      this.#times.set(waiting.stream, time);
      this.#waiting.push({ ...waiting, time, order: this.#order++ });
    }
    for (const [stream, time] of later.#firsts) if (!this.#firsts.has(stream)) this.#firsts.set(stream, time);
  }

  clear() {
    this.#waiting = [];
    this.#times.clear();
    this.#firsts.clear();
  }
}
