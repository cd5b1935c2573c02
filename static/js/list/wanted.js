// @ts-check
/** Which rows a list asks its keeper for: those in view and as many again on either side. */

/** @typedef {import('../keeper/protocol.js').Window} Window */

export class Wanted {
  #send;
  /** @type {Window} */
  #last = { follow: true, count: 0, from: 0, at: 0, generation: -1, since: -1 };

  /** @param {(wish: import('../keeper/protocol.js').Wish) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * end asks for the newest rows.
   *
   * @param {number} room rows that fit into the view
   * @param {number} generation
   */
  end(room, generation) {
    if (this.#last.follow && this.#last.count === 2 * room) return;
    this.#ask({ follow: true, count: 2 * room, from: 0, at: 0, generation, since: -1 });
  }

  /**
   * around asks for the rows around one, where those asked for last are not enough.
   *
   * @param {number} row the first in view
   * @param {number} room rows that fit into the view
   * @param {number} generation
   * @param {number} since lines that had come when the reader left the end
   */
  around(row, room, generation, since) {
    const last = this.#last;
    const from = row - 2 * room;
    const near = Math.abs(from - last.from) < room / 2 && last.count === 5 * room;
    if (!last.follow && near && last.generation === generation && last.since === since) return;
    this.#ask({ follow: false, count: 5 * room, from, at: row, generation, since });
  }

  /** @param {Window} window */
  #ask(window) {
    this.#last = window;
    this.#send({ do: 'window', window });
  }
}
