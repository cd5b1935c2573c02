// @ts-check
/**
 * The survey has the server look through all of history for what the reader
 * searches, and tells where in it the matches are: the marks beside the scroll
 * bar, and how many there are.
 */

import { look, wordsOf } from './lookup.js';
import { Trouble, each } from './past.js';

/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./protocol.js').Answer} Answer */
/** @typedef {import('./past.js').Past} Past */
/** @typedef {import('./reading.js').Reading} Reading */

/** Places of the bar that can be told apart. */
const places = 400;
/** Matches in each stream that are marked at most: the newest. */
const most = 10_000;
/** How long the reader's typing rests before it begins, and how often it tells, in ms. */
const rest = 350;
const beat = 250;

export class Survey {
  #reading;
  #past;
  #tell;
  /** @type {AbortController | null} */
  #under = null;

  /**
   * @param {Reading} reading
   * @param {Past} past
   * @param {(answer: Answer) => void} tell
   */
  constructor(reading, past, tell) {
    this.#reading = reading;
    this.#past = past;
    this.#tell = tell;
  }

  /** stop ends it and takes the marks away. */
  stop() {
    this.#under?.abort();
    this.#under = null;
    this.#tell({ is: 'survey', marks: [], count: 0, share: 0, state: 'none' });
  }

  /**
   * begin looks for something else.
   *
   * @param {Filter | null} filter
   */
  async begin(filter) {
    this.stop();
    if (!filter) return;
    const under = new AbortController();
    this.#under = under;
    await new Promise((done) => setTimeout(done, rest));
    if (under.signal.aborted) return;
    await this.#reading.span.measure();
    const { streams, span: { extents }, sieve } = this.#reading;
    const marks = new Uint8Array(places);
    const counts = streams.map(() => 0);
    const shares = streams.map(() => 0);
    let limited = false;
    let told = 0;
    const tell = (/** @type {'looking' | 'done' | 'limit' | 'unable' | 'failed'} */ state) => {
      if (under.signal.aborted) return;
      told = Date.now();
      const list = [...marks.keys()].filter((at) => marks[at]).map((at) => at / places);
      this.#tell({ is: 'survey', marks: list, count: counts.reduce((a, b) => a + b, 0), share: shares.reduce((a, b) => a + b, 0) / shares.length, state });
    };
    const one = async (/** @type {string} */ stream, /** @type {number} */ i) => {
      const all = extents.total(stream) || 1;
      for await (const step of look(this.#past, stream, { ...wordsOf(filter), ...sieve.range.asked, order: 'newest', limit: String(most) }, under.signal)) {
        if ('hit' in step) {
          counts[i] = (counts[i] ?? 0) + 1;
          const at = extents.at(stream, step.hit.cursor) / Math.max(all, extents.total(stream));
          if (at >= 0) marks[Math.min(places - 1, Math.floor(at * places))] = 1;
        } else if ('progress' in step) {
          shares[i] = Math.min(1, step.progress.bytes / all);
        } else {
          shares[i] = 1;
          if (step.done === 'limit') limited = true;
        }
        if (Date.now() - told > beat) tell('looking');
      }
    };
    try {
      await each(streams, one);
      tell(limited ? 'limit' : 'done');
    } catch (err) {
      if (!(err instanceof Trouble)) throw err;
      // Expressions of browsers know more than those of the server.
      tell(err.status === 400 ? 'unable' : 'failed');
    }
  }
}
