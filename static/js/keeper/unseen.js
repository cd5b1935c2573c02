// @ts-check
/**
 * Unseen counts the lines that came and pass the reader's filters since the
 * reader stopped following. The count stays true when the oldest of them are
 * let go, or when the reader goes elsewhere.
 */

/** @typedef {import('./reading.js').Reading} Reading */

export class Unseen {
  #since = -1;
  #generation = -1;
  /** Lines that had passed, of those that ever did, when the count began. */
  #passed = 0;

  /**
   * count returns the lines behind those that had come at some time.
   *
   * @param {number} since how many lines had come; -1 for no time
   * @param {Reading} reading
   */
  count(since, { tail, live }) {
    if (since < 0) return 0;
    const { generation, shown } = live;
    if (since !== this.#since || generation !== this.#generation) {
      let lines = 0;
      let left = tail.linesEver - since;
      for (let seq = tail.end - 1; seq >= tail.first && left > 0; seq--) {
        if (tail.isDivider(seq)) continue;
        left--;
        if (tail.passed(seq)) lines++;
      }
      this.#passed = shown.linesEver - lines;
      this.#since = since;
      this.#generation = generation;
    }
    return Math.max(0, shown.linesEver - this.#passed);
  }
}
