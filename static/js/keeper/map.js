// @ts-check
/**
 * The map beside the scroll bar and the strip of activity: where in the rows
 * held errors, warnings and matches are, and how many lines there were when.
 * Both are drawn at leisure.
 */

import { compile, hit } from './expression.js';
import { ERROR, WARN } from '../text/level.js';
import { Matching } from './matching.js';
import { stampOf } from '../text/stamp.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./protocol.js').Answer} Answer */
/** @typedef {import('./protocol.js').Bucket} Bucket */
/** @typedef {import('./reading.js').Reading} Reading */

/** How often they are drawn at most, in ms. */
const beat = 700;
/** Places of the map that can be told apart, and buckets of the strip. */
const places = 400;
const buckets = 120;
/** Rows that are looked at in one go, and stamps that are read at most. */
const slice = 5000;
const stamps = 20_000;
/** Marks of the map. */
const marks = { warn: 1, error: 2, hit: 3 };

export class Cartographer {
  /** Of stamps without a zone. @type {import('../text/zone.js').Offset} */
  offset = null;
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
    const [map, strip] = await Promise.all([this.#map(first, end), this.#strip(first, end)]);
    if (sieve.generation === generation) this.#tell({ is: 'map', generation, first, end, marks: map, buckets: strip });
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
      const which = this.#filter?.regex ? await this.#matching.which([this.#filter], texts).catch(() => new Int32Array(0)) : null;
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

  /**
   * @param {number} first
   * @param {number} end
   * @returns {Promise<Bucket[]>}
   */
  async #strip(first, end) {
    const { sieve } = this.#reading;
    const { shown, store, generation } = sieve;
    const zone = { offset: this.offset, now: Date.now() };
    // Of very many rows every nth is read and stands for those up to the next.
    const step = Math.max(1, Math.ceil((end - first) / stamps));
    /** @type {[time: number, seq: number, number: number][]} */
    const times = [];
    for (let number = first, n = 0; number < end; number += step, n++) {
      if (n % slice === slice - 1) await new Promise((done) => setTimeout(done));
      if (sieve.generation !== generation) return [];
      if (number < shown.first) continue;
      const seq = shown.seq(number);
      if (store.isDivider(seq)) continue;
      const { time } = stampOf(strip(store.text(seq).slice(0, 300)), zone);
      if (!Number.isNaN(time)) times.push([time, seq, number]);
    }
    let [least, most] = [Infinity, -Infinity];
    for (const [time] of times) [least, most] = [Math.min(least, time), Math.max(most, time)];
    if (times.length < 2 || most - least < 1000) return [];
    const span = (most - least) / (buckets - 1);
    const list = Array.from({ length: buckets }, (_, i) => ({ time: least + i * span, span, lines: 0, warn: 0, error: 0, number: /** @type {number | null} */ (null) }));
    for (const [time, seq, number] of times) {
      const bucket = list[Math.floor((time - least) / span)];
      if (!bucket || seq < store.first) continue;
      bucket.lines += step;
      bucket.number ??= number;
      const level = store.level(seq);
      if (level >= ERROR) bucket.error += step;
      else if (level >= WARN) bucket.warn += step;
    }
    return list;
  }
}
