// @ts-check
/**
 * The reach reads on in one direction in several streams at once, in the order of
 * time, as far as a stream's own order allows. Streams that say no times come
 * before all others.
 */

import { itemsOf } from './past.js';

/** @typedef {import('./past.js').Item} Item */
/** @typedef {import('./past.js').Page} Page */
/** @typedef {import('./past.js').Past} Past */

/**
 * Course is how far one stream was read.
 *
 * @typedef {object} Course
 * @property {string} cursor where it goes on
 * @property {Item[]} waiting read and not given yet, the next one last
 * @property {boolean} done
 * @property {number} time of the item that was given last; NaN for none
 */

export class Reach {
  #past;
  #streams;
  #by;
  /** @type {Course[]} */
  #courses;

  /**
   * @param {Pick<Past, 'pages'>} past
   * @param {string[]} streams
   * @param {string[]} cursors where to begin in each; '' where nothing is
   * @param {'before' | 'after'} by
   */
  constructor(past, streams, cursors, by) {
    this.#past = past;
    this.#streams = streams;
    this.#by = by;
    this.#courses = cursors.map((cursor) => ({ cursor, waiting: [], done: cursor === '', time: NaN }));
  }

  /**
   * begin takes a page that was read already of a stream.
   *
   * @param {number} i
   * @param {Page} page
   */
  begin(i, page) {
    this.#take(/** @type {Course} */ (this.#courses[i]), page, i);
  }

  /** Whether nothing more is to be had. For after: now. */
  get exhausted() {
    return this.#courses.every(({ done, waiting }) => done && waiting.length === 0);
  }

  /** @param {number} i @returns {boolean} whether nothing more is to be had of a stream, now */
  ended(i) {
    const course = this.#courses[i];
    return !course || (course.done && course.waiting.length === 0);
  }

  /** Where each stream goes on behind what was given; for after. */
  get places() {
    return this.#courses.map(({ waiting, cursor }) => {
      const next = waiting.findLast((item) => 'text' in item);
      return next && 'text' in next ? next.cursor : cursor;
    });
  }

  /** again asks once more where nothing was behind the newest line. */
  again() {
    for (const course of this.#courses) course.done = course.cursor === '';
  }

  /**
   * next returns the next items: for before, in the order of the file all the
   * same.
   *
   * @param {number} limit lines of each stream that are asked for at a time
   * @returns {Promise<Item[]>}
   */
  async next(limit) {
    const lacking = this.#courses.flatMap(({ waiting, done }, i) => (waiting.length > 0 || done ? [] : [i]));
    const pages = await this.#past.pages(lacking.map((i) => this.#streams[i] ?? ''), (_, n) => ({
      [this.#by]: this.#courses[lacking[n] ?? 0]?.cursor ?? '', limit: String(limit),
    }));
    for (const [n, page] of pages.entries()) this.begin(lacking[n] ?? 0, page);
    return this.given();
  }

  /** given returns what is known to come next of what was read. */
  given() {
    /** @type {Item[]} */
    const items = [];
    for (;;) {
      if (this.#courses.some(({ waiting, done }) => waiting.length === 0 && !done)) break;
      const best = this.#nearest();
      const item = best?.waiting.pop();
      if (!best || !item) break;
      best.time = this.#time(best, item);
      items.push(item);
    }
    return this.#by === 'before' ? items.reverse() : items;
  }

  /** nearest returns the course whose next item comes first. @returns {Course | null} */
  #nearest() {
    /** @type {Course | null} */
    let best = null;
    let at = NaN;
    for (const course of this.#courses) {
      const item = course.waiting.at(-1);
      if (!item) continue;
      const time = this.#time(course, item);
      // Of lines of one time those of the stream that is named first come first.
      if (best && !(this.#by === 'before' ? time >= at : time < at)) continue;
      best = course;
      at = time;
    }
    return best;
  }

  /**
   * time returns when an item comes: a stream stays in its own order.
   *
   * @param {Course} course
   * @param {Item} item its next
   */
  #time({ time: last }, { time }) {
    if (Number.isNaN(time)) return Number.isNaN(last) ? -Infinity : last;
    if (Number.isNaN(last)) return time;
    return this.#by === 'before' ? Math.min(time, last) : Math.max(time, last);
  }

  /**
   * @param {Course} course
   * @param {Page} page
   * @param {number} i
   */
  #take(course, page, i) {
    const backwards = this.#by === 'before';
    let items = itemsOf(page, i);
    let cursor = backwards ? page.before : page.after;
    // Lines that belong to one before the page wait for it.
    const stamped = items.findIndex(({ time }) => !Number.isNaN(time));
    const first = items.slice(Math.max(0, stamped)).find((item) => 'text' in item);
    if (backwards && this.#streams.length > 1 && stamped > 0 && !page.start && first && 'text' in first) {
      items = items.slice(stamped);
      cursor = first.cursor;
    }
    const stuck = page.lines.length === 0 && (!cursor || cursor === course.cursor);
    course.cursor = cursor || course.cursor;
    course.done = Boolean(backwards ? page.start : page.end) || stuck;
    course.waiting = backwards ? items : items.reverse();
  }
}
