// @ts-check
/** The search: a field over the lines that goes from match to match, through all of history. */

import { compile } from '../keeper/expression.js';
import { find, write } from '../dom.js';
import { press, pressed } from './filter.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/expression.js').Filter} Filter */
/** @typedef {Extract<import('../keeper/protocol.js').Answer, {is: 'found'}>} Found */

/** How long typing rests before matches are marked, in ms. */
const rest = 150;

export class Search {
  #box = find('search', HTMLElement);
  #field = find('search-field', HTMLInputElement);
  #regex = find('search-regex', HTMLButtonElement);
  #cased = find('search-case', HTMLButtonElement);
  #state = find('search-state', HTMLElement);
  /** How many matches there are, or ''. */
  #all = '';
  #changed;
  #go;
  #closed;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** What is marked, or null. @type {Filter | null} */
  filter = null;

  /**
   * @param {() => void} changed another expression is to be marked
   * @param {(by: 1 | -1) => void} go to the next match down, or up
   * @param {() => void} closed
   */
  constructor(changed, go, closed) {
    this.#changed = changed;
    this.#go = go;
    this.#closed = closed;
    this.#field.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#apply(), rest);
    });
    this.#field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      if (this.#apply() && this.filter) this.#go(event.shiftKey ? 1 : -1);
    });
    for (const button of [this.#regex, this.#cased]) {
      button.addEventListener('click', () => {
        press(button, !pressed(button));
        this.#apply();
        this.#field.focus();
      });
    }
    for (const [id, by] of /** @type {[string, 1 | -1][]} */ ([['search-up', -1], ['search-down', 1]])) {
      find(id, HTMLElement).addEventListener('click', () => {
        if (this.#apply() && this.filter) this.#go(by);
      });
    }
    find('search-close', HTMLElement).addEventListener('click', () => this.close());
  }

  /** @param {Filter | null} filter what is searched for from now on */
  set(filter) {
    if (JSON.stringify(filter) === JSON.stringify(this.filter)) return;
    if (!filter) {
      this.close();
      return;
    }
    this.#field.value = filter.text;
    press(this.#regex, filter.regex);
    press(this.#cased, filter.cased);
    this.#box.hidden = false;
    this.#apply();
  }

  get open() {
    return !this.#box.hidden;
  }

  /** Whether the reader is in the field. */
  get focused() {
    return this.#box.contains(document.activeElement);
  }

  show() {
    const chosen = String(getSelection() ?? '');
    this.#box.hidden = false;
    if (chosen && !chosen.includes('\n') && chosen.length < 200) {
      this.#field.value = chosen;
      this.#apply();
    }
    this.#field.focus();
    this.#field.select();
  }

  /** again opens a search that was closed, without taking the keyboard, and reports whether there was one. */
  again() {
    if (this.#field.value === '') return false;
    this.#box.hidden = false;
    this.#apply();
    return this.filter !== null;
  }

  /** close takes the marks away. */
  close() {
    if (this.#box.hidden) return;
    this.#box.hidden = true;
    this.filter = null;
    this.#all = '';
    this.tell('');
    this.#changed();
    this.#closed();
  }

  /** @param {string} text how the search stands */
  tell(text) {
    write(this.#state, text || this.#all);
  }

  /**
   * survey says how many matches there are in all of history.
   *
   * @param {Extract<import('../keeper/protocol.js').Answer, {is: 'survey'}>} answer
   */
  survey({ count, share, state }) {
    const before = this.#all;
    this.#all = state === 'none' ? '' : words.search.all(count, share, state);
    this.#busy(state === 'looking');
    if (this.#state.textContent === before && !this.#wrong) this.tell('');
  }

  /** @param {boolean} on whether what is said is not the last word: a screen reader waits for that */
  #busy(on) {
    this.#state.setAttribute('aria-busy', String(on));
  }

  /**
   * found says what came of going to a match.
   *
   * @param {Found} answer
   */
  found({ state, share }) {
    this.#busy(state === 'looking');
    this.tell(state === 'looking' ? words.search.looking(share) : words.search[state]);
  }

  /** apply has matches of what is typed marked, and reports whether it can be understood. */
  #apply() {
    clearTimeout(this.#timer);
    const filter = { text: this.#field.value, regex: pressed(this.#regex), cased: pressed(this.#cased) };
    const before = JSON.stringify(this.filter);
    try {
      compile(filter);
      this.filter = filter.text ? filter : null;
      const wrong = this.#wrong;
      this.#mark(false);
      if (JSON.stringify(this.filter) !== before) {
        this.tell('');
        this.#changed();
      } else if (wrong) {
        this.tell('');
      }
      return true;
    } catch (err) {
      this.#mark(true);
      this.tell(words.filter.invalid(err instanceof Error ? err.message : String(err)));
      return false;
    }
  }

  /** Whether what is typed cannot be understood. */
  get #wrong() {
    return this.#box.classList.contains('wrong');
  }

  /** @param {boolean} wrong */
  #mark(wrong) {
    this.#box.classList.toggle('wrong', wrong);
    this.#field.setAttribute('aria-invalid', String(wrong));
  }
}
