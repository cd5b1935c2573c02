// @ts-check
/** The watcher tells of lines that hold the reader's pattern when they come. */

import { Matching, TooSlow } from './matching.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./protocol.js').Answer} Answer */
/** @typedef {{stream: string, line: string}} Came */

/** How often the page is told at most, in ms. */
const beat = 1000;
/** Lines and characters that are looked at in one go, about. */
const slice = 4000;
const sliceText = 1 << 20;
/** Lines that wait at most: the newest. */
const most = 200_000;

export class Watcher {
  /** @type {Filter | null} */
  filter = null;
  #tell;
  #matching = new Matching();
  #count = 0;
  #text = '';
  #stream = '';
  #busy = false;
  /** Lines that are to be looked at. @type {Came[]} */
  #waiting = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(answer: Answer) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * look looks at new lines. Those that come while others are looked at wait their turn.
   *
   * @param {string} stream
   * @param {string[]} lines
   */
  async look(stream, lines) {
    if (!this.filter) return;
    for (const line of lines) this.#waiting.push({ stream, line });
    if (this.#waiting.length > most) this.#waiting = this.#waiting.slice(-most);
    if (this.#busy) return;
    this.#busy = true;
    while (this.filter && this.#waiting.length > 0) {
      const all = this.#waiting;
      this.#waiting = [];
      for (let at = 0; this.filter && at < all.length;) at = await this.#handful(this.filter, all, at);
    }
    this.#waiting = [];
    this.#busy = false;
  }

  /**
   * handful looks at some lines from one on, and returns where the others begin.
   *
   * @param {Filter} filter
   * @param {Came[]} all
   * @param {number} from
   */
  async #handful(filter, all, from) {
    let to = from;
    for (let size = 0; to < all.length && to < from + slice && size < sliceText; to++) size += all[to]?.line.length ?? 0;
    const lines = all.slice(from, to);
    const texts = lines.map(({ line }) => strip(line));
    try {
      const which = await this.#matching.which([filter], texts);
      const hits = lines.filter((_, i) => which[i]);
      const last = hits.at(-1);
      if (!last) return to;
      this.#count += hits.length;
      this.#text = strip(last.line).slice(0, 200);
      this.#stream = last.stream;
      this.#timer ??= setTimeout(() => this.#tellNow(), this.#count === hits.length ? 0 : beat);
    } catch (err) {
      if (!(err instanceof TooSlow)) throw err;
      if (this.filter === filter) {
        this.filter = null;
        this.#tell({ is: 'alert', count: 0, stream: '', text: '' });
      }
    }
    return to;
  }

  #tellNow() {
    this.#timer = undefined;
    this.#tell({ is: 'alert', count: this.#count, stream: this.#stream, text: this.#text });
    this.#count = 0;
  }
}
