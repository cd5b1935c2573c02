// @ts-check
/**
 * The text of what is selected, on its way from the keeper to the clipboard. What
 * is near is fetched before the reader asks to copy, for a browser takes the text of
 * a copy at once; the rest comes when it is asked for.
 */

import { write } from '../clipboard.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/protocol.js').End} End */
/** @typedef {import('../keeper/protocol.js').Wish} Wish */
/** @typedef {Extract<import('../keeper/protocol.js').Answer, {is: 'text'}>} Text */

/** Take gets a text, or null where there is none. @typedef {(text: string | null) => void} Take */

/** How long a selection rests before its text is fetched, in ms. */
const rest = 80;

export class Copying {
  /** Says something to the reader. @type {(text: string) => void} */
  say = () => {};
  #ends;
  #generation;
  #send;
  /** Counts the wishes for text. */
  #count = 0;
  /** The wish for the text of the selection as it is, on its way or answered; 0 for none. */
  #fetched = 0;
  /** Text of the selection; null until it came. @type {string | null} */
  #text = null;
  /** Who takes the answers, by wish: a selection that changes meanwhile changes nothing for them. @type {Map<number, Take>} */
  #wanted = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {() => [End, End] | null} ends of what is selected, in order; null for nothing
   * @param {() => number} generation that their numbers are of
   * @param {(wish: Wish) => void} send
   */
  constructor(ends, generation, send) {
    this.#ends = ends;
    this.#generation = generation;
    this.#send = send;
    document.addEventListener('copy', (event) => this.#copy(event));
  }

  /** changed goes with another selection. */
  changed() {
    this.#text = null;
    this.#fetched = 0;
    clearTimeout(this.#timer);
    if (this.#ends()) this.#timer = setTimeout(() => this.#fetch('held'), rest);
  }

  /**
   * take gets the keeper's answer.
   *
   * @param {Text} answer
   */
  take({ ask, text, state, count }) {
    const take = this.#wanted.get(ask);
    this.#wanted.delete(ask);
    if (ask === this.#fetched) {
      this.#text = text;
      if (text === null) this.#fetched = 0;
    }
    if (take && state !== 'whole') this.say(words.notAll(state, count));
    take?.(text);
  }

  /**
   * text gives what is selected away, once it is here.
   *
   * @param {Take} take
   */
  text(take) {
    if (!this.#ends()) {
      take(null);
      return;
    }
    if (this.#text !== null) {
      take(this.#text);
      return;
    }
    clearTimeout(this.#timer);
    // Asking again for what is on its way would only put it off.
    if (!this.#wanted.has(this.#fetched)) this.#fetch('all');
    this.#wanted.set(this.#fetched, take);
  }

  /**
   * asked returns the number for another wish for text.
   *
   * @param {Take} take gets the answer
   */
  asked(take) {
    this.#wanted.set(++this.#count, take);
    return this.#count;
  }

  /** @param {'held' | 'all'} what all, or nothing where some of it is not held */
  #fetch(what) {
    const ends = this.#ends();
    if (!ends) return;
    this.#fetched = ++this.#count;
    this.#send({ do: 'text', ask: this.#fetched, start: ends[0], end: ends[1], generation: this.#generation(), what });
  }

  /** @param {ClipboardEvent} event */
  #copy(event) {
    if (!this.#ends()) return;
    event.preventDefault();
    if (this.#text === null) this.text((text) => text !== null && void this.#give(text));
    else event.clipboardData?.setData('text/plain', this.#text);
  }

  /**
   * give puts the text of the selection on the clipboard. Where the browser
   * refuses, the selection stays as it is: its text has come, and copying once
   * more gives it.
   *
   * @param {string} text
   */
  async #give(text) {
    if (!await write(text) && this.#text === text && !document.execCommand('copy')) this.say(words.copied.failed);
  }
}
