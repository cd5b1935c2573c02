// @ts-check
/**
 * How much history there is, in bytes, and where in it a line is: what the scroll
 * bar spans.
 */

import { positionOf } from './cursor.js';

/** @typedef {import('./past.js').Part} Part */
/** @typedef {{name: string, number: number, of: number}} Place a file of a stream's history: which one, oldest first, and of how many */

export class Extents {
  /** By stream. @type {Map<string, Map<string, {start: number, bytes: number, offset: number, name: string, number: number}>>} */
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
    for (const [i, { cursor, bytes, name }] of parts.entries()) {
      const position = positionOf(cursor);
      if (position) generations.set(position.generation, { start, bytes, offset: position.offset, name, number: i + 1 });
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
   * place returns the file that a line is in, as it was when it was asked for; null
   * where the file is not known, as one that is newer than the answer.
   *
   * @param {string} stream
   * @param {string} cursor
   * @returns {Place | null}
   */
  place(stream, cursor) {
    const generations = this.#streams.get(stream);
    const file = generations?.get(positionOf(cursor)?.generation ?? '');
    return generations && file ? { name: file.name, number: file.number, of: generations.size } : null;
  }
}
