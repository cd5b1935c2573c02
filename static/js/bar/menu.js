// @ts-check
/** The menu of the view: how lines are shown, times, notifications, downloads, kept views. */

import { Segments } from './segments.js';
import { find, icon, make, write } from '../dom.js';
import { densities, density, dress, keep, kept, theme, themes } from '../keep/settings.js';
import * as words from '../words.js';
import { labels } from '../words/labels.js';

/** @typedef {'wrap' | 'fold' | 'reveal'} Toggle */
/** @typedef {{name: string, query: string}} Kept a view under a name */

/** Views that are kept at most. */
const most = 50;

/**
 * Deeds are what the menu can do.
 *
 * @typedef {object} Deeds
 * @property {(level: string) => void} level
 * @property {(clock: string) => void} clock
 * @property {(name: Toggle) => void} toggle
 * @property {() => void} dressed the page looks otherwise now
 * @property {(text: string) => boolean} since goes to a time; false where it is none
 * @property {(text: string) => void} alert
 * @property {(what: 'file' | 'shown' | 'selected') => void} download
 * @property {() => string} query of the view
 * @property {(query: string) => void} open a view
 */

export class Menu {
  #element = find('display', HTMLElement);
  #views = find('views', HTMLElement);
  #deeds;
  #segments;
  #themes;
  #densities;
  /** @type {Map<Toggle, HTMLInputElement>} */
  #toggles = new Map();

  /** @param {Deeds} deeds */
  constructor(deeds) {
    this.#deeds = deeds;
    const inMenu = (/** @type {string} */ id, /** @type {string} */ label) => {
      const group = make('div', { class: 'seg', role: 'group', 'aria-label': label });
      find(id, HTMLElement).append(group);
      return group;
    };
    this.#segments = {
      level: [find('levels', HTMLElement), inMenu('menu-levels', labels['#levels']?.label ?? '')].map((e) => new Segments(e, words.levelNames, deeds.level)),
      clock: [find('clocks', HTMLElement), inMenu('menu-clocks', labels['#clocks']?.label ?? '')].map((e) => new Segments(e, words.clockNames, deeds.clock)),
    };
    this.#themes = new Segments(find('themes', HTMLElement), words.themeNames, (value) => this.#choose('theme', value));
    this.#densities = new Segments(find('densities', HTMLElement), words.densityNames, (value) => this.#choose('density', value));
    for (const [name, label] of Object.entries(words.toggleNames)) {
      const box = make('input', { type: 'checkbox', role: 'switch' });
      box.addEventListener('change', () => deeds.toggle(/** @type {Toggle} */ (name)));
      this.#toggles.set(/** @type {Toggle} */ (name), box);
      find('toggles', HTMLElement).append(make('label', { class: 'menu-row' }, make('span', { text: label }), box));
    }
    this.#form('since-form', 'since', (text) => {
      if (!deeds.since(text)) return;
      this.close();
    });
    this.#form('alert-form', 'alert', deeds.alert);
    this.#form('views-form', 'view-name', (name) => this.#keep(name));
    for (const what of /** @type {const} */ (['file', 'shown', 'selected'])) {
      find(`download-${what}`, HTMLElement).addEventListener('click', () => deeds.download(what));
    }
    this.#views.addEventListener('click', (event) => this.#clicked(event));
    this.#show();
    this.#list();
  }

  /**
   * show tells of the view.
   *
   * @param {{level: string, clock: string, toggles: Record<Toggle, boolean>}} view
   */
  show({ level, clock, toggles }) {
    for (const segments of this.#segments.level) segments.value = level;
    for (const segments of this.#segments.clock) segments.value = clock;
    for (const [name, box] of this.#toggles) box.checked = toggles[name];
  }

  /** @param {string} text about notifications */
  tell(text) {
    write(find('alert-state', HTMLElement), text);
  }

  /** askTime opens the menu at the field for a time. */
  askTime() {
    this.#element.showPopover();
    find('since', HTMLInputElement).focus();
  }

  /** @param {import('./range.js').Bound} bound of the range of time whose field is to be opened */
  askRange(bound) {
    this.#element.showPopover();
    find(bound === 'since' ? 'range-since' : 'range-until', HTMLInputElement).focus();
  }

  close() {
    if (this.#element.matches(':popover-open')) this.#element.hidePopover();
  }

  /** nextTheme goes from theme to theme. */
  nextTheme() {
    this.#choose('theme', themes[(themes.indexOf(theme()) + 1) % themes.length] ?? 'auto');
  }

  /**
   * @param {'theme' | 'density'} name
   * @param {string} value
   */
  #choose(name, value) {
    keep(name, value);
    this.#show();
    this.#deeds.dressed();
  }

  #show() {
    dress();
    this.#themes.value = theme();
    this.#densities.value = densities.find((d) => d === density()) ?? 'normal';
  }

  /**
   * @param {string} form
   * @param {string} field
   * @param {(text: string) => void} deed
   */
  #form(form, field, deed) {
    const input = find(field, HTMLInputElement);
    find(form, HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      deed(input.value.trim());
    });
  }

  /** @returns {Kept[]} */
  get #kept() {
    const list = kept('views');
    return Array.isArray(list) ? list.filter((v) => typeof v?.name === 'string' && typeof v?.query === 'string').slice(0, most) : [];
  }

  /** @param {string} name */
  #keep(name) {
    if (!name) return;
    keep('views', [{ name, query: this.#deeds.query() }, ...this.#kept.filter((view) => view.name !== name)].slice(0, most));
    find('view-name', HTMLInputElement).value = '';
    this.#list();
  }

  #list() {
    this.#views.replaceChildren(...this.#kept.map(({ name }) => make('li', {},
      make('button', { class: 'kept', type: 'button', 'data-open': name, text: name }),
      make('button', { class: 'key', type: 'button', 'data-drop': name, 'aria-label': words.views.forget(name), title: words.views.drop }, icon('cross')))));
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const { open, drop } = button?.dataset ?? {};
    if (drop !== undefined) {
      keep('views', this.#kept.filter(({ name }) => name !== drop));
      this.#list();
    }
    const view = this.#kept.find(({ name }) => name === open);
    if (view) {
      this.close();
      this.#deeds.open(view.query);
    }
  }
}
