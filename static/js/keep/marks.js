// @ts-check
/**
 * The lines that the reader marked, by stream: they are found again after rotation
 * and restarts. Other tabs mark lines, too: what they keep is taken over.
 */

import { changes, keep, kept } from './settings.js';
import { positionOf } from '../keeper/cursor.js';

/** Marks of one stream that are kept at most: the oldest go. */
const most = 500;
/** Cursors of one line that are kept at most: those of older runs of the server go. */
const names = 3;

export class Marks {
  /**
   * By stream the cursors of each line, with spaces between them and the newest first,
   * under what all cursors of one place have in common.
   *
   * @type {Map<string, Map<string, string>>}
   */
  #streams = new Map();
  #changed;

  /** @param {() => void} changed called when another tab marked lines, or marked lines were found elsewhere */
  constructor(changed) {
    this.#changed = changed;
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
      if (Array.isArray(cursors)) this.#streams.set(stream, byKey(cursors.filter((c) => typeof c === 'string')));
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
    const had = marks.get(key(cursor));
    const lines = linesOf(marks).filter((line) => line !== had);
    if (!had) lines.push(cursor);
    this.#streams.set(stream, byKey(lines.slice(-most)));
    this.#keep();
    return had ? 'unmarked' : 'marked';
  }

  /** @param {string[]} streams whose marks all go */
  clear(streams) {
    this.#read();
    for (const stream of streams) this.#streams.delete(stream);
    this.#keep();
  }

  /**
   * moved takes further cursors of marked lines. Lines that the tab holds may have the
   * older ones.
   *
   * @param {string} stream
   * @param {[string, string][]} found a cursor of each that was known, and the new one
   */
  moved(stream, found) {
    if (found.length === 0) return;
    this.#read();
    for (const [known, now] of found) {
      const marks = this.#streams.get(stream) ?? new Map();
      const [old, same] = [marks.get(key(known)), marks.get(key(now))];
      if (!old || old === same) continue;
      const all = new Set([now, ...(same ?? '').split(' '), ...old.split(' ')].filter(Boolean));
      const line = [...all].slice(0, names).join(' ');
      this.#streams.set(stream, byKey(linesOf(marks).filter((other) => other !== same).map((other) => (other === old ? line : other))));
    }
    this.#keep();
    this.#changed();
  }

  /** @param {string[]} streams @returns {string[][]} the cursors of each line that is marked in them, the newest first */
  of(streams) {
    return streams.flatMap((stream) => linesOf(this.#streams.get(stream) ?? new Map()).map((line) => line.split(' ')));
  }

  #keep() {
    keep('marks', Object.fromEntries([...this.#streams].map(([stream, marks]) => [stream, linesOf(marks)])));
  }
}

/** @param {Map<string, string>} marks */
function linesOf(marks) {
  return [...new Set(marks.values())];
}

/** @param {string[]} lines */
function byKey(lines) {
  return new Map(lines.flatMap((line) => line.split(' ').map((cursor) => [key(cursor), line])));
}

/** @param {string} cursor */
function key(cursor) {
  const position = positionOf(cursor);
  return position ? `${position.generation} ${position.offset}` : cursor;
}
