// @ts-check
/**
 * Questions to the matcher, each with a deadline: an expression that takes too
 * long costs its worker, never the page.
 */

/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./matcher.js').Question} Question */
/** @typedef {import('./matcher.js').Answer} Answer */

/** Longest that the answer to one question may take, in ms. */
const deadline = 1000;

/** TooSlow says that an expression was given up. */
export class TooSlow extends Error {}

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

  /**
   * which returns 1 for each text that holds the filter's expression, else 0.
   *
   * @param {Filter} filter
   * @param {string[]} texts
   */
  async which(filter, texts) {
    const answer = await this.#ask('which', filter, texts);
    return answer.which ?? new Uint8Array(texts.length);
  }

  /**
   * where returns the places of the matches in each text. It goes before any
   * question of which that waits.
   *
   * @param {Filter} filter
   * @param {string[]} texts
   */
  async where(filter, texts) {
    const answer = await this.#ask('where', filter, texts);
    return answer.where ?? [];
  }

  /**
   * @param {Question['ask']} ask
   * @param {Filter} filter
   * @param {string[]} texts
   * @returns {Promise<Answer>}
   */
  #ask(ask, filter, texts) {
    const question = { id: ++this.#last, ask, filter, texts };
    return new Promise((done, failed) => {
      const at = ask === 'where' ? Math.min(1, this.#queue.length) : this.#queue.length;
      this.#queue.splice(at, 0, { question, done, failed });
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
    this.#timer = setTimeout(() => this.#late(), deadline);
  }

  /** @param {Answer} answer */
  #hear(answer) {
    if (answer.id === 0) {
      this.#ready = true;
      this.#send();
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
    if (!slept) {
      const queue = this.#queue;
      this.#queue = [];
      for (const { failed } of queue) failed(new TooSlow('the expression takes too long'));
    }
    this.#send();
  }
}
