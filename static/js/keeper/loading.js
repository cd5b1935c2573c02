// @ts-check
/** What is being loaded of history, and why the last loading came to nothing. */

import { Trouble } from './past.js';

export class Loading {
  /** What is under way. @type {'' | 'before' | 'after' | 'jump'} */
  what = '';
  /** Why the last loading came to nothing, or ''. */
  trouble = '';
  /** Whether the server can be asked for history. */
  able = true;
  #changed;
  #failed;
  /** Counts up when the reader goes elsewhere. */
  #turn = 0;

  /**
   * @param {() => void} changed
   * @param {() => void} failed called when a loading came to nothing
   */
  constructor(changed, failed) {
    this.#changed = changed;
    this.#failed = failed;
  }

  /** elsewhere goes with a reader who is somewhere else: answers to before are of no use. */
  elsewhere() {
    this.#turn++;
    this.what = this.trouble = '';
  }

  /**
   * run does the work of loading.
   *
   * @param {'' | 'before' | 'after' | 'jump'} what '' for what the reader need not be told of
   * @param {(current: () => boolean) => Promise<void>} work current says whether the answer is still of use
   */
  async run(what, work) {
    const turn = this.#turn;
    const current = () => turn === this.#turn;
    if (what) {
      this.what = what;
      this.trouble = '';
      this.#changed();
    }
    try {
      await work(current);
    } catch (err) {
      if (!(err instanceof Trouble)) throw err;
      if (err.status === 404) this.able = false;
      else if (what && current()) this.trouble = err.message;
      this.#failed();
    } finally {
      if (what && current()) this.what = '';
      this.#changed();
    }
  }
}
