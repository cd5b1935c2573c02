// @ts-check
/** The line that is being written, below the newest one. */

import { fill } from './row.js';
import { make } from '../dom.js';
import * as words from '../words.js';

export class UnfinishedLine {
  #element = make('div', { class: 'row unfinished', title: words.unfinished, hidden: '' });
  /** What is shown. */
  #shown = '';

  /** @param {HTMLElement} view of a list */
  constructor(view) {
    view.append(this.#element);
  }

  /**
   * show shows a line, or none.
   *
   * @param {import('../keeper/protocol.js').Line | null} row
   * @param {import('./row.js').Setting} setting
   */
  show(row, setting) {
    this.#element.hidden = row === null;
    if (!row) return;
    const shown = `${row.stream} ${row.text} ${row.marks}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    fill(this.#element, row, setting);
    this.#element.classList.add('unfinished');
  }
}
