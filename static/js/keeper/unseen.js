// @ts-check
/**
 * Unseen counts the lines behind a row: those that came since a reader stopped
 * following. The count stays true when the oldest of them are let go.
 */

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./sieve.js').Sieve} Sieve */

export class Unseen {
  #since = -1;
  #generation = -1;
  /** Lines shown up to #since, of those ever shown. */
  #lines = 0;

  /**
   * count returns the lines shown behind a row of the store; -1 for none.
   *
   * @param {number} since
   * @param {Store} store
   * @param {Sieve} sieve
   */
  count(since, store, { shown, generation }) {
    if (since < 0) return 0;
    if (since !== this.#since || generation !== this.#generation) {
      const rows = shown.end - shown.find(since);
      this.#lines = shown.linesEver - (rows - store.dividers(since, rows > 0 ? shown.seq(shown.end - 1) : since));
      this.#since = since;
      this.#generation = generation;
    }
    return shown.linesEver - this.#lines;
  }
}
