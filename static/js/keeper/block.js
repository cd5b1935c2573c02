// @ts-check
/** A run of rows of the store (store.js): a part of its memory. */

/** Rows of a block. */
export const room = 1024;
/** What a row costs beside its text, in bytes, about. */
export const perRow = 60;

/** What is known of a row. */
export const CONTINUES = 1;
export const WIDE = 2;
export const DIVIDER = 4;
export const TRACE = 8;
export const PASSED = 16;

export class Block {
  length = 0;
  /** @type {string[]} */
  #texts = [];
  #streams = new Uint16Array(room);
  #flags = new Uint8Array(room);
  #levels = new Uint8Array(room);
  /** Which of the bases each row has. */
  #based = new Uint16Array(room);
  #offs = new Float64Array(room);
  /** Beginnings of the cursors of the rows. */
  #bases = [''];

  /** @param {number} from number of the first row */
  constructor(from) {
    this.from = from;
  }

  get full() {
    return this.length === room;
  }

  /** @param {number} seq */
  holds(seq) {
    return seq >= this.from && seq < this.from + this.length;
  }

  /**
   * push takes a row and returns what it costs, in bytes.
   *
   * @param {string} text
   * @param {number} stream
   * @param {number} flags
   * @param {string} base
   * @param {number} off
   */
  push(text, stream, flags, base, off) {
    const i = this.length++;
    this.#texts.push(text);
    this.#streams[i] = stream;
    this.#flags[i] = flags;
    if (base !== this.#bases.at(-1)) this.#bases.push(base);
    this.#based[i] = this.#bases.length - 1;
    this.#offs[i] = off;
    return this.cost(i);
  }

  /**
   * empty lets the text of a row go.
   *
   * @param {number} i
   */
  empty(i) {
    this.#texts[i] = '';
  }

  /**
   * truncate lets the rows from one on go.
   *
   * @param {number} length
   */
  truncate(length) {
    this.length = this.#texts.length = length;
  }

  /** @param {number} i */
  cost(i) {
    return this.text(i).length * (this.flags(i) & WIDE ? 2 : 1) + perRow;
  }

  /** @param {number} i */
  text(i) {
    return this.#texts[i] ?? '';
  }

  /** @param {number} i */
  stream(i) {
    return this.#streams[i] ?? 0;
  }

  /** @param {number} i */
  flags(i) {
    return this.#flags[i] ?? 0;
  }

  /** @param {number} i */
  level(i) {
    return this.#levels[i] ?? 0;
  }

  /** @param {number} i */
  base(i) {
    return this.#bases[this.#based[i] ?? 0] ?? '';
  }

  /** @param {number} i */
  off(i) {
    return this.#offs[i] ?? 0;
  }

  /**
   * judge keeps what was found out about a row.
   *
   * @param {number} i
   * @param {number} level
   * @param {number} flags
   */
  judge(i, level, flags) {
    this.#levels[i] = level;
    this.#flags[i] = flags;
  }
}
