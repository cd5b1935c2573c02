// @ts-check
/**
 * The range of time as a filter: two fields in the menu, and a chip among the
 * filters for each bound that holds.
 */

import * as clock from '../text/clock.js';
import { find, icon, make } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('../text/zone.js').Offset} Offset */
/** @typedef {'since' | 'until'} Bound */

/** What stays as it was typed: it means another moment each day. */
const relative = /^-?\s*[\d.]+\s*[a-z]+(?:\s+ago)?$/i;

/**
 * Deeds are what the range has the page do.
 *
 * @typedef {object} Deeds
 * @property {() => Offset} zone that moments are typed and shown in
 * @property {(bounds: {since: string, until: string}) => void} changed
 * @property {(text: string) => void} say
 * @property {(bound: Bound) => void} edit opens the field of a bound
 */

export class TimeRange {
  since = '';
  until = '';
  /** What an address asks for that is no time. @type {Partial<Record<Bound, string>>} */
  #broken = {};
  #deeds;
  #chips = find('range-chips', HTMLElement);
  #fields = { since: find('range-since', HTMLInputElement), until: find('range-until', HTMLInputElement) };

  /** @param {Deeds} deeds */
  constructor(deeds) {
    this.#deeds = deeds;
    find('range-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#apply(this.#fields.since.value.trim(), this.#fields.until.value.trim());
    });
    this.#chips.addEventListener('click', ({ target }) => {
      const { drop, edit } = (target instanceof Element ? target.closest('button') : null)?.dataset ?? {};
      if (drop) this.#change({ [drop]: '' });
      else if (edit) deeds.edit(edit === 'since' ? 'since' : 'until');
    });
  }

  /** Whether any bound holds. */
  get on() {
    return this.since !== '' || this.until !== '';
  }

  /** The bounds as moments, Unix ms; NaN for none. */
  get bounds() {
    return { since: this.#moment(this.since), until: this.#moment(this.until) };
  }

  /**
   * set shows a view's range, without a word to anybody.
   *
   * @param {{since: string, until: string}} view
   */
  set({ since, until }) {
    this.#broken = {};
    for (const [bound, text] of /** @type {[Bound, string][]} */ ([['since', since], ['until', until]])) {
      const broken = text !== '' && Number.isNaN(this.#moment(text));
      this[bound] = broken ? '' : text;
      if (broken) this.#broken[bound] = text;
    }
    this.draw();
  }

  /**
   * limit sets one bound to the moment of a line.
   *
   * @param {Bound} bound
   * @param {number} time Unix ms, NaN where the line says none
   */
  limit(bound, time) {
    if (Number.isNaN(time)) this.#deeds.say(words.timesUnknown);
    else this.#change({ [bound]: iso(time) });
  }

  /**
   * between sets both bounds.
   *
   * @param {number} since Unix ms
   * @param {number} until Unix ms
   */
  between(since, until) {
    this.#change({ since: iso(since), until: iso(until) });
  }

  /** clear takes both bounds away. */
  clear() {
    if (this.on) this.#change({ since: '', until: '' });
  }

  /** draw shows the bounds, in the zone of the page. */
  draw() {
    const chips = /** @type {Bound[]} */ (['since', 'until']).filter((bound) => this[bound] !== '' || this.#broken[bound]).map((bound) => this.#chip(bound));
    this.#chips.replaceChildren(...chips);
    for (const bound of /** @type {Bound[]} */ (['since', 'until'])) this.#fields[bound].value = this.#written(bound);
  }

  /** @param {Bound} bound */
  #chip(bound) {
    const broken = this.#broken[bound];
    const name = words.range.name(bound, broken ?? this.#written(bound));
    const small = broken === undefined ? [] : [make('small', { text: words.filter.invalidChip })];
    return make('span', { class: broken === undefined ? 'chip in' : 'chip broken' },
      make('button', { class: 'chip-face', type: 'button', 'data-edit': bound, title: broken === undefined ? words.range.edit(name) : words.range.broken(name) }, icon('clock'), make('span', { class: 'chip-text', text: name }), ...small),
      make('button', { class: 'drop', type: 'button', 'data-drop': bound, 'aria-label': words.filter.drop(name), title: words.filter.drop(name) }, icon('cross')));
  }

  /** @param {Bound} bound */
  #written(bound) {
    const text = this[bound];
    return text === '' || relative.test(text) ? text : clock.at(this.#moment(text), this.#deeds.zone());
  }

  /** @param {string} text */
  #moment(text) {
    return text ? clock.parse(text, Date.now(), this.#deeds.zone()) : NaN;
  }

  /**
   * @param {string} since
   * @param {string} until
   */
  #apply(since, until) {
    const [from, to] = [since, until].map((text) => this.#moment(text));
    if ((since && Number.isNaN(from)) || (until && Number.isNaN(to))) this.#deeds.say(words.noTime);
    else if (Number(from) > Number(to)) this.#deeds.say(words.range.none);
    else this.#change({ since, until });
  }

  /** @param {Partial<Record<Bound, string>>} bounds */
  #change(bounds) {
    // What a person wrote in a zone of theirs means the same moment to others.
    for (const [bound, text] of /** @type {[Bound, string][]} */ (Object.entries(bounds))) {
      delete this.#broken[bound];
      this[bound] = text === '' || relative.test(text) ? text : iso(this.#moment(text));
    }
    this.draw();
    this.#deeds.changed({ since: this.since, until: this.until });
  }
}

/** @param {number} time Unix ms */
function iso(time) {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
