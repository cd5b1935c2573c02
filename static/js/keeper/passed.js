// @ts-check
/**
 * The rows that are shown: all that the store holds, or those that passed a
 * filter. Shown rows are numbered from 0 for ever in the order of the store, so
 * that a number means the same row while old ones go and new ones come.
 */

/** @typedef {import('./store.js').Store} Store */

/**
 * Shown is what the list sees of the store.
 *
 * @typedef {object} Shown
 * @property {number} first number of the oldest row shown
 * @property {number} end number that the next row gets
 * @property {number} lines lines among them
 * @property {number} linesEver lines that were ever shown
 * @property {(number: number) => number} seq the row in the store
 * @property {(seq: number) => number} find the first shown row at or behind a row of the store
 */

/**
 * all shows every row of a store.
 *
 * @param {Store} store
 * @returns {Shown}
 */
export function all(store) {
  return {
    get first() { return store.first; },
    get end() { return store.end; },
    get lines() { return store.lines; },
    get linesEver() { return store.linesEver; },
    seq: (number) => number,
    find: (seq) => Math.min(Math.max(seq, store.first), store.end),
  };
}

/** Passed holds the rows that passed a filter. It is a Shown. */
export class Passed {
  linesEver = 0;
  /** @type {Store} */
  #store;
  /** Sequence numbers; those before #from belong to rows that are gone. @type {number[]} */
  #seqs = [];
  #from = 0;
  /** How many numbers were cut off the front of #seqs. */
  #cut = 0;
  /** Sequence numbers of dividers among #seqs, to count lines. @type {number[]} */
  #dividers = [];

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /** @param {number} seq greater than all before */
  push(seq) {
    this.#seqs.push(seq);
    if (this.#store.isDivider(seq)) this.#dividers.push(seq);
    else this.linesEver++;
  }

  get first() {
    this.#forget();
    return this.#cut + this.#from;
  }

  get end() {
    return this.#cut + this.#seqs.length;
  }

  get lines() {
    return this.end - this.first - this.#dividers.length;
  }

  /** @param {number} number */
  seq(number) {
    const seq = this.#seqs[number - this.#cut];
    if (seq === undefined) throw new RangeError(`row ${number} is not shown: ${this.first} to ${this.end} are`);
    return seq;
  }

  /** @param {number} seq */
  find(seq) {
    let low = this.#from;
    let high = this.#seqs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#seqs[middle] ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return this.#cut + low;
  }

  #forget() {
    const { first } = this.#store;
    while (this.#from < this.#seqs.length && (this.#seqs[this.#from] ?? 0) < first) this.#from++;
    while (this.#dividers.length > 0 && (this.#dividers[0] ?? 0) < first) this.#dividers.shift();
    if (this.#from > 4096 && this.#from > this.#seqs.length / 2) {
      this.#seqs.splice(0, this.#from);
      this.#cut += this.#from;
      this.#from = 0;
    }
  }
}
