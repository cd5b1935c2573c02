// @ts-check
/** How wide the lines of a list are that do not wrap: what can be scrolled sideways. */

import { shortName } from '../words.js';

/** Room beside the text of a line, in px. */
const margin = 34;
/** Columns that the name of a stream takes at most. */
const most = 28;

export class Breadth {
  /** The width of a character, in px. */
  character = 7.5;
  /** How wide lines are that are shown as columns; 0 characters where none is. */
  columned = { characters: 0, px: 0 };
  /** Characters before a line for the name of its stream. */
  #source = 0;
  #element;

  /** @param {HTMLElement} element of the list and what belongs to it */
  constructor(element) {
    this.#element = element;
  }

  /** @param {string[]} names of the streams that are watched; lines bear them where there are several */
  name(names) {
    const longest = Math.max(0, ...names.map((name) => shortName(name, names).length));
    this.#source = names.length > 1 ? Math.min(longest, most) : 0;
    this.#element.classList.toggle('named', this.#source > 0);
    this.#element.style.setProperty('--source', `${this.#source}ch`);
  }

  /**
   * of returns the width of the widest line, in px.
   *
   * @param {number} characters of the widest that is no columns
   */
  of(characters) {
    const { columned, character } = this;
    const widest = Math.max(characters * character, columned.characters && columned.characters * character + columned.px);
    return widest + this.#source * character + margin;
  }
}
