// @ts-check
/** The heads of the columns, over the lines. */

import { find, icon, make } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('./list.js').List} List */

/** How wide a column is at least and at most, in characters. */
const least = 8;
const most = 40;

export class Heads {
  #element = find('heads', HTMLElement);
  #panes = find('panes', HTMLElement);
  #list;
  #made = '';
  /** Width of each column, in characters. @type {number[]} */
  #widths = [];

  /**
   * @param {() => List} list the one whose lines say how wide columns are
   * @param {(name: string) => void} drop
   */
  constructor(list, drop) {
    this.#list = list;
    this.#element.addEventListener('click', ({ target }) => {
      const name = target instanceof Element ? target.closest('button')?.dataset['column'] : undefined;
      if (name !== undefined) drop(name);
    });
  }

  /**
   * @param {string[]} columns
   * @param {import('../text/clock.js').Clock} clock
   */
  show(columns, clock) {
    const made = columns.join('\n');
    this.#element.hidden = columns.length === 0;
    if (made !== this.#made) {
      this.#made = made;
      this.#widths = columns.map((name) => Math.min(most, Math.max(least, name.length + 3)));
      this.#element.replaceChildren(...columns.map((name, i) => make('span', { class: `cell w${i}` },
        make('span', { text: name, title: name }),
        make('button', { class: 'key', type: 'button', 'data-column': name, 'aria-label': `${words.columnDrop}: ${name}`, title: words.columnDrop }, icon('cross')))));
    }
    if (columns.length === 0) return;
    this.#grow(columns);
    for (const element of [this.#element, this.#panes]) {
      element.style.setProperty('--stamp', clock === 'elapsed' ? '10ch' : '25ch');
      for (const [i, width] of this.#widths.entries()) element.style.setProperty(`--w${i}`, `${width}ch`);
    }
  }

  /** @param {string[]} columns grow with what is in view; they never shrink, so that nothing jumps */
  #grow(columns) {
    const { frame } = this.#list();
    for (const row of frame?.rows ?? []) {
      if (!('text' in row)) continue;
      for (const [name, value] of row.fields) {
        const at = columns.indexOf(name);
        if (at >= 0) this.#widths[at] = Math.min(most, Math.max(this.#widths[at] ?? least, value.length + 1));
      }
    }
  }
}
