// @ts-check
/**
 * The rows that are shown, numbered in the order of the store, so that a number
 * means the same row while old ones go, new ones come, and others are put
 * before the oldest (their numbers are below 0).
 */

/** @typedef {import('./store.js').Store} Store */

/** Passed holds the rows that are shown. */
export class Passed {
  /** Lines that ever passed at the end, those that are folded away too. */
  linesEver = 0;
  /** @type {Store} */
  #store;
  /** Rows of the store with numbers from #cut on; those before #from are gone. @type {number[]} */
  #seqs = [];
  #from = 0;
  /** Number of the first of #seqs. */
  #cut = 0;
  /** Rows of the store with numbers from #cut - 1 downwards. @type {number[]} */
  #before = [];

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * push takes the next row.
   *
   * @param {number} seq greater than all before
   */
  push(seq) {
    this.#seqs.push(seq);
    if (!this.#store.isDivider(seq)) this.linesEver++;
  }

  /** fold counts a line that passed and is folded away. */
  fold() {
    this.linesEver++;
  }

  /**
   * unshift takes rows that come before all others.
   *
   * @param {number[]} seqs in order
   */
  unshift(seqs) {
    this.#forget();
    if (this.#from > 0) {
      this.#cut += this.#from;
      this.#seqs.splice(0, this.#from);
      this.#from = 0;
    }
    for (let i = seqs.length - 1; i >= 0; i--) this.#before.push(/** @type {number} */ (seqs[i]));
  }

  /** Number of the oldest row shown. */
  get first() {
    this.#forget();
    return this.#before.length > 0 ? this.#cut - this.#before.length : this.#cut + this.#from;
  }

  /** Number that the next row gets. */
  get end() {
    return this.#cut + this.#seqs.length;
  }

  /**
   * seq returns the row of the store with a number.
   *
   * @param {number} number
   */
  seq(number) {
    const seq = number < this.#cut ? this.#before[this.#cut - 1 - number] : this.#seqs[number - this.#cut];
    if (seq === undefined) throw new RangeError(`row ${number} is not shown: ${this.first} to ${this.end} are`);
    return seq;
  }

  /**
   * find returns the number of the first row shown at or behind a row of the
   * store.
   *
   * @param {number} seq
   */
  find(seq) {
    let low = this.first;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.seq(middle) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * truncate lets the newest go, from a row of the store on.
   *
   * @param {number} seq
   */
  truncate(seq) {
    const number = this.find(seq);
    if (number >= this.#cut) this.#seqs.length = number - this.#cut;
    else {
      this.#before.splice(0, this.#cut - number);
      this.#seqs.length = 0;
      this.#from = 0;
      this.#cut = number;
    }
  }

  /** forget lets the rows go that the store let go. */
  #forget() {
    const { first } = this.#store;
    while (this.#before.length > 0 && (this.#before.at(-1) ?? 0) < first) this.#before.pop();
    if (this.#before.length > 0) return;
    while (this.#from < this.#seqs.length && (this.#seqs[this.#from] ?? 0) < first) this.#from++;
    if (this.#from > 4096 && this.#from > this.#seqs.length / 2) {
      this.#seqs.splice(0, this.#from);
      this.#cut += this.#from;
      this.#from = 0;
    }
  }
}
