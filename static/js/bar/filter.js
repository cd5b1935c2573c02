// @ts-check
/**
 * The filters: a field in which what is typed applies at once, and a chip for
 * each condition and highlight that was kept, with its count and a switch.
 */

import { compile } from '../keeper/expression.js';
import { find, icon, make, write } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/expression.js').Filter} Filter */
/** @typedef {import('../keeper/expression.js').Condition} Condition */
/** @typedef {import('../keeper/expression.js').Highlight} Highlight */
/** @typedef {import('../keeper/protocol.js').Frame} Frame */
/** @typedef {Filter & {kind: 'in' | 'out' | 'mark'}} Broken */

/** How long typing rests before the filter is applied, in ms. */
const rest = 120;
/** Conditions and highlights there may be. */
const most = 24;

export class Filters {
  /** @type {Condition[]} */
  conditions = [];
  /** @type {Highlight[]} */
  highlights = [];
  /** What an address asks for that cannot be understood. @type {Broken[]} */
  #broken = [];

  #box = find('filter-box', HTMLElement);
  #chips = find('filter-chips', HTMLElement);
  #field = find('filter', HTMLInputElement);
  #regex = find('filter-regex', HTMLButtonElement);
  #cased = find('filter-case', HTMLButtonElement);
  #pins = find('filter-pins', HTMLElement);
  #count = find('filter-count', HTMLElement);
  #trouble = find('filter-trouble', HTMLElement);
  #changed;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #invalid = '';
  /** What the field asks for while it can be understood. @type {Filter | null} */
  #typed = null;
  /** What the chips show, so that they are made anew only when they change. */
  #made = '';

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
    this.#field.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#apply(), rest);
      this.#draw();
    });
    this.#field.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      if (event.key === 'Enter') this.#pin(event.shiftKey ? 'out' : event.altKey ? 'mark' : 'in');
      else if (event.key === 'Backspace' && this.#field.value === '') this.#unpin();
    });
    for (const button of [this.#regex, this.#cased]) {
      button.addEventListener('click', () => {
        press(button, !pressed(button));
        this.#apply();
      });
    }
    this.#pins.addEventListener('click', ({ target }) => {
      const kind = target instanceof Element ? target.closest('button')?.dataset['pin'] : undefined;
      if (kind === 'in' || kind === 'out' || kind === 'mark') this.#pin(kind);
      else if (kind === 'clear') this.clear();
      this.focus();
    });
    this.#chips.addEventListener('click', (event) => this.#chip(event));
  }

  /** What is typed, where it can be understood. @returns {Filter} */
  get typed() {
    return { text: this.#field.value, regex: pressed(this.#regex), cased: pressed(this.#cased) };
  }

  /** All conditions that apply: those kept, and the one that is typed. @returns {Condition[]} */
  get query() {
    return this.#typed ? [...this.conditions, { ...this.#typed, kind: 'in', on: true }] : this.conditions;
  }

  /**
   * set shows a view's filters, without a word to anybody.
   *
   * @param {{typed: Filter, conditions: Condition[], highlights: Highlight[]}} view
   */
  set({ typed, conditions, highlights }) {
    this.#field.value = typed.text;
    press(this.#regex, typed.regex);
    press(this.#cased, typed.cased);
    this.conditions = conditions.filter((c) => c.text !== '' && trouble(c) === '');
    this.highlights = highlights.filter((h) => h.text !== '' && trouble(h) === '');
    const all = [...conditions, ...highlights.map((h) => ({ ...h, kind: /** @type {const} */ ('mark') }))];
    this.#broken = all.filter((f) => trouble(f) !== '');
    this.#read();
    this.#draw();
  }

  /**
   * add keeps a condition or a highlight.
   *
   * @param {Filter} filter
   * @param {'in' | 'out' | 'mark'} kind
   */
  add({ text, regex, cased }, kind) {
    const filter = { text, regex, cased };
    if (this.conditions.length + this.highlights.length >= most) return;
    if (kind === 'mark') this.highlights = [...this.highlights, { ...filter, colour: this.#freeColour() }];
    else this.conditions = [...this.conditions.filter((c) => c.text !== text || c.regex !== regex), { ...filter, kind, on: true }];
    this.#draw();
    this.#changed();
  }

  /** toggle switches all conditions off, or on again. */
  toggle() {
    const on = !this.conditions.some((c) => c.on);
    this.conditions = this.conditions.map((c) => ({ ...c, on }));
    this.#draw();
    this.#changed();
  }

  focus() {
    this.#field.focus();
    this.#field.select();
  }

  /** clear empties the field. */
  clear() {
    this.#field.value = '';
    this.#apply();
  }

  /** Whether the reader is in the field. */
  get focused() {
    return document.activeElement === this.#field;
  }

  /**
   * show tells what the filters do.
   *
   * @param {Frame} frame
   */
  show(frame) {
    const typed = this.#typed && !frame.slow.includes(this.conditions.length);
    write(this.#count, typed ? words.count(frame.counts[this.conditions.length] ?? 0) : '');
    const trouble = this.#invalid || (frame.slow.length > 0 ? words.filter.slow : '');
    write(this.#trouble, trouble);
    this.#trouble.hidden = trouble === '';
    this.#box.classList.toggle('wrong', trouble !== '');
    this.#field.setAttribute('aria-invalid', String(trouble !== ''));
    for (const [i, count] of [...this.#chips.querySelectorAll('[data-count]')].entries()) {
      write(count, frame.slow.includes(i) ? words.filter.tooSlow : words.count(frame.counts[i] ?? 0));
    }
    for (const [i, slow] of [...this.#chips.querySelectorAll('[data-slow]')].entries()) {
      write(slow, frame.slowMarks.includes(i) ? words.filter.tooSlow : '');
    }
  }

  #freeColour() {
    const taken = new Set(this.highlights.map(({ colour }) => colour));
    return [1, 2, 3, 4, 5, 6].find((colour) => !taken.has(colour)) ?? 1 + (this.highlights.length % 6);
  }

  /** @param {'in' | 'out' | 'mark'} kind */
  #pin(kind) {
    clearTimeout(this.#timer);
    this.#read();
    if (!this.#typed) return;
    const filter = this.#typed;
    this.#field.value = '';
    this.#typed = null;
    this.add(filter, kind);
    this.#field.focus();
  }

  #unpin() {
    const last = this.conditions.at(-1);
    if (!last) return;
    this.conditions = this.conditions.slice(0, -1);
    this.#edit(last);
  }

  /** @param {Filter} filter goes back into the field */
  #edit(filter) {
    this.#field.value = filter.text;
    press(this.#regex, filter.regex);
    press(this.#cased, filter.cased);
    this.#apply();
    this.#field.focus();
  }

  /** @param {MouseEvent} event */
  #chip(event) {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!button) return;
    const { list = '', at = '', deed = '' } = button.dataset;
    const i = Number(at);
    const without = (/** @type {any[]} */ all) => all.filter((_, n) => n !== i);
    if (list === 'broken') {
      const filter = this.#broken[i];
      this.#broken = without(this.#broken);
      if (deed === 'edit' && filter) this.#edit(filter);
    } else if (list === 'mark') this.highlights = without(this.highlights);
    else if (deed === 'drop') this.conditions = without(this.conditions);
    else this.conditions = this.conditions.map((c, n) => (n === i ? { ...c, on: !c.on } : c));
    this.#draw();
    this.#changed();
    const next = this.#chips.querySelectorAll('button')[0];
    if (document.activeElement === document.body) (next ?? this.#field).focus();
  }

  /** read finds out what the field asks for. */
  #read() {
    const { typed } = this;
    this.#invalid = '';
    try {
      compile(typed);
      this.#typed = typed.text === '' ? null : typed;
    } catch (err) {
      this.#invalid = words.filter.invalid(err instanceof Error ? err.message : String(err));
    }
  }

  #apply() {
    clearTimeout(this.#timer);
    this.#read();
    this.#draw();
    // What does not compile leaves the filter before it as it is.
    if (this.#invalid === '') this.#changed();
    else this.#trouble.textContent = this.#invalid;
    this.#trouble.hidden = this.#invalid === '';
    this.#box.classList.toggle('wrong', this.#invalid !== '');
  }

  #draw() {
    const typing = this.#field.value !== '';
    this.#pins.hidden = !typing;
    this.#box.classList.toggle('on', typing);
    this.#field.placeholder = this.conditions.length + this.highlights.length > 0 ? '' : words.filter.placeholder;
    const made = JSON.stringify([this.conditions, this.highlights, this.#broken]);
    if (made === this.#made) return;
    this.#made = made;
    this.#chips.replaceChildren(
      ...this.conditions.map((c, i) => chip(c, c.kind, i, c.on)),
      ...this.highlights.map((h, i) => chip(h, 'mark', i, true, `mark${h.colour}`)),
      ...this.#broken.map(brokenChip),
    );
  }
}

/**
 * @param {Filter} filter
 * @param {'in' | 'out' | 'mark'} kind
 * @param {number} at
 * @param {boolean} on
 * @param {string} [colour]
 */
function chip(filter, kind, at, on, colour = '') {
  const name = words.filter.name(filter, kind);
  const label = make('span', { class: 'chip-text', text: filter.regex ? `/${filter.text}/` : filter.text });
  const place = { 'data-list': kind, 'data-at': String(at) };
  const drop = make('button', { class: 'drop', type: 'button', ...place, 'data-deed': 'drop', 'aria-label': words.filter.drop(name), title: words.filter.drop(name) }, icon('cross'));
  if (kind === 'mark') return make('span', { class: `chip mark ${colour}`, title: name }, make('span', { class: 'chip-face' }, label, make('small', { 'data-slow': '' })), drop);
  const face = make('button', {
    class: 'chip-face', type: 'button', ...place, 'data-deed': 'switch', 'aria-pressed': String(on), title: words.filter.turn(name, on ? 'on' : 'off'),
  }, make('span', { class: 'chip-kind', text: `${kind}:` }), label, make('small', { 'data-count': '' }));
  return make('span', { class: `chip ${kind} ${on ? '' : 'off'}` }, face, drop);
}

/**
 * brokenChip returns that of a filter which cannot be understood.
 *
 * @param {Broken} filter
 * @param {number} at
 */
function brokenChip(filter, at) {
  const name = words.filter.name(filter, filter.kind);
  const place = { 'data-list': 'broken', 'data-at': String(at) };
  const face = make('button', { class: 'chip-face', type: 'button', ...place, 'data-deed': 'edit', title: words.filter.broken(name, trouble(filter)) },
    make('span', { class: 'chip-kind', text: `${filter.kind}:` }), make('span', { class: 'chip-text', text: `/${filter.text}/` }), make('small', { text: words.filter.invalidChip }));
  const drop = make('button', { class: 'drop', type: 'button', ...place, 'data-deed': 'drop', 'aria-label': words.filter.drop(name), title: words.filter.drop(name) }, icon('cross'));
  return make('span', { class: 'chip broken' }, face, drop);
}

/** @param {Filter} filter @returns {string} why it cannot be understood, or '' */
export function trouble(filter) {
  try {
    compile(filter);
    return '';
  } catch (err) {
    return words.filter.invalid(err instanceof Error ? err.message : String(err));
  }
}

/** @param {HTMLElement} button */
export function pressed(button) {
  return button.getAttribute('aria-pressed') === 'true';
}

/**
 * @param {HTMLElement} button
 * @param {boolean} on
 */
export function press(button, on) {
  button.setAttribute('aria-pressed', String(on));
}
