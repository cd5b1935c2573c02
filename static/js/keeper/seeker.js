// @ts-check
/**
 * The seeker looks for the next row of a kind from where the reader is, through
 * the rows held and then through what the server has before and behind them.
 */

import { compile, hit } from './expression.js';
import { Matching, TooSlow } from './matching.js';
import { same } from './cursor.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./protocol.js').Seek} Seek */
/** @typedef {import('./reading.js').Reading} Reading */

/** Rows that are looked at in one go. */
const slice = 4000;

export class Seeker {
  #reading;
  #tell;
  #matching = new Matching();
  /** Counts the searches: another ends the one under way. */
  #turn = 0;

  /**
   * @param {Reading} reading
   * @param {(ask: number, seq: number, state: 'found' | 'none' | 'looking' | 'slow') => void} tell
   */
  constructor(reading, tell) {
    this.#reading = reading;
    this.#tell = tell;
  }

  stop() {
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
    const turn = ++this.#turn;
    const reading = this.#reading;
    let seq = from + by;
    try {
      for (;;) {
        const store = reading.store;
        while (seq >= store.first && seq < store.end) {
          const found = await this.#within(seek, seq, by);
          if (turn !== this.#turn) return;
          if (found.row !== null) {
            this.#tell(ask, found.row, 'found');
            return;
          }
          seq = found.next;
        }
        if (by < 0 ? reading.start : !reading.detached) break;
        this.#tell(ask, seq, 'looking');
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
      this.#tell(ask, -1, 'none');
    } catch (err) {
      if (!(err instanceof TooSlow)) throw err;
      this.#tell(ask, -1, 'slow');
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
