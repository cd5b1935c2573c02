// @ts-check
/**
 * What comes over the connection on its way into the rows of the live end: lines
 * of several streams wait for one another, what happened becomes dividers, and what
 * is missing is counted.
 */

import { Merge, reorder } from './merge.js';
import { Rate } from './rate.js';
import { Unfinished } from './unfinished.js';

/** @typedef {import('./connection.js').Sink} Sink */
/** @typedef {import('./message.js').Beginning} Beginning */
/** @typedef {import('./message.js').Gap} Gap */
/** @typedef {import('./message.js').Lines} Lines */
/** @typedef {import('./message.js').Notice} Notice */
/** @typedef {import('./store.js').Divider} Divider */
/** @typedef {import('./store.js').Store} Store */

/** An absence that is shorter is not worth a divider, in ms. */
const blink = 5000;

/**
 * Deeds are what the intake has its keeper do.
 *
 * @typedef {object} Deeds
 * @property {() => void} arrived there are more rows
 * @property {() => void} rotated another file begins
 * @property {() => void} complete the backlog of every stream came
 * @property {(stream: string, lines: string[]) => void} fresh called with lines that were written just now
 * @property {() => void} changed the connection's phase changed
 */

/** @implements {Sink} */
export class Intake {
  rate = new Rate();
  unfinished = new Unfinished();
  /** Of stamps without a zone. @type {import('../text/zone.js').Offset} */
  offset = null;
  /** As last told, by stream. @type {Map<string, {condition: string, reason: string}>} */
  conditions = new Map();
  gaps = 0;
  /** Bytes in gaps of known size, and whether there are others. */
  lost = 0;
  lostMore = false;
  /** How long ago the server read the newest line when it came here, ms. */
  lag = 0;

  #tail;
  #deeds;
  #merge = new Merge();
  /** @type {string[]} */
  #streams = [];
  /** Those whose backlog came: until all did, lines wait for one another. */
  #caught = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Store} tail
   * @param {Deeds} deeds
   */
  constructor(tail, deeds) {
    this.#tail = tail;
    this.#deeds = deeds;
    this.changed = deeds.changed;
  }

  /** @param {string[]} streams that come from now on */
  begin(streams) {
    this.#streams = streams;
    this.gaps = this.lost = this.lag = 0;
    this.lostMore = false;
    this.#caught = new Set();
    this.conditions.clear();
    this.unfinished.clear();
    this.rate.clear();
    this.#merge.clear();
  }

  /**
   * @param {string} stream
   * @param {Lines} message
   */
  lines(stream, message) {
    const index = this.#streams.indexOf(stream);
    const now = Date.now();
    this.unfinished.over(index);
    if (message.time > 0) {
      this.rate.add(message.lines.length, now);
      this.lag = Math.max(0, now - message.time);
      this.#deeds.fresh(stream, message.lines);
    }
    if (this.#streams.length === 1) {
      this.#tail.append(index, message.lines, message);
      this.#deeds.arrived();
      return;
    }
    this.#merge.add(index, message.lines, message, now, this.offset);
    this.#timer ??= setTimeout(() => this.#merged(), reorder / 3);
  }

  /**
   * @param {string} stream
   * @param {Beginning} beginning
   */
  begun(stream, { text, more }) {
    this.unfinished.grew(this.#streams.indexOf(stream), text, more);
    this.#deeds.arrived();
  }

  /**
   * @param {string} stream
   * @param {Gap} gap
   */
  gap(stream, gap) {
    this.gaps++;
    if (gap.bytes === null) this.lostMore = true;
    else this.lost += gap.bytes;
    this.#divide(stream, { kind: 'gap', at: Date.now(), bytes: gap.bytes, reason: gap.reason });
  }

  /**
   * @param {string} stream
   * @param {Notice} notice
   */
  notice(stream, { event, condition, reason }) {
    const before = this.conditions.get(stream);
    this.unfinished.over(this.#streams.indexOf(stream));
    this.conditions.set(stream, { condition, reason });
    const same = !before || before.condition === condition;
    if (event === 'changed' && same && (before || condition === 'live')) return;
    this.#divide(stream, { kind: 'notice', at: Date.now(), event, condition, reason });
    if (event === 'rotated') this.#deeds.rotated();
  }

  /** @param {number} away ms */
  reconnected(away) {
    if (away >= blink) this.#divide(this.#streams[0] ?? '', { kind: 'reconnected', at: Date.now(), away });
  }

  /**
   * @param {string} stream
   * @param {string} reason
   */
  restarted(stream, reason) {
    this.gaps++;
    this.lostMore = true;
    this.#divide(stream, { kind: 'restarted', at: Date.now(), reason });
  }

  /** @param {string} stream */
  caught(stream) {
    this.#caught.add(stream);
    if (this.#streams.length > 1) this.#merged();
    if (this.#complete) this.#deeds.complete();
  }

  get #complete() {
    return this.#caught.size >= this.#streams.length;
  }

  /** merged takes the lines of several streams that waited long enough for one another. */
  #merged() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#complete) this.#take(Date.now());
    if (this.#merge.size > 0) this.#timer = setTimeout(() => this.#merged(), reorder / 3);
    this.#deeds.arrived();
  }

  /** @param {number} now */
  #take(now) {
    for (const { stream, line, continues, base, off } of this.#merge.take(now)) this.#tail.append(stream, [line], { continues, base, off: [off] });
  }

  /**
   * @param {string} stream
   * @param {Divider} divider
   */
  #divide(stream, divider) {
    this.#take(Infinity);
    this.unfinished.over(this.#streams.indexOf(stream));
    this.#tail.divide(this.#streams.indexOf(stream), divider);
    this.#deeds.arrived();
  }
}
