// @ts-check
/**
 * What a screen reader is told by itself: how the connection stands when that changes,
 * how many lines the filters leave once that rests, and now and then how many lines came.
 */

import { find, write } from '../dom.js';
import * as words from '../words.js';

/** How long the filters rest before their counts are told, in ms. */
const rest = 1000;
/** How often lines that came are told at most, in ms. */
const beat = 30_000;

export class Said {
  #element = find('said', HTMLElement);
  #state = '';
  #filters = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Lines that had come when they were told last, and when that was. */
  #ever = 0;
  #at = Date.now();

  /**
   * state tells how the page stands, where that is of another kind than before.
   *
   * @param {string} kind
   * @param {string} text
   */
  state(kind, text) {
    if (kind === this.#state) return;
    this.#state = kind;
    write(this.#element, text);
  }

  /**
   * filters tells what they hide, once they are left as they are.
   *
   * @param {string} which of them are on
   * @param {() => string} text
   */
  filters(which, text) {
    if (which === this.#filters) return;
    this.#filters = which;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => write(this.#element, text()), rest);
  }

  /** @param {number} ever lines that came to the streams in view so far */
  lines(ever) {
    const now = Date.now();
    if (ever < this.#ever) this.#ever = ever;
    if (now - this.#at < beat) return;
    if (ever > this.#ever && document.hasFocus()) write(this.#element, words.countOf(ever - this.#ever, 'new line'));
    this.#at = now;
    this.#ever = ever;
  }
}
