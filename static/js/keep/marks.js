// @ts-check
/**
 * The lines that the reader marked, by stream: they are found again after rotation
 * and restarts. Other tabs mark lines, too: what they keep is taken over.
 */

import { changes, keep, kept } from './settings.js';
import { positionOf } from '../keeper/cursor.js';

/** Marks of one stream that are kept at most: the oldest go. */
const most = 500;

export class Marks {
  /** Cursors by stream, each under what all cursors of its line have in common. @type {Map<string, Map<string, string>>} */
  #streams = new Map();

  /** @param {() => void} changed called when another tab marked lines */
  constructor(changed) {
    this.#read();
    changes('marks', () => {
      this.#read();
      changed();
    });
  }

  #read() {
    const all = kept('marks');
    this.#streams.clear();
    if (typeof all !== 'object' || all === null) return;
    for (const [stream, cursors] of Object.entries(all)) {
      if (Array.isArray(cursors)) this.#streams.set(stream, new Map(cursors.filter((c) => typeof c === 'string').map((c) => [key(c), c])));
    }
  }

  /**
   * @param {string} stream
   * @param {string} cursor
   */
  has(stream, cursor) {
    const marks = this.#streams.get(stream);
    return marks !== undefined && marks.size > 0 && marks.has(key(cursor));
  }

  /**
   * toggle marks a line, or takes its mark away, and reports which.
   *
   * @param {string} stream
   * @param {string} cursor
   * @returns {'marked' | 'unmarked'}
   */
  toggle(stream, cursor) {
    this.#read();
    const marks = this.#streams.get(stream) ?? new Map();
    this.#streams.set(stream, marks);
    const had = marks.delete(key(cursor));
    if (!had) marks.set(key(cursor), cursor);
    if (marks.size > most) marks.delete(marks.keys().next().value);
    this.#keep();
    return had ? 'unmarked' : 'marked';
  }

  /** @param {string[]} streams whose marks all go */
  clear(streams) {
    this.#read();
    for (const stream of streams) this.#streams.delete(stream);
    this.#keep();
  }

  /** @param {string[]} streams @returns {string[]} the cursors that are marked in them */
  of(streams) {
    return streams.flatMap((stream) => [...this.#streams.get(stream)?.values() ?? []]);
  }

  #keep() {
    keep('marks', Object.fromEntries([...this.#streams].map(([stream, marks]) => [stream, [...marks.values()]])));
  }
}

/** @param {string} cursor */
function key(cursor) {
  const position = positionOf(cursor);
  return position ? `${position.generation} ${position.offset}` : cursor;
}
