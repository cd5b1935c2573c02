// @ts-check
/**
 * Travel is where the reader goes in history. What is asked for before the newest
 * lines are here waits for them, for a while: then it is known where the two meet.
 */

import { rowOfTime } from './instant.js';

/** @typedef {import('./protocol.js').Wish} Wish */
/** @typedef {import('./reading.js').Reading} Reading */
/** @typedef {Extract<Wish, {do: 'jump' | 'align' | 'since' | 'goto'}>} Journey */

/** How long it waits, in ms. */
const patience = 3000;

export class Travel {
  #reading;
  #ready;
  /** @type {Journey | null} */
  #waiting = null;

  /**
   * @param {Reading} reading
   * @param {() => boolean} ready whether the newest lines are here
   */
  constructor(reading, ready) {
    this.#reading = reading;
    this.#ready = ready;
  }

  /** stay forgets a journey that has not begun. */
  stay() {
    this.#waiting = null;
  }

  /**
   * go begins a journey, or has it wait.
   *
   * @param {Journey} journey
   * @param {import('../text/zone.js').Offset} offset of stamps without a zone
   */
  go(journey, offset) {
    this.#waiting = null;
    if (this.#ready()) {
      this.#set(journey, offset);
      return;
    }
    this.#waiting = journey;
    setTimeout(() => {
      if (this.#waiting === journey) this.#set(journey, offset);
    }, patience);
  }

  /**
   * arrived begins what waited, now that lines came.
   *
   * @param {import('../text/zone.js').Offset} offset
   */
  arrived(offset) {
    if (this.#waiting && this.#ready()) this.#set(this.#waiting, offset);
  }

  /**
   * @param {Journey} journey
   * @param {import('../text/zone.js').Offset} offset
   */
  #set(journey, offset) {
    this.#waiting = null;
    const reading = this.#reading;
    switch (journey.do) {
      case 'jump': void this.#jump(journey.share); break;
      case 'align': this.#align(journey.time, offset); break;
      case 'since': void reading.since(journey.time); break;
      case 'goto': void reading.goto(journey.stream, journey.cursor, journey.where);
    }
  }

  /** @param {number} share of all history to go to, as far as the range of time allows */
  async #jump(share) {
    const reading = this.#reading;
    const { range } = reading.sieve;
    if (share === 0 && !Number.isNaN(range.since)) return reading.since(range.since);
    // Where all is held there is nothing to ask for.
    if (share === 0 && !await reading.before()) return;
    await reading.jump(share);
    await reading.within();
  }

  /**
   * @param {number} time that the reader sees elsewhere; rows without times stay where they are
   * @param {import('../text/zone.js').Offset} offset
   */
  #align(time, offset) {
    const reading = this.#reading;
    const { shown, store } = reading.sieve;
    const number = rowOfTime(store, shown, time, offset);
    if (typeof number === 'number') reading.show(shown.seq(number));
    else if (number === 'behind' && !reading.detached) reading.show(store.end - 1);
    else if (number === 'before' && reading.start) reading.show(store.first);
    else if (number !== 'none') void reading.since(time);
  }
}
