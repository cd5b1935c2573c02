// @ts-check
/**
 * The ends are where the rows held of each stream end: in a stretch of history,
 * and at the live end, whose oldest rows are where a stretch that grows meets it.
 */

import { Oldest, outermost, reaches } from './seam.js';

/** @typedef {import('./past.js').Item} Item */
/** @typedef {import('./reach.js').Reach} Reach */
/** @typedef {import('./store.js').Store} Store */

export class Ends {
  /** Where each stream is in a stretch that holds no row of it; '' where that is not known. @type {string[]} */
  places = [];
  #tail;
  #cursorOf;
  /** @type {string[]} */
  #streams = [];
  /** The oldest row of each stream, by store. @type {WeakMap<Store, Oldest>} */
  #oldest = new WeakMap();
  /** The newest row of each stream in a store, and how far that went. */
  #newest = { store: /** @type {Store | null} */ (null), first: 0, end: 0, rows: /** @type {number[]} */ ([]) };
  /** From where on streams are held at the live end, of those whose lines were read up to there. @type {Map<number, string>} */
  #met = new Map();

  /**
   * @param {Store} tail the rows of the live end
   * @param {(stream: string) => string} cursorOf where the next line of a stream at the live end begins
   */
  constructor(tail, cursorOf) {
    this.#tail = tail;
    this.#cursorOf = cursorOf;
  }

  /** @param {string[]} streams that are watched from now on */
  watch(streams) {
    this.#streams = streams;
    this.places = [];
    this.#oldest = new WeakMap();
    this.#newest.store = null;
    this.#met.clear();
  }

  /**
   * of returns the cursors of the outermost rows of a store. Where none is held it is
   * where the stream is there.
   *
   * @param {Store} store
   * @param {'before' | 'after'} by
   */
  of(store, by) {
    const rows = by === 'before' ? this.#oldestOf(store) : this.#newestOf(store);
    return rows.map((row, i) => (!Number.isNaN(row) ? store.cursor(row) : (store !== this.#tail && this.places[i]) || this.#live(i)));
  }

  /** From where on each stream is held at the live end. */
  get limits() {
    return this.of(this.#tail, 'before');
  }

  /** @param {Store} store that got rows before its oldest, or lost its newest */
  changed(store) {
    this.#oldest.delete(store);
    this.#newest.store = null;
  }

  /**
   * cut keeps where the streams are whose newest rows a stretch loses.
   *
   * @param {Store} store
   * @param {number} from the first row that goes
   */
  cut(store, from) {
    for (const [i, row] of outermost(store, this.#streams.length, 'oldest', from).entries()) {
      if (!Number.isNaN(row)) this.places[i] = store.cursor(row);
    }
  }

  /**
   * shed keeps where the streams are when a stretch that was read on loses its oldest rows.
   *
   * @param {Reach} reach that read it
   */
  shed(reach) {
    this.places = reach.places.map((cursor, i) => this.#met.get(i) ?? cursor);
  }

  /**
   * leave keeps where the streams are in a stretch that was copied from the live end.
   *
   * @param {number} to the first row behind the stretch
   */
  leave(to) {
    const behind = outermost(this.#tail, this.#streams.length, 'oldest', to);
    this.places = behind.map((row, i) => (Number.isNaN(row) ? this.#live(i) : this.#tail.cursor(row)));
  }

  /** anew begins to read towards the live end. */
  anew() {
    this.#met.clear();
  }

  /** Whether the live end still holds what made streams meet it: its oldest rows are let go now and then. */
  get meet() {
    const { limits } = this;
    return [...this.#met].every(([i, cursor]) => limits[i] === cursor);
  }

  /**
   * unmet returns the items that the live end does not hold.
   *
   * @param {Item[]} items in order, that follow the newest of a stretch
   */
  unmet(items) {
    const { limits } = this;
    return items.filter((item) => {
      const limit = limits[item.stream] ?? '';
      if ('text' in item && !this.#met.has(item.stream) && reaches(item.cursor, limit)) this.#met.set(item.stream, limit);
      return !this.#met.has(item.stream);
    });
  }

  /** What tells whether an item is a line that the live end holds. */
  get held() {
    const { limits } = this;
    return (/** @type {Item} */ item) => 'text' in item && reaches(item.cursor, limits[item.stream] ?? '');
  }

  /** @param {Reach} reach @returns {boolean} whether it read all that lies before the live end */
  arrived(reach) {
    return this.#oldestOf(this.#tail).every((row, i) => this.#met.has(i) || (Number.isNaN(row) && reach.ended(i)));
  }

  /** @param {number} i */
  #live(i) {
    return this.#cursorOf(this.#streams[i] ?? '');
  }

  /** @param {Store} store @returns {number[]} the oldest row of each stream; NaN where none is held */
  #oldestOf(store) {
    const known = this.#oldest.get(store) ?? new Oldest(store, this.#streams.length);
    this.#oldest.set(store, known);
    return known.rows;
  }

  /** @param {Store} store @returns {number[]} */
  #newestOf(store) {
    const { first, end } = store;
    const known = this.#newest;
    if (known.store !== store || known.first !== first || known.end !== end) {
      this.#newest = { store, first, end, rows: outermost(store, this.#streams.length, 'newest') };
    }
    return this.#newest.rows;
  }
}
