// @ts-check
/**
 * What lies before the lines that came: pages of the history of streams, asked
 * for over HTTP, in either direction, and several streams merged by time.
 */

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

/** Longest that an answer may take, in ms. */
const patience = 20_000;

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
   * items asks for a page of each stream, and puts them together in the order of time.
   *
   * @param {string[]} streams
   * @param {Record<string, string>} where
   */
  async items(streams, where) {
    const pages = await Promise.all(streams.map((stream) => this.page(stream, where)));
    const items = pages.flatMap((page, i) => itemsOf(page, i));
    return pages.length > 1 ? items.sort((a, b) => a.time - b.time) : items;
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
    const url = this.address(what, stream, parameters);
    let response;
    try {
      response = await fetch(url, { signal: AbortSignal.timeout(patience), cache: 'no-store' });
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
 * the line before them.
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
    divide(i);
    // A line that is still being written comes when it is complete.
    if (line.partial) continue;
    if (line.time) time = Date.parse(line.time);
    items.push({ stream, text: line.line, cursor: line.cursor, time });
  }
  divide(page.lines.length);
  return items;
}

/**
 * Reach reads on in one direction in several streams at once, in the order of
 * time.
 */
export class Reach {
  #past;
  #streams;
  #by;
  /** Where each stream goes on. @type {string[]} */
  #cursors;
  /** Read and not given yet, the next one last. @type {Item[][]} */
  #waiting;
  /** @type {boolean[]} */
  #done;

  /**
   * @param {Past} past
   * @param {string[]} streams
   * @param {string[]} cursors where to begin in each; '' where nothing is
   * @param {'before' | 'after'} by
   */
  constructor(past, streams, cursors, by) {
    this.#past = past;
    this.#streams = streams;
    this.#cursors = [...cursors];
    this.#by = by;
    this.#waiting = streams.map(() => []);
    this.#done = cursors.map((cursor) => cursor === '');
  }

  /** Whether nothing more is to be had. For after: now. */
  get exhausted() {
    return this.#done.every((done) => done) && this.#waiting.every((items) => items.length === 0);
  }

  /** again asks once more where nothing was behind the newest line. */
  again() {
    this.#done = this.#cursors.map((cursor) => cursor === '');
  }

  /**
   * next returns the next items: for before, in the order of the file all the
   * same.
   *
   * @param {number} limit lines of each stream that are asked for at a time
   * @returns {Promise<Item[]>}
   */
  async next(limit) {
    await Promise.all(this.#streams.map((_, i) => this.#fill(i, limit)));
    const backwards = this.#by === 'before';
    /** @type {Item[]} */
    const items = [];
    while (this.#waiting.every((list, i) => list.length > 0 || this.#done[i])) {
      let best = -1;
      for (const [i, list] of this.#waiting.entries()) {
        const item = list.at(-1);
        const other = best < 0 ? undefined : this.#waiting[best]?.at(-1);
        if (!item) continue;
        const ahead = other && (backwards ? item.time > other.time : item.time < other.time);
        if (!other || ahead) best = i;
      }
      if (best < 0) break;
      items.push(/** @type {Item} */ (this.#waiting[best]?.pop()));
    }
    return backwards ? items.reverse() : items;
  }

  /**
   * @param {number} i
   * @param {number} limit
   */
  async #fill(i, limit) {
    const list = this.#waiting[i];
    if (!list || list.length > 0 || this.#done[i]) return;
    const page = await this.#past.page(this.#streams[i] ?? '', { [this.#by]: this.#cursors[i] ?? '', limit: String(limit) });
    const items = itemsOf(page, i);
    const backwards = this.#by === 'before';
    this.#waiting[i] = backwards ? items : items.reverse();
    const cursor = backwards ? page.before : page.after;
    const stuck = page.lines.length === 0 && (!cursor || cursor === this.#cursors[i]);
    this.#cursors[i] = cursor || (this.#cursors[i] ?? '');
    this.#done[i] = Boolean(backwards ? page.start : page.end) || stuck;
  }
}
