// @ts-check
/** The map beside the scroll bar: where in the rows held errors, warnings and matches are. It is drawn at leisure. */

import { compile, hit } from './expression.js';
import { ERROR, WARN } from '../text/level.js';
import { Matching } from './matching.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./protocol.js').Answer} Answer */
/** @typedef {import('./reading.js').Reading} Reading */

/** How often they are drawn at most, in ms. */
const beat = 700;
/** How long after the streams changed the first is drawn, in ms: the lines go first. */
const behind = 250;
/** Places of the map that can be told apart. */
const places = 400;
/** Rows that are looked at in one go. */
const slice = 5000;
/** Marks of the map. */
const marks = { warn: 1, error: 2, hit: 3 };

export class Cartographer {
  #reading;
  #tell;
  #matching = new Matching();
  /** @type {Filter | null} */
  #filter = null;
  #busy = false;
  #wanted = false;
  #last = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Reading} reading
   * @param {(answer: Answer) => void} tell
   */
  constructor(reading, tell) {
    this.#reading = reading;
    this.#tell = tell;
  }

  /** @param {Filter | null} filter whose matches are marked */
  wanted(filter) {
    this.#filter = filter;
    this.changed();
  }

  /** begin goes with other streams. */
  begin() {
    this.#last = Date.now() - beat + behind;
    this.draw();
  }

  /** changed has it drawn soon. */
  changed() {
    this.#last = 0;
    this.draw();
  }

  /** draw has it drawn, not more often than the beat allows. */
  draw() {
    this.#wanted = true;
    if (this.#busy || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#work(), Math.max(20, beat - (Date.now() - this.#last)));
  }

  async #work() {
    this.#timer = undefined;
    this.#busy = true;
    this.#wanted = false;
    const began = Date.now();
    const { sieve } = this.#reading;
    const { generation, shown } = sieve;
    const { first, end } = shown;
    const marked = await this.#map(first, end);
    if (sieve.generation === generation) this.#tell({ is: 'map', generation, first, end, marks: marked });
    // The more there is to do, the longer the rest.
    this.#last = Date.now() + 2 * (Date.now() - began);
    this.#busy = false;
    if (this.#wanted) this.draw();
  }

  /**
   * @param {number} first
   * @param {number} end
   * @returns {Promise<[number, number][]>}
   */
  async #map(first, end) {
    const { sieve } = this.#reading;
    const { shown, store, generation } = sieve;
    const found = new Uint8Array(places);
    const expression = this.#filter && !this.#filter.regex ? compile(this.#filter) : null;
    for (let from = first; from < end; from += slice) {
      const to = Math.min(end, from + slice);
      /** @type {string[]} */
      const texts = [];
      for (let number = Math.max(from, shown.first); number < to; number++) {
        const seq = shown.seq(number);
        const at = Math.floor(((number - first) / (end - first)) * places);
        const level = store.level(seq);
        const mark = level >= ERROR ? marks.error : level >= WARN ? marks.warn : 0;
        if ((found[at] ?? 0) < mark) found[at] = mark;
        if (this.#filter) texts.push(strip(store.text(seq)));
      }
      const which = this.#filter?.regex ? await this.#matching.which([this.#filter], texts).catch(() => null) : null;
      // What takes too long is not tried again.
      if (this.#filter?.regex && !which) this.#filter = null;
      const start = to - texts.length;
      for (const [i, text] of texts.entries()) {
        if (!(which ? which[i] : expression && hit(expression, text))) continue;
        found[Math.floor(((start + i - first) / (end - first)) * places)] = marks.hit;
      }
      await new Promise((done) => setTimeout(done));
      if (sieve.generation !== generation) return [];
    }
    /** @type {[number, number][]} */
    const list = [];
    for (const [at, mark] of found.entries()) if (mark > 0) list.push([at / places, mark]);
    return list;
  }
}
