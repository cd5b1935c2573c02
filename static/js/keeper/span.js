// @ts-check
/** What the scroll bar spans: all of history, in bytes, and where in it the rows held lie. */

import { Extents } from './extents.js';

/** @typedef {import('./past.js').Past} Past */
/** @typedef {import('./protocol.js').Bar} Bar */

/** How often it is asked for at most, in ms. */
const beat = 5000;

export class Span {
  extents = new Extents();
  #past;
  /** When it was asked for last, Unix ms. */
  #measured = 0;

  /** @param {Past} past */
  constructor(past) {
    this.#past = past;
  }

  /** clear goes with other streams. */
  clear() {
    this.extents.clear();
    this.#measured = 0;
  }

  /** due reports whether it is time to measure, and counts that as done. */
  due() {
    const now = Date.now();
    if (now - this.#measured < beat) return false;
    this.#measured = now;
    return true;
  }

  /**
   * measure asks how much history there is.
   *
   * @param {string[]} streams
   * @param {() => boolean} wanted whether the answer is of use when it comes
   */
  async measure(streams, wanted) {
    const parts = await Promise.all(streams.map((stream) => this.#past.extent(stream)));
    for (const [i, part] of parts.entries()) if (wanted()) this.extents.set(streams[i] ?? '', part);
  }

  /**
   * bar returns where rows lie that end at some cursors, one for each stream; ''
   * where nothing is beyond.
   *
   * @param {string[]} streams
   * @param {string[]} oldest
   * @param {string[]} newest
   * @returns {Bar | null} null where too little is known
   */
  bar(streams, oldest, newest) {
    const { extents } = this;
    if (!streams.every((stream) => extents.knows(stream))) return null;
    let before = 0;
    let behind = 0;
    let total = 0;
    for (const [i, stream] of streams.entries()) {
      const first = oldest[i] ? extents.at(stream, oldest[i] ?? '') : 0;
      const last = newest[i] ? extents.at(stream, newest[i] ?? '') : NaN;
      const all = extents.total(stream);
      total += all;
      before += Number.isNaN(first) ? 0 : first;
      behind += Number.isNaN(last) ? 0 : all - last;
    }
    return { before, within: Math.max(1, total - before - behind), behind };
  }
}
