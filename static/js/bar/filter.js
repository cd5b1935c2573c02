// @ts-check
/** The filter field: what is typed becomes the filter a moment later. */

import { compile } from '../keeper/expression.js';
import { find, write } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/expression.js').Filter} Filter */
/** @typedef {import('../keeper/protocol.js').Frame} Frame */

/** How long typing rests before the filter is applied, in ms. */
const rest = 120;

export class FilterField {
  #box = find('filter-box', HTMLElement);
  #field = find('filter', HTMLInputElement);
  #regex = find('filter-regex', HTMLButtonElement);
  #cased = find('filter-case', HTMLButtonElement);
  #clear = find('filter-clear', HTMLButtonElement);
  #count = find('filter-count', HTMLElement);
  #trouble = find('filter-trouble', HTMLElement);
  #apply;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #invalid = '';

  /** @param {(filter: Filter | null) => void} apply */
  constructor(apply) {
    this.#apply = apply;
    this.#field.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#changed(), rest);
      this.#draw();
    });
    for (const button of [this.#regex, this.#cased]) {
      button.addEventListener('click', () => {
        press(button, !pressed(button));
        this.#changed();
      });
    }
    this.#clear.addEventListener('click', () => {
      this.clear();
      this.focus();
    });
  }

  /** What is in the field, applied or not. @returns {Filter} */
  get value() {
    return { text: this.#field.value, regex: pressed(this.#regex), cased: pressed(this.#cased) };
  }

  /** @param {Filter} filter */
  set value(filter) {
    this.#field.value = filter.text;
    press(this.#regex, filter.regex);
    press(this.#cased, filter.cased);
    this.#changed();
  }

  focus() {
    this.#field.focus();
    this.#field.select();
  }

  /** clear takes the filter away. */
  clear() {
    this.#field.value = '';
    this.#changed();
  }

  /** Whether the reader is in the field. */
  get focused() {
    return document.activeElement === this.#field;
  }

  /**
   * show tells what the filter does.
   *
   * @param {Frame} frame
   */
  show(frame) {
    const on = this.#field.value !== '' && this.#invalid === '' && frame.trouble === '';
    write(this.#count, on ? words.count(frame.shown) : '');
    const trouble = this.#invalid || (frame.trouble === 'slow' ? words.filter.slow : '');
    write(this.#trouble, trouble);
    this.#trouble.hidden = trouble === '';
    this.#box.classList.toggle('wrong', trouble !== '');
    this.#field.setAttribute('aria-invalid', String(trouble !== ''));
  }

  #changed() {
    clearTimeout(this.#timer);
    const { value } = this;
    this.#invalid = '';
    try {
      compile(value);
    } catch (err) {
      this.#invalid = words.filter.invalid(err instanceof Error ? err.message : String(err));
    }
    this.#draw();
    // What does not compile leaves the filter before it as it is.
    if (this.#invalid === '') this.#apply(value.text === '' ? null : value);
    else this.#trouble.textContent = this.#invalid;
    this.#trouble.hidden = this.#invalid === '';
    this.#box.classList.toggle('wrong', this.#invalid !== '');
  }

  #draw() {
    this.#clear.hidden = this.#field.value === '';
    this.#box.classList.toggle('on', this.#field.value !== '');
  }
}

/** @param {HTMLElement} button */
function pressed(button) {
  return button.getAttribute('aria-pressed') === 'true';
}

/**
 * @param {HTMLElement} button
 * @param {boolean} on
 */
function press(button, on) {
  button.setAttribute('aria-pressed', String(on));
}
