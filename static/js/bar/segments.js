// @ts-check
/** Groups of buttons of which one is chosen. */

import { make } from '../dom.js';

export class Segments {
  #element;

  /**
   * @param {HTMLElement} element
   * @param {Record<string, string>} names of the choices, by value
   * @param {(value: string) => void} choose
   */
  constructor(element, names, choose) {
    this.#element = element;
    for (const [value, name] of Object.entries(names)) {
      element.append(make('button', { type: 'button', 'data-value': value, 'aria-pressed': 'false', 'data-name': name, text: name }));
    }
    element.addEventListener('click', ({ target }) => {
      const value = target instanceof Element ? target.closest('button')?.dataset['value'] : undefined;
      if (value !== undefined) choose(value);
    });
  }

  /** @param {string} value that is chosen */
  set value(value) {
    for (const button of this.#element.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.dataset['value'] === value));
    }
  }
}
