// @ts-check
/**
 * Questions to the matcher, each with a deadline: an expression that takes too
 * long costs its worker, never the page.
 */

import { trouble } from '../words/trouble.js';

/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./matcher.js').Question} Question */
/** @typedef {import('./matcher.js').Answer} Answer */

/** Longest that the answer to one question may take, in ms. */
const deadline = 1000;

/** TooSlow says that an expression was given up: the one at a place among those that were asked for. */
export class TooSlow extends Error {
  /** @param {number} at */
  constructor(at) {
    super(trouble.slow);
    this.at = at;
  }
}

export class Matching {
  /** @type {Worker | null} */
  #worker = null;
  #ready = false;
  #last = 0;
  /** @type {{question: Question, done: (answer: Answer) => void, failed: (err: Error) => void}[]} */
  #queue = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #asked = 0;
  /** Which expression has its turn. */
  #at = 0;

  /**
   * which returns, for each text, a bit for each filter whose expression it
   * holds.
   *
   * @param {Filter[]} filters
   * @param {string[]} texts
   */
  async which(filters, texts) {
    const answer = await this.#ask('which', filters, texts);
    return answer.which ?? new Int32Array(texts.length);
  }

  /**
   * where returns the places of the matches in each text.
   *
   * @param {(Filter & {colour: number})[]} filters
   * @param {string[]} texts
   */
  async where(filters, texts) {
    const answer = await this.#ask('where', filters, texts);
    return answer.where ?? [];
  }

  /**
   * @param {Question['ask']} ask
   * @param {Filter[]} filters
   * @param {string[]} texts
   * @returns {Promise<Answer>}
   */
  #ask(ask, filters, texts) {
    const question = { id: ++this.#last, ask, filters, texts };
    return new Promise((done, failed) => {
      this.#queue.push({ question, done, failed });
      if (this.#queue.length === 1) this.#send();
    });
  }

  #send() {
    const next = this.#queue[0];
    if (!next) return;
    if (!this.#worker) {
      this.#ready = false;
      this.#worker = new Worker(new URL('./matcher.js', import.meta.url), { type: 'module', name: 'matcher' });
      this.#worker.onmessage = (event) => this.#hear(event.data);
    }
    if (!this.#ready) return;
    this.#worker.postMessage(next.question);
    this.#asked = Date.now();
    this.#at = 0;
    this.#timer = setTimeout(() => this.#late(), deadline);
  }

  /** @param {Answer} answer */
  #hear(answer) {
    if (answer.id === 0) {
      this.#ready = true;
      this.#send();
      return;
    }
    if (answer.at !== undefined) {
      this.#at = answer.at;
      return;
    }
    clearTimeout(this.#timer);
    const next = this.#queue.shift();
    next?.done(answer);
    this.#send();
  }

  #late() {
    // A machine that slept makes any answer late: ask once more.
    const slept = Date.now() - this.#asked > 3 * deadline;
    this.#worker?.terminate();
    this.#worker = null;
    if (!slept) this.#giveUp();
    this.#send();
  }

  /** giveUp fails each question that holds the expression whose turn it is. The others are asked again. */
  #giveUp() {
    const slow = this.#queue[0]?.question.filters[this.#at];
    const queue = this.#queue;
    this.#queue = [];
    for (const [i, asked] of queue.entries()) {
      const { filters } = asked.question;
      const at = i === 0 ? this.#at : filters.findIndex((filter) => slow !== undefined && key(filter) === key(slow));
      if (at < 0) this.#queue.push(asked);
      else asked.failed(new TooSlow(at));
    }
  }
}

/**
 * key returns what tells an expression from others.
 *
 * @param {Filter} filter
 */
export function key({ text, regex, cased }) {
  return `${regex ? 'r' : ''}${cased ? 'c' : ''}:${text}`;
}
