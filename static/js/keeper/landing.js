// @ts-check
/**
 * A landing is where the reader comes down in history: lines of each stream from
 * one place on, which is the same time for all, and where to read on from there.
 */

import { Reach } from './reach.js';
import { Trouble } from './past.js';
import { present } from './present.js';
import { trouble } from '../words/trouble.js';

/** @typedef {import('./past.js').Item} Item */
/** @typedef {import('./past.js').Page} Page */
/** @typedef {import('./past.js').Past} Past */

/**
 * Landing is what is found there.
 *
 * @typedef {object} Landing
 * @property {Item[]} items
 * @property {number} at which of them the reader is to see
 * @property {'top' | 'middle'} where in the view
 * @property {string[]} places where each stream is there
 * @property {Reach} after
 * @property {Reach | null} before
 */

/** Lines of each stream that are asked for at a time. */
export const chunk = 1000;
/** Lines that are shown before one that is gone to. */
const earlier = 200;
/** Lines that are asked for to find one that says its time. */
const few = 50;

export class Landings {
  #past;
  #streams;
  /** Where each stream is when it says no times: what comes there lies before all that do. */
  #limits;

  /**
   * @param {Past} past
   * @param {string[]} streams
   * @param {string[]} limits cursors up to which each is not held
   */
  constructor(past, streams, limits) {
    this.#past = past;
    this.#streams = streams;
    this.#limits = limits;
  }

  /**
   * time finds the first lines of a time or later.
   *
   * @param {number} time Unix ms
   */
  async time(time) {
    return this.#land(await this.#past.pages(this.#streams, () => ({ since: new Date(time).toISOString(), limit: String(chunk) })));
  }

  /**
   * share finds the lines behind a share of the whole, in bytes.
   *
   * @param {number} share 0 to 1
   * @param {number[]} sizes of the streams, in bytes
   */
  async share(share, sizes) {
    const at = (/** @type {number} */ limit) => this.#past.pages(this.#streams, () => ({ at: share.toFixed(9), limit: String(limit) }));
    if (this.#streams.length > 1 && share > 0) {
      const time = middle((await at(few)).map(firstTime), sizes);
      if (!Number.isNaN(time)) return this.time(time);
    }
    return this.#land(await at(chunk));
  }

  /**
   * line finds a line. It throws Trouble where that is not there any more.
   *
   * @param {string} stream
   * @param {string} cursor
   * @param {'top' | 'middle'} where in the view it is to be
   */
  async line(stream, cursor, where) {
    const index = Math.max(0, this.#streams.indexOf(stream));
    const [before, behind] = await Promise.all([
      this.#past.page(stream, { before: cursor, limit: String(earlier) }), this.#past.page(stream, { after: cursor, limit: String(chunk) }),
    ]);
    const now = present(cursor, behind);
    if (now === null) throw new Trouble(0, trouble.gone);
    const after = { ...behind, before: now };
    const own = after.lines[0]?.time ?? before.lines.findLast(({ time }) => time)?.time;
    const others = this.#streams.filter((_, i) => i !== index);
    const found = own && others.length > 0 ? await this.#past.pages(others, () => ({ since: own, limit: String(chunk) })) : others.map(() => null);
    const pages = [...found.slice(0, index), after, ...found.slice(index)];
    const landing = await this.#land(pages, index);
    landing.places[index] = now;
    landing.before = new Reach(this.#past, this.#streams, landing.places, 'before');
    landing.before.begin(index, before);
    const lead = await landing.before.next(earlier);
    const at = landing.items.findIndex((item) => item.stream === index && 'text' in item);
    return { ...landing, items: [...lead, ...landing.items], at: lead.length + Math.max(0, at), where };
  }

  /**
   * @param {(Page | null)[]} pages of each stream; null where it has none there
   * @param {number} [sure] which of them has its place whatever its lines say
   * @returns {Promise<Landing>}
   */
  async #land(pages, sure = -1) {
    const several = this.#streams.length > 1;
    const known = pages.map((page, i) => (page && (!several || i === sure || !Number.isNaN(firstTime(page))) ? page : null));
    const places = known.map((page, i) => page?.before || (this.#limits[i] ?? ''));
    const after = new Reach(this.#past, this.#streams, places, 'after');
    for (const [i, page] of known.entries()) if (page) after.begin(i, page);
    const given = after.given();
    const items = given.length > 0 ? given : await after.next(chunk);
    return { items, at: 0, where: 'top', places, after, before: null };
  }
}

/** @param {Page} page @returns {number} when its first line was written that says so, or NaN */
function firstTime(page) {
  return Date.parse(page.lines.find(({ time }) => time)?.time ?? '');
}

/**
 * middle returns the time that half of the bytes lie before; NaN where there is none.
 *
 * @param {number[]} times
 * @param {number[]} weights
 */
function middle(times, weights) {
  const known = times.map((time, i) => ({ time, weight: weights[i] || 1 })).filter(({ time }) => !Number.isNaN(time)).sort((a, b) => a.time - b.time);
  let left = known.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { time, weight } of known) {
    left -= weight;
    if (left <= 0) return time;
  }
  return NaN;
}
