// @ts-check
/**
 * The sieve runs a reader's filters over the rows of a store: in slices over
 * those that are there, and over each new one. It finds the level of each line,
 * too. What is shown changes only when new filters have been over everything,
 * or after a moment if that takes long.
 */

import { strip } from '../text/ansi.js';
import { compile } from './expression.js';
import { gather, gatherBefore, tally, test } from './handful.js';
import { Judge } from './judge.js';
import { Matching, TooSlow } from './matching.js';
import { Passed } from './passed.js';
import { Range } from './range.js';
import { levelOf } from '../text/level.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./expression.js').Condition} Condition */

/**
 * Query is what the reader wants to see.
 *
 * @typedef {object} Query
 * @property {Condition[]} conditions at most 30
 * @property {number} level the least (text/level.js); 0 for all lines
 * @property {import('./range.js').Bounds} bounds of time
 * @property {boolean} fold stack traces are folded
 */

/** How long what was shown before stays while new filters run, in ms. */
const patience = 250;

/** @type {Query} */
const everything = { conditions: [], level: 0, bounds: { since: NaN, until: NaN, offset: null }, fold: true };

/** How many times what is shown was replaced, in all sieves. */
let generations = 0;

export class Sieve {
  /** What is shown now. @type {Passed} */
  shown;
  /** Changes when what is shown is replaced: numbers of rows change. No two sieves have the same. */
  generation = ++generations;
  /** What the reader wants. @type {Query} */
  query = everything;
  /** The range of time that the reader wants. */
  range = new Range(everything.bounds);
  /** The conditions that take too long and are not applied, as places in the query. @type {Set<number>} */
  slow = new Set();
  /** Lines that hold each condition. @type {number[]} */
  counts = [];

  /** @type {Store} */
  #store;
  #changed;
  #matching = new Matching();
  /** The run under way: it ends when another begins. @type {Run} */
  #run;
  /** First rows of the traces that are otherwise than all: open where those are folded, folded where they are open. @type {Set<number>} */
  #turned = new Set();

  /**
   * @param {Store} store
   * @param {() => void} changed called when more was looked at
   */
  constructor(store, changed) {
    this.#store = store;
    this.#changed = changed;
    this.shown = new Passed(store);
    this.#run = this.#begin();
    this.#run.passed = this.shown;
    this.advance();
  }

  /** The store that is looked at. */
  get store() {
    return this.#store;
  }

  /** How many rows were not looked at yet. */
  get behind() {
    const { next, low } = this.#run;
    return this.#store.end - Math.max(next, this.#store.first) + Math.max(0, low - this.#store.first);
  }

  /** The first row that was not looked at yet. */
  get next() {
    return this.#run.next;
  }

  /**
   * other returns a sieve over another store for the same reader.
   *
   * @param {Store} store
   */
  other(store) {
    const other = new Sieve(store, this.#changed);
    other.query = this.query;
    other.range = this.range;
    other.slow = new Set(this.slow);
    other.#matching = this.#matching;
    other.#turned = new Set(this.#turned);
    other.#anew();
    return other;
  }

  /** end ends what is under way: nobody looks any more. */
  end() {
    this.#run = this.#begin();
    this.#run.busy = true;
  }

  /**
   * set begins with another query.
   *
   * @param {Query} query
   */
  set(query) {
    if (query.fold !== this.query.fold) this.#turned.clear();
    this.query = query;
    this.range = new Range(query.bounds);
    this.slow = new Set();
    this.#restart();
  }

  /**
   * open unfolds a trace, or folds it again.
   *
   * @param {number} seq its first row
   */
  open(seq) {
    if (!this.#turned.delete(seq)) this.#turned.add(seq);
    this.#refold();
  }

  /** @param {number} seq */
  isOpen(seq) {
    return this.query.fold === this.#turned.has(seq);
  }

  /** clear goes with the store's. */
  clear() {
    this.#turned.clear();
    this.#anew();
  }

  /** advance looks at what came since. */
  advance() {
    const run = this.#run;
    if (run.busy) return;
    run.busy = true;
    this.#work(run).catch((err) => {
      if (this.#run !== run) return;
      if (!(err instanceof TooSlow)) throw err;
      this.slow.add(run.places[err.at] ?? 0);
      this.#restart();
    });
  }

  /**
   * truncate goes with the store's forget: the newest rows go.
   *
   * @param {number} seq the first that goes
   */
  truncate(seq) {
    this.shown.truncate(seq);
    if (this.#run.passed !== this.shown) this.#run.passed.truncate(seq);
    this.#run.next = Math.min(this.#run.next, seq);
  }

  /**
   * passes reports whether the reader wants to see a line that is not held. Where
   * that takes too long it is no.
   *
   * @param {string} raw
   */
  async passes(raw) {
    const { conditions, level: least, bounds } = this.query;
    if (!Number.isNaN(bounds.until)) return false;
    const text = strip(raw);
    const { level } = levelOf(text);
    if (least > 0 && level > 0 && level < least) return false;
    const on = conditions.filter((condition, i) => condition.on && !this.slow.has(i));
    if (on.length === 0) return true;
    const [which] = await this.#matching.which(on, [text]).catch(() => []);
    return which !== undefined && on.every((condition, i) => ((which >> i) & 1) === Number(condition.kind === 'in'));
  }

  /** anew begins again, and shows what passes from the first row on. */
  #anew() {
    this.#run = this.#begin();
    this.#show(this.#run);
    this.advance();
  }

  #restart() {
    this.#run = this.#begin();
    this.advance();
  }

  /** @returns {Run} */
  #begin() {
    const { first, end } = this.#store;
    const places = this.query.conditions.map((_, i) => i).filter((i) => !this.slow.has(i));
    const conditions = places.map((i) => /** @type {Condition} */ (this.query.conditions[i]));
    return {
      store: this.#store, conditions, places, judge: new Judge(this.#store, conditions, this.query.level, this.range),
      expressions: conditions.map(compile), regex: conditions.some((c) => c.regex), counts: conditions.map(() => 0),
      passed: new Passed(this.#store), low: first, next: first, goal: end, until: Date.now() + patience, busy: false,
    };
  }

  /** refold shows what passed with other traces open. */
  #refold() {
    const run = this.#run;
    const passed = new Passed(this.#store);
    run.judge.again();
    const to = Math.min(run.next, this.#store.end);
    for (let seq = Math.max(run.low, this.#store.first); seq < to; seq++) {
      if (this.#store.passed(seq)) this.#place(run, passed, seq);
    }
    run.passed = passed;
    this.#show(run);
  }

  /** @param {Run} run */
  #show(run) {
    this.shown = run.passed;
    this.generation = ++generations;
    this.#changed();
  }

  /**
   * place shows a row that passed, or folds it away.
   *
   * @param {Run} run
   * @param {{push: (seq: number) => void, fold: () => void}} passed
   * @param {number} seq
   */
  #place(run, passed, seq) {
    const head = run.judge.traceOf(seq);
    if (head === null || head === seq || this.isOpen(head)) passed.push(seq);
    else passed.fold();
  }

  /** @param {Run} run */
  async #work(run) {
    const { store } = run;
    while (this.#run === run) {
      run.next = Math.max(run.next, store.first);
      run.low = Math.max(run.low, store.first);
      if (this.shown !== run.passed && (run.next >= run.goal || Date.now() > run.until)) this.#show(run);
      const before = store.first < run.low;
      if (!before && run.next >= store.end) break;
      const { from, texts } = before ? gatherBefore(store, run.low) : gather(store, run.next);
      const which = run.regex ? await this.#matching.which(run.conditions, texts) : test(run.expressions, texts);
      if (this.#run !== run) return;
      if (before) this.#lookBefore(run, from, texts, which);
      else this.#look(run, from, texts, which);
      this.counts = this.query.conditions.map((_, i) => run.counts[run.places.indexOf(i)] ?? 0);
      this.#changed();
      if (!run.regex && run.next < store.end) await pause();
    }
    run.busy = false;
  }

  /**
   * @param {Run} run
   * @param {number} from
   * @param {string[]} texts
   * @param {Int32Array} which
   */
  #look(run, from, texts, which) {
    const { store } = run;
    for (let i = 0; i < texts.length; i++) {
      const seq = from + i;
      if (seq < store.first || seq >= store.end) continue;
      tally(run.counts, which[i] ?? 0);
      const pass = run.judge.judge(seq, texts[i] ?? '', which[i] ?? 0);
      // The line that a trace belongs to is shown with it.
      if (pass === null) continue;
      if (pass < seq) run.passed.push(pass);
      this.#place(run, run.passed, seq);
    }
    run.next = Math.max(run.next, from + texts.length);
  }

  /**
   * lookBefore looks at rows that were put before the oldest.
   *
   * @param {Run} run
   * @param {number} from
   * @param {string[]} texts
   * @param {Int32Array} which
   */
  #lookBefore(run, from, texts, which) {
    /** @type {number[]} */
    const list = [];
    const judge = new Judge(run.store, run.conditions, this.query.level, this.range);
    const forward = run.judge;
    run.judge = judge;
    for (let i = 0; i < texts.length; i++) {
      const seq = from + i;
      if (seq < run.store.first) continue;
      tally(run.counts, which[i] ?? 0);
      const pass = judge.judge(seq, texts[i] ?? '', which[i] ?? 0);
      if (pass === null) continue;
      if (pass < seq) list.push(pass);
      this.#place(run, { push: (s) => void list.push(s), fold: () => {} }, seq);
    }
    run.judge = forward;
    run.passed.unshift(list);
    run.low = from;
  }
}

/**
 * @typedef {object} Run
 * @property {Store} store
 * @property {Condition[]} conditions those of the query that are not too slow
 * @property {number[]} places of them in the query
 * @property {Judge} judge
 * @property {RegExp[]} expressions
 * @property {boolean} regex
 * @property {number[]} counts
 * @property {Passed} passed
 * @property {number} low the rows from here to next were looked at
 * @property {number} next
 * @property {number} goal the end of the store when the run began
 * @property {number} until when to show what is there, Unix ms
 * @property {boolean} busy
 */

/** pause lets other work of this worker go first. */
function pause() {
  return new Promise((done) => setTimeout(done));
}
