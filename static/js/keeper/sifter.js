// @ts-check
/**
 * The sifter has the server look for the lines that a reader's filters leave, where
 * these are few: it gives pages as Past does, without the lines between.
 */

import { Trouble, each } from './past.js';
import { levels } from '../text/level.js';
import { look, wordsOf } from './lookup.js';

/** @typedef {import('./past.js').Page} Page */
/** @typedef {import('./past.js').Past} Past */
/** @typedef {import('./sieve.js').Sieve} Sieve */
/** @typedef {import('./store.js').Store} Store */

/** How long one page is looked for: without a line, and with one, in ms. */
const patience = { empty: 2000, some: 300 };
/** Rows that must be held before it is known that few pass, and how few those are. */
const least = 500;
const few = 0.05;

export class Sifter {
  /** How much of history was looked through, 0 to 1; NaN where nothing is looked for. */
  share = NaN;
  /** Up to where each stream is looked through, towards the live end; '' for all. @type {Map<string, string>} */
  limits = new Map();
  #past;
  #span;
  #told;
  /** What the server is asked for; null where there is no filter, or it cannot be asked. @type {Record<string, string> | null} */
  #words = null;
  #under = new AbortController();

  /**
   * @param {Past} past
   * @param {import('./span.js').Span} span
   * @param {() => void} told called when it is farther
   */
  constructor(past, span, told) {
    this.#past = past;
    this.#span = span;
    this.#told = told;
  }

  /** @param {Sieve} sieve whose query holds from now on */
  set({ query, range }) {
    this.stop();
    const words = wordsFor(query);
    this.#words = words && { ...words, ...range.asked };
  }

  /** stop ends what is under way. */
  stop() {
    this.#under.abort();
    this.#under = new AbortController();
    this.share = NaN;
  }

  /**
   * wanted reports whether the lines that pass are so few that the server is to look
   * for them.
   *
   * @param {Sieve} sieve
   */
  wanted({ store, behind }) {
    return this.#words !== null && behind === 0 && (store.lines >= least || store.lines === 0) && store.passing <= few * store.lines;
  }

  /**
   * pages gives the next lines that pass of each stream: fewer where it takes long,
   * none where there is none near.
   *
   * @param {string[]} streams
   * @param {(stream: string, index: number) => Record<string, string>} where
   * @returns {Promise<Page[]>}
   */
  async pages(streams, where) {
    const { signal } = this.#under;
    const shares = streams.map(() => 1);
    try {
      const found = await each(streams, (stream, i) => this.#page(stream, where(stream, i), signal, (share) => {
        shares[i] = share;
        this.share = Math.min(...shares);
        this.#told();
      }));
      return found.map((page) => page ?? { lines: [], before: '', after: '', start: true, end: true });
    } catch (err) {
      // What the server does not understand is looked for line by line.
      if (err instanceof Trouble && err.status === 400) {
        this.#words = null;
        this.share = NaN;
      }
      throw err;
    }
  }

  /**
   * @param {string} stream
   * @param {Record<string, string>} where
   * @param {AbortSignal} signal
   * @param {(share: number) => void} told
   * @returns {Promise<Page>}
   */
  async #page(stream, { before = '', after = '', limit = '' }, signal, told) {
    const limits = this.limits.get(stream);
    const asked = before ? { before, order: 'newest' } : { after, order: 'oldest', ...(limits ? { before: limits } : {}) };
    /** @type {Page['lines']} */
    const lines = [];
    let at = before || after;
    let over = false;
    const began = performance.now();
    for await (const step of look(this.#past, stream, { ...this.#words, ...asked, limit }, signal)) {
      if ('hit' in step) {
        const { cursor, line, time } = step.hit;
        lines.push({ cursor, line, ...(time ? { time } : {}) });
        at = cursor;
      } else if ('progress' in step) {
        at = step.progress.scanned_to || at;
        told(this.#shareOf(stream, at, before ? 'before' : 'after'));
        const took = performance.now() - began;
        if (took > patience.empty || (lines.length > 0 && took > patience.some)) break;
      } else {
        over = step.done === 'exhausted';
      }
    }
    if (over) told(1);
    return before ? { lines: lines.reverse(), before: at, after: '', start: over } : { lines, before: '', after: at, end: over };
  }

  /**
   * @param {string} stream
   * @param {string} cursor
   * @param {'before' | 'after'} by
   */
  #shareOf(stream, cursor, by) {
    const { extents } = this.#span;
    const share = extents.at(stream, cursor) / Math.max(1, extents.total(stream));
    return Math.min(1, Math.max(0, by === 'before' ? 1 - share : share)) || 0;
  }
}

/**
 * wordsFor returns how the server is asked for the lines of a query: those that it
 * leaves, and perhaps others. Null where every line passes.
 *
 * @param {import('./sieve.js').Query} query
 * @returns {Record<string, string> | null}
 */
export function wordsFor({ conditions, level }) {
  const on = conditions.filter((condition) => condition.on);
  if (on.length === 0 && level === 0) return null;
  // Of several that lines must hold the longest is the rarest, perhaps; the sieve asks for all.
  const [first] = on.filter(({ kind }) => kind === 'in').sort((a, b) => b.text.length - a.text.length);
  const out = on.filter(({ kind }) => kind === 'out').map(({ text, regex, cased }) => (
    `(?${cased ? '' : 'i'}:${regex ? text : text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')})`));
  return { ...(first ? wordsOf(first) : {}), ...(out.length > 0 ? { not: out.join('|') } : {}), ...(level > 0 ? { level: levels[level] ?? '' } : {}) };
}
