// @ts-check
/** The heads of the columns, over the lines of a pane. */

import { icon, make } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('./list.js').List} List */

/** How wide a column is at least and at most, in characters. */
const least = 8;
const most = 40;
/** Columns for the time, as written and elapsed, and for the level, in characters; css/lines.css says the same of the level. */
const stamp = { long: 25, short: 10 };
const level = 6;
/** Room behind a column, in px; css/lines.css says the same. */
const gap = 14;

export class Heads {
  #element;
  #pane;
  #list;
  #row = make('div', { class: 'heads-row' });
  #made = '';
  /** The widths that the pane was told. */
  #wide = '';
  /** Width of each column, in characters. @type {number[]} */
  #widths = [];

  /**
   * @param {HTMLElement} pane
   * @param {List} list whose lines say how wide columns are
   * @param {(name: string) => void} drop
   */
  constructor(pane, list, drop) {
    this.#pane = pane;
    this.#list = list;
    this.#element = /** @type {HTMLElement} */ (pane.querySelector('.heads'));
    this.#element.append(this.#row);
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
      this.#wide = '';
      this.#widths = columns.map((name) => Math.min(most, Math.max(least, name.length + 3)));
      const fixed = (/** @type {'stamp' | 'level'} */ kind) => make('span', { class: `cell ${kind}`, text: words.columns[kind] });
      this.#row.replaceChildren(make('span', { class: 'source' }), fixed('stamp'), fixed('level'), ...columns.map((name, i) => make('span', { class: `cell w${i}` },
        make('span', { text: name, title: name }),
        make('button', { class: 'key', type: 'button', 'data-column': name, 'aria-label': `${words.columnDrop}: ${name}`, title: words.columnDrop }, icon('cross')))));
    }
    if (columns.length === 0) {
      this.#list.breadth.columned = { characters: 0, px: 0 };
      return;
    }
    this.#grow(columns);
    const first = clock === 'elapsed' ? stamp.short : stamp.long;
    const wide = [first, ...this.#widths];
    if (String(wide) === this.#wide) return;
    this.#wide = String(wide);
    this.#pane.style.setProperty('--stamp', `${first}ch`);
    for (const [i, width] of this.#widths.entries()) this.#pane.style.setProperty(`--w${i}`, `${width}ch`);
    this.#list.breadth.columned = { characters: wide.reduce((sum, width) => sum + width, level), px: (columns.length + 2) * gap };
  }

  /** place has the heads stand over their columns. */
  place() {
    if (!this.#element.hidden) this.#row.style.transform = `translate(${-this.#list.left}px)`;
  }

  /** @param {string[]} columns grow with what is in view; they never shrink, so that nothing jumps */
  #grow(columns) {
    for (const row of this.#list.frame?.rows ?? []) {
      if (!('text' in row)) continue;
      for (const [name, value] of row.fields) {
        const at = columns.indexOf(name);
        if (at >= 0) this.#widths[at] = Math.min(most, Math.max(this.#widths[at] ?? least, value.length + 1));
      }
    }
  }
}
