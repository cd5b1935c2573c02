// @ts-check
/**
 * What lies before the lines that came: pages of the history of streams, asked
 * for over HTTP, in either direction, and several streams merged by time.
 */

import { bars } from './axis.js';
import { trouble } from '../words/trouble.js';

/** @typedef {import('./store.js').Divider} Divider */

/**
 * Item is a line of history, or what happened between two lines.
 *
 * @typedef {{stream: number, text: string, cursor: string, time: number} | {stream: number, divider: Divider, time: number}} Item
 */

/**
 * Part is a generation of a stream.
 *
 * @typedef {{cursor: string, bytes: number, estimated: boolean, name: string}} Part
 */

/**
 * Page is an answer of the server.
 *
 * @typedef {object} Page
 * @property {{cursor: string, line: string, time?: string, continues?: boolean, partial?: boolean}[]} lines
 * @property {{at: number, bytes: number | null, reason: string}[]} [gaps]
 * @property {{at: number, name?: string}[]} [generations]
 * @property {string} before
 * @property {string} after
 * @property {boolean} [start]
 * @property {boolean} [end]
 */

/** Longest that an answer may take, and one that reads much of history, in ms. */
const patience = 20_000;
const longer = 180_000;

/** Trouble says why the server did not give lines. */
export class Trouble extends Error {
  /**
   * @param {number} status 0 where there was no answer
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** A page of a stream of which nothing is kept. @type {Page} */
const none = { lines: [], before: '', after: '', start: true, end: true };

/** How many streams are asked about at the same time: browsers have six connections, and the server has other readers. */
const atOnce = 4;

/**
 * each asks for something of each stream; null stands for what the server does not
 * have. It throws where that is so for all, and where the server fails.
 *
 * @template T
 * @param {string[]} streams
 * @param {(stream: string, index: number) => Promise<T>} ask
 * @returns {Promise<(T | null)[]>}
 */
export async function each(streams, ask) {
  /** @type {Trouble[]} */
  const missing = [];
  /** @type {(T | null)[]} */
  const found = streams.map(() => null);
  const left = [...streams.entries()].reverse();
  const work = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [i, stream] = next;
      try {
        found[i] = await ask(stream, i);
      } catch (err) {
        if (!(err instanceof Trouble && err.status === 404)) throw err;
        missing.push(err);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (missing[0] && missing.length === streams.length) throw missing[0];
  return found;
}

/** Place is how the server is asked: tests give another. */
export class Past {
  /** @param {string} api address of the server's api/ */
  constructor(api) {
    this.api = api;
  }

  /**
   * page asks for lines of a stream.
   *
   * @param {string} stream
   * @param {Record<string, string>} where before, after or at, and limit
   * @returns {Promise<Page>}
   */
  page(stream, where) {
    return this.#ask('lines', stream, where);
  }

  /**
   * pages asks for a page of each stream. Of several, one whose history cannot be
   * had does not stop the others.
   *
   * @param {string[]} streams
   * @param {(stream: string, index: number) => Record<string, string>} where
   * @returns {Promise<Page[]>}
   */
  async pages(streams, where) {
    const found = await each(streams, (stream, i) => this.page(stream, where(stream, i)));
    return found.map((page) => page ?? none);
  }

  /**
   * extent asks for the generations of a stream, oldest first.
   *
   * @param {string} stream
   * @returns {Promise<Part[]>}
   */
  async extent(stream) {
    return (await this.#ask('extent', stream, {})).generations ?? [];
  }

  /**
   * histogram asks how many lines of a stream there were when, in all of history; null
   * where nothing is kept of it.
   *
   * @param {string} stream
   * @param {[string, string][]} words that say of which lines
   * @param {AbortSignal} signal
   * @returns {Promise<import('./histogram.js').Histogram | null>}
   */
  async histogram(stream, words, signal) {
    const url = this.address('histogram', stream, { all: '1', buckets: String(bars) });
    for (const [name, value] of words) url.searchParams.append(name, value);
    try {
      return await this.#fetch(url, AbortSignal.any([signal, AbortSignal.timeout(longer)]));
    } catch (err) {
      if (err instanceof Trouble && err.status === 404) return null;
      throw err;
    }
  }

  /**
   * address returns where the server is asked for something of a stream.
   *
   * @param {string} what
   * @param {string} stream
   * @param {Record<string, string>} parameters
   */
  address(what, stream, parameters) {
    const url = new URL(what, this.api);
    url.search = new URLSearchParams({ stream, ...parameters }).toString();
    return url;
  }

  /**
   * @param {string} what
   * @param {string} stream
   * @param {Record<string, string>} parameters
   */
  async #ask(what, stream, parameters) {
    return this.#fetch(this.address(what, stream, parameters), AbortSignal.timeout(patience));
  }

  /**
   * @param {URL} url
   * @param {AbortSignal} signal
   */
  async #fetch(url, signal) {
    let response;
    try {
      response = await fetch(url, { signal, cache: 'no-store' });
    } catch {
      throw new Trouble(0, trouble.noAnswer);
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Trouble(response.status, String(answer.error ?? trouble.answers(response.status)));
    return answer;
  }
}

/**
 * itemsOf returns what a page holds, in order. Lines without a time have that of
 * the line before them, and dividers that of the line behind them.
 *
 * @param {Page} page
 * @param {number} stream
 * @returns {Item[]}
 */
export function itemsOf(page, stream) {
  /** @type {Item[]} */
  const items = [];
  let time = NaN;
  const divide = (/** @type {number} */ i) => {
    for (const gap of page.gaps ?? []) {
      if (gap.at === i) items.push({ stream, time, divider: { kind: 'gap', at: 0, bytes: gap.bytes, reason: gap.reason } });
    }
    for (const generation of page.generations ?? []) {
      if (generation.at === i) items.push({ stream, time, divider: { kind: 'generation', at: 0, name: generation.name ?? '' } });
    }
  };
  for (const [i, line] of page.lines.entries()) {
    if (line.time) time = Date.parse(line.time);
    divide(i);
    // A line that is still being written comes when it is complete.
    if (line.partial) continue;
    items.push({ stream, text: line.line, cursor: line.cursor, time });
  }
  divide(page.lines.length);
  return items;
}
