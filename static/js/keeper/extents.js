// @ts-check
/**
 * How much history there is, in bytes, and where in it a line is: what the scroll
 * bar spans.
 */

import { positionOf } from './cursor.js';

/** @typedef {import('./past.js').Part} Part */

export class Extents {
  /** By stream. @type {Map<string, Map<string, {start: number, bytes: number, offset: number}>>} */
  #streams = new Map();
  /** @type {Map<string, number>} */
  #totals = new Map();

  /**
   * set takes what the server says of a stream.
   *
   * @param {string} stream
   * @param {Part[]} parts oldest first
   */
  set(stream, parts) {
    let start = 0;
    const generations = new Map();
    for (const { cursor, bytes } of parts) {
      const position = positionOf(cursor);
      if (position) generations.set(position.generation, { start, bytes, offset: position.offset });
      start += bytes;
    }
    this.#streams.set(stream, generations);
    this.#totals.set(stream, start);
  }

  clear() {
    this.#streams.clear();
    this.#totals.clear();
  }

  /** @param {string} stream */
  knows(stream) {
    return this.#totals.has(stream);
  }

  /** @param {string} stream */
  total(stream) {
    return this.#totals.get(stream) ?? 0;
  }

  /**
   * at returns how many bytes of a stream's history come before a line; NaN where
   * that is not known. A line that is farther than what is known makes it more.
   *
   * @param {string} stream
   * @param {string} cursor
   */
  at(stream, cursor) {
    const position = positionOf(cursor);
    const generation = position && this.#streams.get(stream)?.get(position.generation);
    if (!position || !generation) return NaN;
    const at = generation.start + position.offset - generation.offset;
    this.#totals.set(stream, Math.max(this.total(stream), at));
    return at;
  }

  /**
   * count returns how many generations a stream has, and which one a line is
   * of, from 1; 0 where that is not known.
   *
   * @param {string} stream
   * @param {string} cursor
   */
  generation(stream, cursor) {
    const keys = [...this.#streams.get(stream)?.keys() ?? []];
    return { of: keys.length, number: keys.indexOf(positionOf(cursor)?.generation ?? '') + 1 };
  }
}
