// @ts-check
/**
 * The sheet: the elements of the rows in view, and no others but those that hold
 * an end of the reader's selection. Elements are used again.
 */

import { make } from '../dom.js';
import { clear, fill } from './row.js';

/** @typedef {import('../keeper/protocol.js').Row} Row */


/**
 * Mounted is a row that has an element.
 *
 * @typedef {object} Mounted
 * @property {HTMLElement} element
 * @property {Row | undefined} row undefined while it is on its way
 * @property {boolean} stale the element shows another row, which went
 * @property {boolean} pinned kept out of view
 */

/** Elements kept for use again. */
const spare = 200;

export class Sheet {
  /** By number of the row. @type {Map<number, Mounted>} */
  #mounted = new Map();
  /** @type {HTMLElement[]} */
  #pool = [];
  /** Measured, by number of the row; only while lines wrap. @type {Map<number, number>} */
  #heights = new Map();
  /** Sum and count of what was measured, for the typical height. */
  #sum = 0;
  #count = 0;
  /** The widest line drawn, in columns. */
  columns = 0;
  wrap = false;
  /** Height of a row that does not wrap, in px; css/tokens.css says the same. */
  rowHeight = 20;

  #element;
  /** @type {import('./row.js').Setting | null} */
  #setting = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** reset forgets every row: their numbers mean others now. */
  reset() {
    for (const number of [...this.#mounted.keys()]) this.#unmount(number);
    this.columns = 0;
    this.remeasure();
  }

  /** remeasure forgets what was measured: the width or the type changed. */
  remeasure() {
    this.#heights.clear();
    this.#sum = this.#count = 0;
  }

  /** Height of a row of which nothing is known. */
  get typical() {
    return this.wrap && this.#count > 0 ? this.#sum / this.#count : this.rowHeight;
  }

  /** @param {number} number */
  height(number) {
    return this.wrap ? this.#heights.get(number) ?? this.typical : this.rowHeight;
  }

  /**
   * mount shows rows from one number to before another, and keeps the pinned
   * ones.
   *
   * @param {number} from
   * @param {number} to
   * @param {(number: number) => Row | undefined} rowOf
   * @param {number[]} pinned in order
   * @param {import('./row.js').Setting} setting
   */
  mount(from, to, rowOf, pinned, setting) {
    const anew = setting !== this.#setting;
    this.#setting = setting;
    const before = pinned.filter((number) => number < from);
    const behind = pinned.filter((number) => number >= to);
    this.#turn(from, to, pinned);
    let next = this.#element.firstElementChild;
    const place = (/** @type {number} */ number, /** @type {boolean} */ isPinned) => {
      const mounted = this.#mounted.get(number) ?? this.#mountNew(number);
      const row = rowOf(number) ?? mounted.row;
      if (row && (row !== mounted.row || anew)) this.#fill(mounted, row, anew ? undefined : mounted.row);
      else if (mounted.stale) clear(mounted.element);
      mounted.stale = false;
      if (mounted.pinned !== isPinned) {
        mounted.pinned = isPinned;
        mounted.element.classList.toggle('pinned', isPinned);
      }
      if (mounted.element === next) next = next.nextElementSibling;
      else this.#element.insertBefore(mounted.element, next);
    };
    for (const number of before) place(number, true);
    for (let number = from; number < to; number++) place(number, false);
    for (const number of behind) place(number, true);
    if (this.wrap) this.#measure(from, to);
  }

  /**
   * tall returns the height of the mounted rows from one number to before
   * another.
   *
   * @param {number} from
   * @param {number} to
   */
  tall(from, to) {
    if (!this.wrap) return Math.max(0, to - from) * this.rowHeight;
    let sum = 0;
    for (let number = from; number < to; number++) sum += this.height(number);
    return sum;
  }

  /**
   * row returns the row of an element of the sheet, and its number.
   *
   * @param {Element} element
   */
  rowOf(element) {
    for (const [number, mounted] of this.#mounted) {
      if (mounted.element === element) return { number, row: mounted.row };
    }
    return null;
  }

  /**
   * elementOf returns the element of a row that has one.
   *
   * @param {number} number
   */
  elementOf(number) {
    return this.#mounted.get(number)?.element ?? null;
  }

  /** @param {number} number */
  #mountNew(number) {
    const element = this.#pool.pop() ?? make('div', { class: 'row' });
    const mounted = { element, row: undefined, stale: false, pinned: false };
    this.#mounted.set(number, mounted);
    return mounted;
  }

  /**
   * turn has rows that come take the elements of those that go. Where all are others, as in
   * a rush, no element moves.
   *
   * @param {number} from
   * @param {number} to
   * @param {number[]} pinned
   */
  #turn(from, to, pinned) {
    const gone = [...this.#mounted.keys()].filter((number) => (number < from || number >= to) && !pinned.includes(number)).sort((a, b) => a - b);
    // What stays must not be moved, least of all what is selected in it.
    let stays = pinned.some((number) => this.#mounted.has(number));
    for (let number = from; number < to && !stays; number++) stays = this.#mounted.has(number);
    for (let number = from; number < to && gone.length > 0; number++) {
      if (this.#mounted.has(number)) continue;
      const last = /** @type {number} */ (gone.shift());
      const { element, pinned: wasPinned } = /** @type {Mounted} */ (this.#mounted.get(last));
      this.#mounted.delete(last);
      this.#mounted.set(number, { element, row: undefined, stale: true, pinned: wasPinned });
      if (stays) element.remove();
    }
    for (const number of gone) this.#unmount(number);
  }

  /** @param {number} number */
  #unmount(number) {
    const mounted = this.#mounted.get(number);
    if (!mounted) return;
    this.#mounted.delete(number);
    mounted.element.remove();
    clear(mounted.element);
    if (this.#pool.length < spare) this.#pool.push(mounted.element);
  }

  /**
   * @param {Mounted} mounted
   * @param {Row} row
   * @param {Row | undefined} before what the element shows
   */
  #fill(mounted, row, before) {
    mounted.row = row;
    if ((before && sameLook(before, row)) || !this.#setting) return;
    fill(mounted.element, row, this.#setting);
    if (mounted.pinned) mounted.element.classList.add('pinned');
    if ('text' in row && !mounted.element.classList.contains('columned')) this.columns = Math.max(this.columns, columns(row.text) + (row.folded > 0 ? 40 : 0));
    if (before) this.#forget(row);
  }

  /** @param {Row} row whose height may have changed */
  #forget(row) {
    for (const [number, mounted] of this.#mounted) if (mounted.row === row) this.#heights.delete(number);
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #measure(from, to) {
    for (let number = from; number < to; number++) {
      const mounted = this.#mounted.get(number);
      if (!mounted?.row || this.#heights.has(number)) continue;
      const { height } = mounted.element.getBoundingClientRect();
      this.#heights.set(number, height);
      this.#sum += height;
      this.#count++;
    }
    if (this.#heights.size > 20_000) this.remeasure();
  }
}

/**
 * sameLook reports whether two values of one row draw the same.
 *
 * @param {Row} a
 * @param {Row} b
 */
function sameLook(a, b) {
  if (a.seq !== b.seq) return false;
  if ('divider' in a && 'divider' in b) return JSON.stringify(a.divider) === JSON.stringify(b.divider);
  if (!('text' in a) || !('text' in b)) return false;
  return a.unfolded === b.unfolded && a.text.length === b.text.length && Object.is(a.before, b.before) && Object.is(a.stamp.time, b.stamp.time) && a.fields.length === b.fields.length
    && a.trace?.count === b.trace?.count && a.trace?.open === b.trace?.open && String(a.marks) === String(b.marks);
}

/**
 * columns returns how many columns a text takes, about.
 *
 * @param {string} text
 */
function columns(text) {
  if (!/[^\x20-\x7e]/.test(text)) return text.length;
  let count = 0;
  for (const character of text) {
    if (character === '\t') count += 8 - (count % 8);
    else count += character > '\u1100' ? 2 : 1;
  }
  return count;
}
