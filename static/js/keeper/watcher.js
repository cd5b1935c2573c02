// @ts-check
/** The watcher tells of lines that hold the reader's pattern when they come. */

import { Matching } from './matching.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./protocol.js').Answer} Answer */

/** How often the page is told at most, in ms. */
const beat = 1000;

export class Watcher {
  /** @type {Filter | null} */
  filter = null;
  #tell;
  #matching = new Matching();
  #count = 0;
  #text = '';
  #stream = '';
  #busy = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(answer: Answer) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * look looks at new lines.
   *
   * @param {string} stream
   * @param {string[]} lines
   */
  async look(stream, lines) {
    const { filter } = this;
    // Lines that rush past are not all looked at: an alert says that there are some.
    if (!filter || this.#busy) return;
    this.#busy = true;
    try {
      const texts = lines.map(strip);
      const which = await this.#matching.which([filter], texts);
      const hits = texts.filter((_, i) => which[i]);
      if (hits.length === 0) return;
      this.#count += hits.length;
      this.#text = (hits.at(-1) ?? '').slice(0, 200);
      this.#stream = stream;
      this.#timer ??= setTimeout(() => this.#tellNow(), this.#count === hits.length ? 0 : beat);
    } catch {
      this.filter = null;
    } finally {
      this.#busy = false;
    }
  }

  #tellNow() {
    this.#timer = undefined;
    this.#tell({ is: 'alert', count: this.#count, stream: this.#stream, text: this.#text });
    this.#count = 0;
  }
}
