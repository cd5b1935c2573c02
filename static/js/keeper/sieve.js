// @ts-check
/**
 * The sieve runs a reader's filter over the rows of the store: in slices over
 * those that are there, and over each new one. What is shown changes only when
 * a new filter has been over everything, or after a moment if that takes long.
 */

import { strip } from '../text/ansi.js';
import { compile, hit, matches } from './expression.js';
import { Matching, TooSlow } from './matching.js';
import { Passed, all } from './passed.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./passed.js').Shown} Shown */
/** @typedef {import('./expression.js').Filter} Filter */

/** Rows that are looked at in one go, and characters, about. */
const slice = 8000;
const sliceText = 1 << 20;
/** How long what was shown before stays while a new filter runs, in ms. */
const patience = 250;

export class Sieve {
  /** What is shown now. @type {Shown} */
  shown;
  /** Counts up when what is shown is replaced: numbers of rows change. */
  generation = 0;
  /** The filter of what is shown. @type {Filter | null} */
  filter = null;
  /** Why the reader's filter is not applied, or ''. @type {'' | 'slow'} */
  trouble = '';

  /** @type {Store} */
  #store;
  #changed;
  #matching = new Matching();
  /** The run under way: it ends when another begins. @type {Run | null} */
  #run = null;

  /**
   * @param {Store} store
   * @param {() => void} changed called when more was looked at
   */
  constructor(store, changed) {
    this.#store = store;
    this.#changed = changed;
    this.shown = all(store);
  }

  /** How many rows were not looked at yet. */
  get behind() {
    return this.#run ? this.#store.end - Math.max(this.#run.next, this.#store.first) : 0;
  }

  /**
   * set begins with another filter; null shows everything.
   *
   * @param {Filter | null} filter
   */
  set(filter) {
    this.trouble = '';
    if (!filter) {
      this.#run = null;
      this.#show(all(this.#store), null);
      return;
    }
    this.#run = {
      filter, expression: compile(filter), passed: new Passed(this.#store), next: this.#store.first,
      goal: this.#store.end, until: Date.now() + patience, busy: false,
    };
    this.advance();
  }

  /** advance looks at what came since. */
  advance() {
    const run = this.#run;
    if (!run || run.busy) return;
    run.busy = true;
    this.#work(run).catch((err) => {
      if (this.#run !== run) return;
      if (!(err instanceof TooSlow)) throw err;
      this.#run = null;
      this.trouble = 'slow';
      this.#show(all(this.#store), null);
    });
  }

  /**
   * marks returns the places of the matches in each text, or nothing where
   * there is no filter. It never fails: a slow expression marks nothing.
   *
   * @param {string[]} texts
   * @returns {number[][] | Promise<number[][]>}
   */
  marks(texts) {
    const { filter } = this;
    if (!filter) return [];
    if (filter.regex) return this.#matching.where(filter, texts).catch(() => []);
    const expression = compile(filter);
    return texts.map((text) => matches(expression, text));
  }

  /**
   * @param {Shown} shown
   * @param {Filter | null} filter
   */
  #show(shown, filter) {
    this.shown = shown;
    this.filter = filter;
    this.generation++;
    this.#changed();
  }

  /** @param {Run} run */
  async #work(run) {
    while (this.#run === run) {
      run.next = Math.max(run.next, this.#store.first);
      if (run.next >= run.goal || Date.now() > run.until) {
        if (this.shown !== run.passed) this.#show(run.passed, run.filter);
      }
      if (run.next >= this.#store.end) break;
      const { rows, texts } = this.#gather(run.next);
      const which = run.filter.regex ? await this.#matching.which(run.filter, texts) : test(run.expression, texts);
      if (this.#run !== run) return;
      for (let i = 0; i < rows; i++) {
        const seq = run.next + i;
        if (seq < this.#store.first) continue;
        if (which[i] || this.#store.isDivider(seq)) run.passed.push(seq);
      }
      run.next += rows;
      this.#changed();
      if (!run.filter.regex && run.next < this.#store.end) await pause();
    }
    run.busy = false;
  }

  /** @param {number} from */
  #gather(from) {
    /** @type {string[]} */
    const texts = [];
    const end = Math.min(this.#store.end, from + slice);
    let rows = 0;
    for (let seq = from, size = 0; seq < end && size < sliceText; seq++, rows++) {
      const text = strip(this.#store.text(seq));
      size += text.length;
      texts.push(text);
    }
    return { rows, texts };
  }
}

/**
 * @typedef {object} Run
 * @property {Filter} filter
 * @property {RegExp} expression
 * @property {Passed} passed
 * @property {number} next the row to look at next
 * @property {number} goal the end of the store when the run began
 * @property {number} until when to show what is there, Unix ms
 * @property {boolean} busy
 */

/**
 * @param {RegExp} expression
 * @param {string[]} texts
 */
function test(expression, texts) {
  return Uint8Array.from(texts, (text) => Number(hit(expression, text)));
}

/** pause lets other work of this worker go first. */
function pause() {
  return new Promise((done) => setTimeout(done));
}
