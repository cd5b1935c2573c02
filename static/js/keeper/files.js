// @ts-check
/** The files that lines are in. Those that are newer than what is known of history are asked for. */

/** How soon they are asked for again where one that is seen is not known, in ms. */
const beat = 3000;

/** @typedef {import('./extents.js').Place} Place */

export class Files {
  #span;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import('./span.js').Span} span */
  constructor(span) {
    this.#span = span;
  }

  /**
   * of returns the file that a line is in; null while it is not known.
   *
   * @param {string} stream
   * @param {string} cursor
   * @returns {Place | null}
   */
  of(stream, cursor) {
    const place = this.#span.extents.place(stream, cursor);
    if (place === null) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.#span.measure('now');
      }, beat);
    }
    return place;
  }

  /**
   * at returns the file that the row shown under a number is in, or the next line
   * before it; null where there is none, and where it is not known.
   *
   * @param {import('./sieve.js').Sieve} sieve
   * @param {number} number
   * @param {string[]} streams
   */
  at({ shown, store }, number, streams) {
    for (let n = Math.min(number, shown.end - 1); n >= shown.first; n--) {
      const seq = shown.seq(n);
      if (!store.isDivider(seq) && store.cursor(seq)) return this.of(streams[store.stream(seq)] ?? '', store.cursor(seq));
    }
    return null;
  }
}
