// @ts-check
/**
 * Unfinished lines are the last ones of streams, while they are being written:
 * prompts, progress. They are no rows, are not counted, and stand below the
 * newest row until something else of their stream comes.
 */

import { loose } from './rows.js';

/** @typedef {import('./protocol.js').Line} Line */

export class Unfinished {
  /** By stream, the newest last. @type {Map<number, {text: string, more: boolean}>} */
  #texts = new Map();

  clear() {
    this.#texts.clear();
  }

  /** @param {number} stream of which something else came */
  over(stream) {
    this.#texts.delete(stream);
  }

  /**
   * grew takes what there is of a line.
   *
   * @param {number} stream
   * @param {string} text
   * @param {boolean} more whether there is more of it already
   */
  grew(stream, text, more) {
    this.#texts.delete(stream);
    this.#texts.set(stream, { text, more });
  }

  /**
   * row returns the newest that the reader's filters let pass, or null.
   *
   * @param {import('./sieve.js').Sieve} sieve
   * @param {import('./rows.js').Eye} eye
   * @returns {Promise<Line | null>}
   */
  async row(sieve, eye) {
    for (const [stream, { text, more }] of [...this.#texts].reverse()) {
      if (await sieve.passes(text)) return loose(stream, more ? `${text}…` : text, eye);
    }
    return null;
  }
}
