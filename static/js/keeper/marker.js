// @ts-check
/**
 * The marker finds the places of matches in the lines that are drawn: of what lines
 * must hold to pass, and of the reader's highlights. An expression that takes too long
 * marks nothing, and the others mark all the same.
 */

import { compile, matches } from './expression.js';
import { Matching, TooSlow, key } from './matching.js';

/** @typedef {import('./expression.js').Highlight} Highlight */
/** @typedef {import('./sieve.js').Sieve} Sieve */

export class Marker {
  #matching = new Matching();
  /** Keys of the expressions that were given up. @type {Set<string>} */
  #slow = new Set();

  /** again forgets what was given up: the reader asks for other highlights. */
  again() {
    this.#slow.clear();
  }

  /**
   * slow returns which highlights were given up, as places among them.
   *
   * @param {Highlight[]} highlights
   */
  slow(highlights) {
    return [...highlights.keys()].filter((at) => this.#slow.has(key(/** @type {Highlight} */ (highlights[at]))));
  }

  /**
   * marks returns start, end and colour of each match in each text: colour 0 for what
   * a sieve asks for.
   *
   * @param {Sieve} sieve
   * @param {Highlight[]} highlights
   * @param {string[]} texts
   * @returns {number[][] | Promise<number[][]>}
   */
  marks({ query, slow }, highlights, texts) {
    const wanted = query.conditions.filter((c, i) => c.kind === 'in' && c.on && !slow.has(i)).map((c) => ({ ...c, colour: 0 }));
    const filters = [...wanted, ...highlights].filter((filter) => !this.#slow.has(key(filter)));
    if (filters.length === 0) return [];
    if (filters.some(({ regex }) => regex)) return this.#where(filters, texts);
    const expressions = filters.map((filter) => ({ expression: compile(filter), colour: filter.colour }));
    return texts.map((text) => matches(expressions, text));
  }

  /**
   * @param {Highlight[]} filters
   * @param {string[]} texts
   * @returns {Promise<number[][]>}
   */
  async #where(filters, texts) {
    let left = filters;
    for (;;) {
      try {
        return await this.#matching.where(left, texts);
      } catch (err) {
        if (!(err instanceof TooSlow)) throw err;
        const { at } = err;
        this.#slow.add(key(/** @type {Highlight} */ (left[at])));
        left = left.filter((_, i) => i !== at);
      }
    }
  }
}
