// @ts-check
/**
 * Where the reader is: at the live end, whose newest lines are always held, or
 * elsewhere in history, of which a stretch is held beside it. Either grows where
 * the reader comes near its beginning, and the stretch at its end too; where it
 * reaches the lines of the live end, the reader is back there.
 */

import { Extents } from './extents.js';
import { Reach, Trouble, itemsOf } from './past.js';
import { Sieve } from './sieve.js';
import { Store } from './store.js';
import { bound, pastBound } from './protocol.js';
import { add, edges, itemsFrom, addBefore, joint, keyOf, rowOf } from './seam.js';

/** @typedef {import('./past.js').Past} Past */
/** @typedef {import('./past.js').Item} Item */
/** @typedef {import('./protocol.js').Bar} Bar */

/** Lines of each stream that are asked for at a time. */
const chunk = 1000;
/** Rows around the reader that are kept when the live end leaves them behind. */
const around = 4000;

export class Reading {
  /** The lines of the live end. */
  tail = new Store(bound);
  /** What is shown of them: it goes on while the reader is elsewhere, so that coming back is at once. */
  live;
  extents = new Extents();
  /** What is being loaded. @type {'' | 'before' | 'after' | 'jump'} */
  loading = '';
  /** Why the last loading came to nothing, or ''. */
  trouble = '';
  /** Whether nothing is before the oldest row held. */
  start = false;
  /** Row that the reader is to see next, or null, and where in the view. @type {number | null} */
  keep = null;
  /** @type {'top' | 'middle'} */
  keptAt = 'top';
  /** @type {string[]} */
  streams = [];
  /** What was added to the numbers of rows so far, where a stretch reached the live end. */
  shift = 0;
  /** The row at the top of the reader's view. */
  top = 0;

  /** What is shown of the stretch where the reader is, or null. @type {Sieve | null} */
  #away = null;
  #past;
  #changed;
  #cursorOf;
  /** Counts up when the reader goes elsewhere: answers to before are then of no use. */
  #turn = 0;
  /** Whether the server can be asked for history. */
  #able = true;
  /** @type {Reach | null} */
  #before = null;
  /** @type {Reach | null} */
  #after = null;
  /** What was asked for last of the generations, Unix ms. */
  #measured = 0;

  /**
   * @param {Past} past
   * @param {() => void} changed
   * @param {(stream: string) => string} cursorOf the place of the live end
   */
  constructor(past, changed, cursorOf) {
    this.#past = past;
    this.#changed = changed;
    this.#cursorOf = cursorOf;
    this.live = new Sieve(this.tail, changed);
  }

  /** What the reader sees. */
  get sieve() {
    return this.#away ?? this.live;
  }

  /** @param {import('./sieve.js').Query} query what the reader wants to see from now on */
  set query(query) {
    this.live.set(query);
    this.#away?.set(query);
  }

  /** The rows that the reader sees are of this store. */
  get store() {
    return this.sieve.store;
  }

  get detached() {
    return this.#away !== null;
  }

  /** @param {string[]} streams */
  watch(streams) {
    this.streams = streams;
    this.tail.clear();
    this.extents.clear();
    this.#able = true;
    this.#measured = 0;
    this.follow();
    this.live.clear();
    this.keep = null;
  }

  /** follow goes back to the live end. */
  follow() {
    this.#turn++;
    this.loading = this.trouble = '';
    this.#before = this.#after = null;
    this.start = false;
    this.#return();
  }

  /** return has the reader see the rows of the live end again. */
  #return() {
    if (!this.#away) return;
    this.#away.end();
    this.#away = null;
    this.#changed();
  }

  /**
   * near loads what comes before or behind the rows held where the reader is near
   * their ends.
   *
   * @param {'before' | 'after'} end
   */
  async near(end) {
    if (this.loading || !this.#able || (end === 'before' ? this.start : !this.detached)) return;
    // Before anything came nothing is known of where to read on.
    if (this.edges(end).every((cursor) => cursor === '')) return;
    const turn = this.#turn;
    await this.#load(end, turn, async () => {
      const reach = end === 'before' ? (this.#before ??= this.#reach('before')) : (this.#after ??= this.#reach('after'));
      const items = await reach.next(chunk);
      if (turn !== this.#turn) return;
      if (end === 'before') this.#prepend(items, reach.exhausted);
      else this.#append(items, reach);
    });
  }

  /**
   * jump goes to a share of the whole history, in bytes.
   *
   * @param {number} share 0 to 1
   */
  async jump(share) {
    if (!this.#able) return;
    const turn = ++this.#turn;
    await this.#load('jump', turn, async () => {
      const pages = await Promise.all(this.streams.map((stream) => this.#past.page(stream, { at: share.toFixed(9), limit: String(chunk) })));
      if (turn !== this.#turn) return;
      this.#standOn(pages);
    });
  }

  /**
   * goto goes to a line.
   *
   * @param {string} stream
   * @param {string} cursor
   */
  async goto(stream, cursor) {
    const here = rowOf(this.store, this.streams.indexOf(stream), cursor);
    if (here !== null) {
      this.#see(here, 'middle');
      return;
    }
    const turn = ++this.#turn;
    await this.#load('jump', turn, async () => {
      const [before, after] = await Promise.all([
        this.#past.page(stream, { before: cursor, limit: '200' }), this.#past.page(stream, { after: cursor, limit: String(chunk) }),
      ]);
      if (turn !== this.#turn) return;
      const index = Math.max(0, this.streams.indexOf(stream));
      const items = [...itemsOf(before, index), ...itemsOf(after, index)];
      this.#stand(items, itemsOf(before, index).length, 'middle');
    });
  }

  /**
   * since goes to the first line of a time or later.
   *
   * @param {number} time Unix ms
   */
  async since(time) {
    const turn = ++this.#turn;
    await this.#load('jump', turn, async () => {
      const since = new Date(time).toISOString();
      const pages = await Promise.all(this.streams.map((stream) => this.#past.page(stream, { since, limit: String(chunk) })));
      if (turn !== this.#turn) return;
      this.#standOn(pages);
    });
  }

  /** @param {import('./past.js').Page[]} pages one of each stream, where the reader is to be */
  #standOn(pages) {
    const items = pages.flatMap((page, i) => itemsOf(page, i));
    if (pages.length > 1) items.sort((a, b) => a.time - b.time);
    if (items.length > 0) this.#stand(items, 0, 'top');
    else this.#see(this.tail.end - 1, 'top');
  }

  /**
   * leaveBehind keeps the rows around one while the live end goes on without
   * them.
   *
   * @param {number} seq
   */
  leaveBehind(seq) {
    const { tail } = this;
    if (this.detached) return;
    const from = Math.max(tail.first, seq - around);
    const to = Math.min(tail.end, seq + around);
    const stretch = tail.copy(from, to, { rows: Infinity, bytes: Infinity });
    this.#turn++;
    this.loading = '';
    this.#after = null;
    if (from > tail.first) {
      this.#before = null;
      this.start = false;
    }
    this.#see(this.top, 'top');
    this.#away = this.live.other(stretch);
  }

  /**
   * holds reports whether a line is among the rows held.
   *
   * @param {number} stream its index
   * @param {string} cursor
   */
  holds(stream, cursor) {
    return rowOf(this.store, stream, cursor) !== null;
  }

  /** measure asks how much history there is, now and then. */
  async measure() {
    const now = Date.now();
    if (!this.#able || now - this.#measured < 5000 || this.streams.length === 0) return;
    this.#measured = now;
    const turn = this.#turn;
    await this.#load('', turn, async () => {
      const { streams } = this;
      const parts = await Promise.all(streams.map((stream) => this.#past.extent(stream)));
      for (const [i, part] of parts.entries()) if (streams === this.streams) this.extents.set(streams[i] ?? '', part);
      this.#changed();
    });
  }

  /** Where the rows held lie in the whole history, in bytes. @returns {Bar} */
  get bar() {
    const { store, streams, extents } = this;
    if (!streams.every((stream) => extents.knows(stream))) return { before: 0, within: store.bytes, behind: 0 };
    let before = 0;
    let behind = 0;
    let total = 0;
    const [oldest, newest] = [this.edges('before'), this.detached ? this.edges('after') : []];
    for (const [i, stream] of streams.entries()) {
      const first = oldest[i] ? extents.at(stream, oldest[i] ?? '') : 0;
      const last = newest[i] ? extents.at(stream, newest[i] ?? '') : NaN;
      const all = extents.total(stream);
      total += all;
      before += this.start || Number.isNaN(first) ? 0 : first;
      behind += Number.isNaN(last) ? 0 : all - last;
    }
    return { before, within: Math.max(1, total - before - behind), behind };
  }

  /**
   * @param {'' | 'before' | 'after' | 'jump'} what
   * @param {number} turn
   * @param {() => Promise<void>} work
   */
  async #load(what, turn, work) {
    if (what) {
      this.loading = what;
      this.trouble = '';
      this.#changed();
    }
    try {
      await work();
    } catch (err) {
      if (!(err instanceof Trouble)) throw err;
      if (err.status === 404) this.#able = false;
      else if (what && turn === this.#turn) this.trouble = err.message;
      this.#before = this.#after = null;
    } finally {
      if (what && turn === this.#turn) this.loading = '';
      this.#changed();
    }
  }

  /**
   * edges returns where the rows held end, for each stream. Where none is held it is
   * the cursor of the live end.
   *
   * @param {'before' | 'after'} by
   */
  edges(by) {
    const found = edges(this.store, this.streams.length, by === 'before' ? 'oldest' : 'newest');
    return found.map((cursor, i) => cursor || (by === 'before' || !this.detached ? this.#cursorOf(this.streams[i] ?? '') : ''));
  }

  /** @param {'before' | 'after'} by */
  #reach(by) {
    return new Reach(this.#past, this.streams, this.edges(by), by);
  }

  /**
   * @param {Item[]} items
   * @param {boolean} done
   */
  #prepend(items, done) {
    const { tail } = this;
    const crowded = tail.end - tail.first + items.length > bound.rows || tail.bytes > bound.bytes * 0.8;
    if (!this.detached && crowded) {
      const before = this.#before;
      this.leaveBehind(tail.first);
      this.#before = before;
    }
    const { store } = this;
    addBefore(store, items);
    this.start = done;
    if (this.detached && (store.end - store.first > pastBound.rows || store.bytes > pastBound.bytes)) {
      const keep = Math.max(store.first + 2 * items.length, store.end - Math.max(chunk, store.end - store.first - pastBound.rows));
      this.sieve.truncate(keep);
      store.forget(keep);
      this.#after = null;
    }
    this.sieve.advance();
  }

  /**
   * @param {Item[]} all
   * @param {Reach} reach
   */
  #append(all, reach) {
    const { store, tail } = this;
    // The server begins with the line of a cursor, which is held already.
    const newest = new Set(this.edges('after').map((cursor, i) => keyOf(i, cursor)));
    const items = all.filter((item) => !('text' in item) || !newest.has(keyOf(item.stream, item.cursor)));
    const meets = joint(tail, this.streams.length, items);
    add(store, meets < 0 ? items : items.slice(0, meets));
    if (meets >= 0 || (reach.exhausted && tail.lines === 0)) {
      this.#join();
      return;
    }
    if (reach.exhausted) {
      reach.again();
      this.#after = null;
    }
    if (store.end - store.first > pastBound.rows || store.bytes > pastBound.bytes) {
      store.letGo(Math.min(store.end - 2 * items.length, store.first + items.length));
      this.#before = null;
      this.start = false;
    }
    this.sieve.advance();
  }

  /** join puts the newest rows of the stretch before the live end, and goes there. */
  #join() {
    const { store, tail, top, start } = this;
    const from = Math.max(store.first, store.end - around);
    const shift = tail.first - store.end;
    const items = itemsFrom(store, from);
    this.#turn++;
    this.loading = '';
    this.#before = this.#after = null;
    this.#return();
    this.#prepend(items, start && from === store.first);
    this.shift += shift;
    this.#see(top + shift, 'top');
  }

  /**
   * stand begins a stretch.
   *
   * @param {Item[]} items
   * @param {number} at the item that the reader is to see
   * @param {'top' | 'middle'} where
   */
  #stand(items, at, where) {
    const store = new Store({ rows: Infinity, bytes: Infinity });
    add(store, items);
    this.#before = this.#after = null;
    this.start = false;
    this.#away = this.live.other(store);
    this.#see(Math.min(at, Math.max(0, store.end - 1)), where);
    const meets = joint(this.tail, this.streams.length, items);
    if (meets >= 0) this.#joinAt(items, meets, at, where);
  }

  /**
   * joinAt goes to the live end instead: the stretch reaches into it.
   *
   * @param {Item[]} items
   * @param {number} meets which of them is the oldest line there
   * @param {number} at
   * @param {'top' | 'middle'} where
   */
  #joinAt(items, meets, at, where) {
    const { first } = this.tail;
    this.#return();
    this.#prepend(items.slice(0, meets), false);
    this.#see(at < meets ? first - (meets - at) : first + (at - meets), where);
  }

  /**
   * @param {number} seq
   * @param {'top' | 'middle'} where
   */
  #see(seq, where) {
    this.keep = seq;
    this.keptAt = where;
  }
}
