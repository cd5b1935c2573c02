// @ts-check
/** The drawer: all of one line, its fields, and what can be done with each. */

import { linked } from '../list/row.js';
import { find, icon, make, write } from '../dom.js';
import { full } from '../text/clock.js';
import { levels } from '../text/level.js';
import * as words from '../words.js';

/** @typedef {Extract<import('../keeper/protocol.js').Answer, {is: 'line'}>} Answer */

/** Fields that are drawn at most: the rest is in the text. */
const most = 300;

/**
 * Deeds are what can be done from the drawer.
 *
 * @typedef {object} Deeds
 * @property {(by: 1 | -1) => void} walk
 * @property {() => void} close
 * @property {(text: string, kind: 'in' | 'out' | 'mark') => void} filter
 * @property {(name: string) => void} column
 * @property {() => void} mark
 * @property {() => void} link
 * @property {(text: string, what: string) => void} copy
 * @property {() => void} context
 */

export class Drawer {
  #element = find('detail', HTMLElement);
  #title = find('detail-title', HTMLElement);
  #times = find('detail-times', HTMLElement);
  #fields = find('detail-fields', HTMLElement);
  #text = find('detail-text', HTMLElement);
  #pretty = find('detail-pretty', HTMLElement);
  #deeds;
  /** @type {Answer | null} */
  #answer = null;

  /** @param {Deeds} deeds */
  constructor(deeds) {
    this.#deeds = deeds;
    const on = (/** @type {string} */ id, /** @type {() => void} */ deed) => find(id, HTMLElement).addEventListener('click', deed);
    on('detail-up', () => deeds.walk(-1));
    on('detail-down', () => deeds.walk(1));
    on('detail-close', deeds.close);
    on('detail-mark', deeds.mark);
    on('detail-link', deeds.link);
    on('detail-context', deeds.context);
    on('detail-copy', () => deeds.copy(this.#answer?.rest ?? '', words.copied.line));
    this.#element.addEventListener('click', (event) => this.#clicked(event));
  }

  get open() {
    return !this.#element.hidden;
  }

  close() {
    this.#element.hidden = true;
    document.body.classList.remove('detailed');
  }

  /**
   * show tells of a line.
   *
   * @param {Answer} answer
   * @param {string} stream
   * @param {string[]} columns those that are shown
   */
  show(answer, stream, columns) {
    const { row } = answer;
    this.#answer = answer;
    if (!row) return;
    this.#element.hidden = false;
    document.body.classList.add('detailed');
    write(this.#title, stream);
    const level = levels[row.level] ?? '';
    const { time } = row.stamp;
    this.#times.replaceChildren(
      ...(level ? pair(words.detail.level, level.toUpperCase(), `level-${level}`) : []),
      ...(Number.isNaN(time) ? [] : [...pair(words.detail.local, full(time, 'local')), ...pair(words.detail.utc, full(time, 'utc'))]),
      ...(Number.isNaN(row.before) || Number.isNaN(time) ? [] : pair(words.detail.before, words.duration(time - row.before))),
    );
    const fields = answer.fields.slice(0, most);
    const rest = answer.fields.length - fields.length;
    this.#fields.replaceChildren(
      ...fields.map(([name, value], i) => field(name, value, i, columns.includes(name))),
      ...(rest > 0 ? [make('p', { class: 'note', text: words.detail.more(rest) })] : []),
    );
    this.#fields.hidden = fields.length === 0;
    if (this.#text.textContent !== answer.rest) this.#text.replaceChildren(...linked(answer.rest));
    write(this.#pretty, answer.raw);
    for (const part of this.#element.querySelectorAll('.pretty')) part.classList.toggle('gone', answer.raw === '');
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const { deed, at } = button?.dataset ?? {};
    const [name = '', value = ''] = this.#answer?.fields[Number(at)] ?? [];
    if (deed === 'in' || deed === 'out' || deed === 'mark') this.#deeds.filter(this.#asWritten(value), deed);
    else if (deed === 'column') this.#deeds.column(name);
    else if (deed === 'copy') this.#deeds.copy(value, words.copied.value);
    else if (deed === 'pretty') this.#deeds.copy(this.#answer?.raw ?? '', words.copied.json);
  }

  /**
   * asWritten returns a value as it stands in the line, where it is written
   * otherwise there than it reads.
   *
   * @param {string} value
   */
  #asWritten(value) {
    const line = this.#answer?.rest ?? '';
    if (line.includes(value)) return value;
    const quoted = JSON.stringify(value).slice(1, -1);
    return line.includes(quoted) ? quoted : value;
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} [kind]
 */
function pair(name, value, kind = '') {
  return [make('dt', { text: name }), make('dd', { class: kind, text: value })];
}

/**
 * @param {string} name
 * @param {string} value
 * @param {number} at
 * @param {boolean} shown as a column
 */
function field(name, value, at, shown) {
  const place = { type: 'button', 'data-at': String(at) };
  const deed = (/** @type {string} */ kind, /** @type {string} */ symbol, /** @type {string} */ label) => (
    make('button', { ...place, class: 'key', 'data-deed': kind, title: label, 'aria-label': `${label}: ${name}` }, icon(symbol)));
  return make('div', { class: 'pair' },
    make('button', { ...place, class: 'pair-name', 'data-deed': 'column', 'aria-pressed': String(shown), title: words.detail.column, text: name }),
    make('span', { class: 'pair-value', text: value.length > 2000 ? `${value.slice(0, 2000)} …` : value }),
    make('span', { class: 'pair-deeds' }, deed('in', 'plus', words.detail.in), deed('out', 'minus', words.detail.out),
      deed('mark', 'pen', words.detail.mark), deed('copy', 'copy', words.detail.copy)));
}
