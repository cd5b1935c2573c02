// @ts-check
/** What the scroll bar spans: all of history, in bytes, and where in it the rows held lie. */

import { Extents } from './extents.js';
import { each } from './past.js';

/** @typedef {import('./past.js').Past} Past */
/** @typedef {import('./protocol.js').Bar} Bar */

/** How often it is asked for at most, in ms. */
const beat = 5000;

export class Span {
  extents = new Extents();
  #past;
  #loading;
  /** @type {string[]} */
  #streams = [];
  /** When it was asked for last, Unix ms. */
  #measured = 0;

  /**
   * @param {Past} past
   * @param {import('./loading.js').Loading} loading
   */
  constructor(past, loading) {
    this.#past = past;
    this.#loading = loading;
  }

  /** @param {string[]} streams of whose history it is from now on */
  watch(streams) {
    this.#streams = streams;
    this.extents.clear();
    this.#measured = 0;
  }

  /** @param {'now' | 'sometimes'} when to ask how much history there is */
  async measure(when = 'sometimes') {
    const streams = this.#streams;
    if (!this.#loading.able || streams.length === 0 || (!this.#due() && when === 'sometimes')) return;
    await this.#loading.run('', async () => {
      const parts = await each(streams, (stream) => this.#past.extent(stream));
      if (streams !== this.#streams) return;
      for (const [i, part] of parts.entries()) this.extents.set(streams[i] ?? '', part ?? []);
    });
  }

  /** due reports whether it is time to measure, and counts that as done. */
  #due() {
    const now = Date.now();
    if (now - this.#measured < beat) return false;
    this.#measured = now;
    return true;
  }

  /**
   * known asks how much there is where that is not known, or was before the file of
   * some lines began.
   *
   * @param {string[]} cursors of lines, one for each stream; '' for none
   */
  async known(cursors) {
    const lies = (/** @type {string} */ stream, /** @type {number} */ i) => !cursors[i] || !Number.isNaN(this.extents.at(stream, cursors[i] ?? ''));
    if (!this.#streams.every((stream, i) => this.extents.knows(stream) && lies(stream, i))) await this.measure('now');
  }

  /**
   * bar returns where rows lie that end at some cursors, one for each stream; ''
   * where nothing is beyond.
   *
   * @param {string[]} oldest
   * @param {string[]} newest
   * @returns {Bar | null} null where too little is known
   */
  bar(oldest, newest) {
    const { extents } = this;
    const streams = this.#streams;
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
