// @ts-check
/**
 * The judge decides which rows pass, one after another: by the conditions,
 * the least level and the range of time. The lines of a trace go with the line that it belongs to.
 */

import { levelOf } from '../text/level.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./expression.js').Condition} Condition */

export class Judge {
  #store;
  #level;
  #range;
  /** Whether the newest line of each stream is inside the range; nothing before the first. @type {Map<number, boolean>} */
  #inside = new Map();
  /** Bits of the conditions that are on. */
  #wanted = 0;
  #unwanted = 0;
  /** The newest level of each stream; nothing before the first. @type {Map<number, number>} */
  #carried = new Map();
  /** The line that traces belong to now: its row and whether it passed. */
  #head = { seq: NaN, level: 0, passed: false, out: false };
  /** First and newest row of the trace under way. */
  #trace = { first: NaN, last: NaN };

  /**
   * @param {Store} store
   * @param {Condition[]} conditions
   * @param {number} level the least; 0 for all
   * @param {import('./range.js').Range} range
   */
  constructor(store, conditions, level, range) {
    this.#store = store;
    this.#level = level;
    this.#range = range;
    for (const [at, { kind, on }] of conditions.entries()) {
      if (!on) continue;
      if (kind === 'in') this.#wanted |= 1 << at;
      else this.#unwanted |= 1 << at;
    }
  }

  /** again begins anew with the places of traces. */
  again() {
    this.#trace = { first: NaN, last: NaN };
  }

  /**
   * judge decides on the next row. It returns null where it does not pass, else the
   * first row to be shown: the row itself, or the line that it belongs to.
   *
   * @param {number} seq
   * @param {string} text the visible text
   * @param {number} which bits of the conditions that it holds
   */
  judge(seq, text, which) {
    const store = this.#store;
    const stream = store.stream(seq);
    if (store.isDivider(seq)) {
      const inside = this.#inside.get(stream) ?? true;
      store.judge(seq, 0, inside ? 'pass' : 'hide');
      return inside ? seq : null;
    }
    const wanted = (which & this.#wanted) === this.#wanted;
    const out = (which & this.#unwanted) !== 0;
    if (store.isTrace(seq) && !Number.isNaN(this.#head.seq)) return this.#member(seq, wanted, out);
    const own = levelOf(text).level;
    const before = this.#carried.get(stream);
    if (own !== 0) this.#carried.set(stream, own);
    const level = own || before;
    const welcome = (level === undefined || level >= this.#level) && this.#timely(stream, text);
    const passed = wanted && !out && welcome;
    this.#head = { seq, level: own, passed, out: out || !welcome };
    store.judge(seq, own, passed ? 'pass' : 'hide');
    return passed ? seq : null;
  }

  /**
   * timely reports whether a line is inside the range.
   *
   * @param {number} stream
   * @param {string} text
   */
  #timely(stream, text) {
    if (!this.#range.on) return true;
    const time = this.#range.time(text);
    if (!Number.isNaN(time)) this.#inside.set(stream, this.#range.where(time) === 'inside');
    return this.#inside.get(stream) ?? true;
  }

  /**
   * @param {number} seq
   * @param {boolean} wanted
   * @param {boolean} out
   */
  #member(seq, wanted, out) {
    const head = this.#head;
    const passes = !out && (head.passed || (wanted && !head.out));
    this.#store.judge(seq, head.level, passes ? 'pass' : 'hide');
    if (!passes) return null;
    if (head.passed) return seq;
    head.passed = true;
    if (head.seq < this.#store.first) return seq;
    this.#store.judge(head.seq, head.level, 'pass');
    return head.seq;
  }

  /**
   * traceOf returns the first row that passed of the trace that a row belongs to,
   * or null where it belongs to none. Rows must be asked for in order.
   *
   * @param {number} seq a row that passed
   */
  traceOf(seq) {
    if (!this.#store.isTrace(seq)) {
      this.#trace.last = NaN;
      return null;
    }
    if (Number.isNaN(this.#trace.last) || !this.#goesOn(seq)) this.#trace.first = seq;
    this.#trace.last = seq;
    return this.#trace.first;
  }

  /** @param {number} seq whether the trace goes on here: only its lines lie between */
  #goesOn(seq) {
    for (let before = seq - 1; before > this.#trace.last && before >= this.#store.first; before--) {
      if (!this.#store.isTrace(before)) return false;
    }
    return true;
  }
}
