// @ts-check
/**
 * The seeker looks for the next row of a kind from where the reader is, through
 * the rows held and then through what the server has before and behind them.
 */

import { compile, hit } from './expression.js';
import { Faraway } from './faraway.js';
import { Matching, TooSlow } from './matching.js';
import { Trouble } from './past.js';
import { same } from './cursor.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./protocol.js').Seek} Seek */
/** @typedef {import('./reading.js').Reading} Reading */
/** @typedef {Extract<import('./protocol.js').Answer, {is: 'found'}>} Found */

/** Rows that are looked at in one go. */
const slice = 4000;

export class Seeker {
  #reading;
  #tell;
  #matching = new Matching();
  #faraway;
  /** @type {AbortController} */
  #under = new AbortController();
  /** Counts the searches: another ends the one under way. */
  #turn = 0;

  /**
   * @param {Reading} reading
   * @param {import('./past.js').Past} past
   * @param {(ask: number, seq: number, state: Found['state'], share: number) => void} tell share of what there is that was looked at
   */
  constructor(reading, past, tell) {
    this.#faraway = new Faraway(reading, past);
    this.#reading = reading;
    this.#tell = tell;
  }

  stop() {
    this.#under.abort();
    this.#turn++;
  }

  /**
   * seek looks from a row on, that one not included.
   *
   * @param {number} ask
   * @param {Seek} seek
   * @param {number} from
   * @param {1 | -1} by
   */
  async seek(ask, seek, from, by) {
    this.stop();
    const turn = this.#turn;
    this.#under = new AbortController();
    const reading = this.#reading;
    let seq = from + by;
    try {
      for (;;) {
        const store = reading.store;
        while (seq >= store.first && seq < store.end) {
          const found = await this.#within(seek, seq, by);
          if (turn !== this.#turn) return;
          if (found.row !== null) {
            this.#tell(ask, found.row, 'found', 1);
            return;
          }
          seq = found.next;
        }
        if (by < 0 ? reading.start : !reading.detached) break;
        this.#tell(ask, seq, 'looking', 0);
        const far = await this.#far(ask, seek, by, turn);
        if (turn !== this.#turn) return;
        if (far === 'none') break;
        if (far === 'went') {
          this.#tell(ask, -1, 'went', 1);
          return;
        }
        // The server does not understand the expression: what it has is looked through here.
        const edge = by < 0 ? store.first : store.end;
        const { shift } = reading;
        while (reading.loading && turn === this.#turn) await rest();
        await reading.near(by < 0 ? 'before' : 'after');
        if (turn !== this.#turn) return;
        const next = reading.store;
        // Rows get other numbers where a stretch reaches the live end.
        seq += reading.shift - shift;
        if (next === store && (by < 0 ? next.first === edge : next.end === edge)) break;
        await this.#looked(turn);
      }
      this.#tell(ask, -1, 'none', 1);
    } catch (err) {
      if (turn !== this.#turn) return;
      if (!(err instanceof TooSlow || err instanceof Trouble)) throw err;
      this.#tell(ask, -1, err instanceof TooSlow ? 'slow' : 'failed', 1);
    }
  }

  /**
   * far goes to the next line that the server finds.
   *
   * @param {number} ask
   * @param {Seek} seek
   * @param {1 | -1} by
   * @param {number} turn
   * @returns {Promise<'went' | 'none' | 'unable'>}
   */
  async #far(ask, seek, by, turn) {
    const reading = this.#reading;
    try {
      await reading.span.measure();
      const place = await this.#faraway.next(seek, by, this.#under.signal, (share) => this.#tell(ask, -1, 'looking', share));
      if (turn !== this.#turn || !place) return 'none';
      await reading.goto(place.stream, place.cursor);
      return 'went';
    } catch (err) {
      if (err instanceof Trouble && (err.status === 400 || err.status === 404)) return 'unable';
      throw err;
    }
  }

  /** @param {number} turn waits until the sieve has looked at what came */
  async #looked(turn) {
    while (this.#reading.sieve.behind > 0 && turn === this.#turn) await rest();
  }

  /**
   * @param {Seek} seek
   * @param {number} from
   * @param {1 | -1} by
   * @returns {Promise<{row: number | null, next: number}>}
   */
  async #within(seek, from, by) {
    const { store } = this.#reading;
    /** @type {number[]} */
    const rows = [];
    let seq = from;
    for (let n = 0; n < slice && seq >= store.first && seq < store.end; n++, seq += by) {
      if (store.passed(seq) && !store.isDivider(seq)) rows.push(seq);
    }
    if (seek.find === 'level') {
      return { row: rows.find((row) => store.level(row) >= seek.level && store.level(row) <= seek.most && !store.isTrace(row)) ?? null, next: seq };
    }
    if (seek.find === 'cursors') {
      return { row: rows.find((row) => seek.cursors.some((cursor) => same(cursor, store.cursor(row)))) ?? null, next: seq };
    }
    const texts = rows.map((row) => strip(store.text(row)));
    if (seek.filter.regex) {
      const which = await this.#matching.which([seek.filter], texts);
      return { row: rows[which.findIndex((bits) => bits !== 0)] ?? null, next: seq };
    }
    const expression = compile(seek.filter);
    return { row: rows[texts.findIndex((text) => hit(expression, text))] ?? null, next: seq };
  }
}

/** rest lets other work of this worker go first. */
function rest() {
  return new Promise((done) => setTimeout(done, 4));
}
