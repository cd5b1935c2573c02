// @ts-check
/** Unseen lines in the title and the icon, and notifications of lines that hold a pattern. */

import { trouble } from './filter.js';
import { keep, kept } from '../keep/settings.js';
import { make } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/expression.js').Filter} Filter */

/** How long after a notification no other comes, in ms. */
const coolDown = 30_000;

export class Alerts {
  #say;
  #last = -Infinity;
  #shown = '';
  #title = 'tailbeam';
  /** Lines that had come when the page was last seen. */
  #seen = 0;
  #ever = 0;
  #alerts = 0;

  /** @param {(text: string) => void} say how notifications stand */
  constructor(say) {
    this.#say = say;
    document.addEventListener('visibilitychange', () => this.count(this.#ever));
  }

  /** What the reader wants to be told of. @returns {Filter | null} */
  get filter() {
    const filter = filterOf(this.pattern);
    return filter && trouble(filter) === '' ? filter : null;
  }

  /** The pattern as it was typed. */
  get pattern() {
    const pattern = kept('alert');
    return typeof pattern === 'string' ? pattern : '';
  }

  /**
   * set keeps what the reader wants to be told of, and asks the browser.
   *
   * @param {string} pattern '' for nothing
   */
  async set(pattern) {
    keep('alert', pattern);
    if (this.filter && 'Notification' in self && isSecureContext && Notification.permission === 'default') await Notification.requestPermission();
    this.tell();
  }

  /** tell says how notifications stand. */
  tell() {
    const { pattern } = this;
    const filter = filterOf(pattern);
    if (!filter) this.#say(words.alerts.off);
    else if (trouble(filter)) this.#say(words.alerts.broken(trouble(filter)));
    else if (!isSecureContext || !('Notification' in self)) this.#say(words.alerts.insecure);
    else this.#say(Notification.permission === 'granted' ? words.alerts.on(pattern) : words.alerts.denied);
  }

  /**
   * came tells of lines that hold the pattern.
   *
   * @param {number} count
   * @param {string} stream
   * @param {string} text the newest of them
   */
  came(count, stream, text) {
    this.#alerts += document.hidden ? count : 0;
    const now = Date.now();
    if (now - this.#last < coolDown || !('Notification' in self) || Notification.permission !== 'granted') return;
    this.#last = now;
    const note = new Notification(words.alerts.title(count, stream), { body: text, tag: 'tailbeam', icon: 'icon.svg' });
    note.onclick = () => {
      focus();
      note.close();
    };
  }

  /** @param {string} title of the page */
  set title(title) {
    this.#title = title;
    this.#draw(0);
  }

  /**
   * count shows how many lines came while nobody looked.
   *
   * @param {number} ever lines that came
   */
  count(ever) {
    this.#ever = ever;
    if (!document.hidden || ever < this.#seen) this.#seen = ever;
    if (!document.hidden) this.#alerts = 0;
    this.#draw(ever - this.#seen);
  }

  /** @param {number} unseen */
  #draw(unseen) {
    const title = unseen > 0 ? `(${unseen > 9999 ? '9999+' : unseen}) ${this.#title}` : this.#title;
    if (document.title !== title) document.title = title;
    const dot = this.#alerts > 0 ? 'alert' : unseen > 0 ? 'unseen' : '';
    if (dot === this.#shown) return;
    this.#shown = dot;
    const link = document.querySelector('link[rel="icon"]');
    if (link) link.replaceWith(make('link', { rel: 'icon', type: 'image/svg+xml', href: dot ? `icon-${dot}.svg` : 'icon.svg' }));
  }
}

/**
 * filterOf reads a pattern: a text, or an expression between slashes.
 *
 * @param {string} pattern
 * @returns {Filter | null}
 */
function filterOf(pattern) {
  if (!pattern) return null;
  const regex = pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/');
  return { text: regex ? pattern.slice(1, -1) : pattern, regex, cased: false };
}
