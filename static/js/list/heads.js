// @ts-check
/** The heads of the columns, over the lines of a pane. */

import { icon, make } from '../dom.js';
import { keep, kept } from '../keep/settings.js';
import * as words from '../words.js';

/** @typedef {import('./list.js').List} List */

/** How wide a column is at least and at most by itself, and at most by choice, in characters. */
const least = 8;
const most = 40;
const widest = 200;
/** Widths that are kept at most. */
const remembered = 200;
/** Columns for the time, as written and elapsed, and for the level, in characters; css/lines.css says the same of the level. */
const stamp = { long: 25, short: 10 };
const level = 6;
/** Room behind a column, in px; css/lines.css says the same. */
const gap = 14;

/**
 * Deeds are what the page does with its columns.
 *
 * @typedef {object} Deeds
 * @property {(name: string) => void} drop
 * @property {(names: string[]) => void} order
 */

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
  /** The widths that the reader chose, by name. @type {Record<string, number>} */
  #chosen = {};
  /** Names of the columns. @type {string[]} */
  #names = [];
  /** @type {import('../text/clock.js').Clock} */
  #clock = 'written';
  /** @type {Deeds} */
  #deeds;

  /**
   * @param {HTMLElement} pane
   * @param {List} list whose lines say how wide columns are
   * @param {Deeds} deeds
   */
  constructor(pane, list, deeds) {
    this.#pane = pane;
    this.#list = list;
    this.#deeds = deeds;
    this.#element = /** @type {HTMLElement} */ (pane.querySelector('.heads'));
    this.#element.append(this.#row);
    this.#element.addEventListener('click', ({ target }) => {
      const name = target instanceof Element ? target.closest('button')?.dataset['column'] : undefined;
      if (name !== undefined) deeds.drop(name);
    });
    this.#element.addEventListener('keydown', (event) => this.#key(event));
    this.#element.addEventListener('pointerdown', (event) => this.#drag(event));
    this.#element.addEventListener('dblclick', ({ target }) => {
      const at = target instanceof HTMLElement ? target.dataset['grip'] : undefined;
      if (at !== undefined) this.#widen(Number(at), 0);
    });
    // What has the focus is in view, and its lines with it.
    this.#element.addEventListener('scroll', () => { this.#element.scrollLeft = 0; });
  }

  /**
   * @param {string[]} columns
   * @param {import('../text/clock.js').Clock} clock
   */
  show(columns, clock) {
    const made = columns.join('\n');
    this.#names = columns;
    this.#clock = clock;
    this.#element.hidden = columns.length === 0;
    if (made !== this.#made) {
      this.#made = made;
      this.#wide = '';
      this.#chosen = widths();
      this.#widths = columns.map((name) => this.#chosen[name] ?? Math.min(most, Math.max(least, name.length + 3)));
      const fixed = (/** @type {'stamp' | 'level'} */ kind) => make('span', { class: `cell ${kind}`, text: words.columns[kind] });
      this.#row.replaceChildren(make('span', { class: 'source' }), fixed('stamp'), fixed('level'), ...columns.map((name, i) => make('span', { class: `cell w${i}` },
        make('button', { class: 'head', type: 'button', 'data-head': String(i), title: `${name}\n${words.columnMove}`, text: name }),
        make('button', { class: 'key', type: 'button', 'data-column': name, 'aria-label': `${words.columnDrop}: ${name}`, title: words.columnDrop }, icon('cross')),
        make('span', { class: 'grip', 'data-grip': String(i), title: words.columnWidth }))));
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

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { target, key, shiftKey } = event;
    const at = target instanceof HTMLElement ? Number(target.dataset['head']) : NaN;
    const by = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (by === 0 || Number.isNaN(at) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (shiftKey) this.#widen(at, (this.#widths[at] ?? least) + 2 * by);
    else this.#move(at, at + by);
  }

  /**
   * move puts a column elsewhere, and the focus with it.
   *
   * @param {number} from
   * @param {number} to
   */
  #move(from, to) {
    const names = [...this.#names];
    if (to < 0 || to >= names.length || from === to) return;
    names.splice(to, 0, ...names.splice(from, 1));
    this.#deeds.order(names);
    const button = this.#row.querySelectorAll('.head')[to];
    if (button instanceof HTMLElement) button.focus();
  }

  /**
   * widen gives a column a width, which is remembered for its name; 0 lets it have that of what it holds.
   *
   * @param {number} at
   * @param {number} width in characters
   */
  #widen(at, width) {
    const { [this.#names[at] ?? '']: _, ...others } = this.#chosen;
    const wide = Math.min(widest, Math.max(3, Math.round(width)));
    const rest = Object.fromEntries(Object.entries(others).slice(-remembered));
    this.#chosen = width === 0 ? rest : { ...rest, [this.#names[at] ?? '']: wide };
    keep('widths', this.#chosen);
    this.#widths[at] = width === 0 ? least : wide;
    this.show(this.#names, this.#clock);
    this.#list.draw();
  }

  /** @param {PointerEvent} event that begins to move a column, or its edge */
  #drag(event) {
    const { target } = event;
    if (!(target instanceof HTMLElement) || event.button !== 0) return;
    const { grip, head } = target.dataset;
    if (grip === undefined && head === undefined) return;
    const at = Number(grip ?? head);
    const cell = /** @type {HTMLElement} */ (target.parentElement);
    const begin = { x: event.clientX, width: this.#widths[at] ?? least, px: cell.getBoundingClientRect().width };
    const heads = () => [...this.#row.querySelectorAll('.head')].map((button) => /** @type {HTMLElement} */ (button.parentElement).getBoundingClientRect());
    const over = (/** @type {number} */ x) => heads().findIndex(({ left, right }) => x >= left && x < right + gap);
    target.setPointerCapture(event.pointerId);
    const moved = (/** @type {PointerEvent} */ { clientX }) => {
      if (grip !== undefined) this.#widen(at, begin.width + ((clientX - begin.x) / begin.px) * begin.width);
      else for (const [i, button] of [...this.#row.querySelectorAll('.head')].entries()) button.parentElement?.classList.toggle('over', i === over(clientX) && i !== at);
    };
    const ended = (/** @type {PointerEvent} */ { clientX, type }) => {
      target.removeEventListener('pointermove', moved);
      for (const cell of this.#row.querySelectorAll('.over')) cell.classList.remove('over');
      if (type === 'pointerup' && head !== undefined && over(clientX) >= 0) this.#move(at, over(clientX));
    };
    target.addEventListener('pointermove', moved);
    target.addEventListener('pointerup', ended, { once: true });
    target.addEventListener('pointercancel', ended, { once: true });
  }

  /** @param {string[]} columns grow with what is in view; they never shrink, so that nothing jumps */
  #grow(columns) {
    for (const row of this.#list.frame?.rows ?? []) {
      if (!('text' in row)) continue;
      for (const [name, value] of row.fields) {
        const at = columns.indexOf(name);
        if (at >= 0 && this.#chosen[name] === undefined) this.#widths[at] = Math.min(most, Math.max(this.#widths[at] ?? least, value.length + 1));
      }
    }
  }
}

/** widths returns what the reader chose, in characters, by name. @returns {Record<string, number>} */
function widths() {
  const found = kept('widths');
  return found && typeof found === 'object' ? Object.fromEntries(Object.entries(found).filter(([, width]) => typeof width === 'number')) : {};
}
