// @ts-check
/**
 * Where the reader is: at the live end, whose newest lines are always held, or
 * elsewhere in history, of which a stretch is held beside it. Either grows where
 * the reader comes near its beginning, and the stretch at its end too; where it
 * reaches the lines of the live end, the reader is back there.
 */

import { Loading } from './loading.js';
import { Reach, itemsOf } from './past.js';
import { Sieve } from './sieve.js';
import { Span } from './span.js';
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
  /** How much history there is. */
  span;
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
  #loading;
  /** Whether nothing was before the row that was the oldest then. */
  #start = false;
  #oldest = 0;
  /** @type {Reach | null} */
  #before = null;
  /** @type {Reach | null} */
  #after = null;

  /**
   * @param {Past} past
   * @param {() => void} changed
   * @param {(stream: string) => string} cursorOf the place of the live end
   */
  constructor(past, changed, cursorOf) {
    this.#past = past;
    this.#loading = new Loading(changed, () => { this.#before = this.#after = null; });
    this.span = new Span(past, this.#loading);
    this.#changed = changed;
    this.#cursorOf = cursorOf;
    this.live = new Sieve(this.tail, changed);
  }

  /** Whether nothing is before the oldest row held: no more where that was let go since. */
  get start() {
    return this.#start && this.store.first === this.#oldest;
  }

  set start(is) {
    this.#start = is;
    this.#oldest = this.store.first;
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

  /** What is being loaded. */
  get loading() {
    return this.#loading.what;
  }

  /** Why the last loading came to nothing, or ''. */
  get trouble() {
    return this.#loading.trouble;
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
    this.span.watch(streams);
    this.#loading.able = true;
    this.follow();
    this.live.clear();
    this.keep = null;
  }

  /** end goes to the live end, or to that of the range of time where it lies farther back. */
  async end() {
    const { range } = this.live;
    if (range.edge(this.tail, 'oldest') !== 'behind') {
      if (this.detached) this.follow();
      return;
    }
    await this.since(range.until);
    this.keep = null;
  }

  /** within goes to the nearest end of the range of time where the rows held lie beside it. */
  async within() {
    const { range } = this.live;
    if (range.edge(this.store, 'newest') === 'before') await this.since(range.since);
    else if (range.edge(this.store, 'oldest') === 'behind') await this.end();
  }

  /** follow goes back to the live end. */
  follow() {
    this.#loading.elsewhere();
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
    if (this.loading || !this.#loading.able || (end === 'before' ? this.start : !this.detached)) return;
    // What lies beyond the range of time is not shown.
    if (end === 'before' ? this.sieve.range.edge(this.store, 'oldest') === 'before' : this.sieve.range.edge(this.store, 'newest') === 'behind') return;
    // Before anything came nothing is known of where to read on.
    if (this.edges(end).every((cursor) => cursor === '')) return;
    // What was let go since comes before the oldest row again.
    if (this.store.first !== this.#oldest) this.#before = null;
    await this.#loading.run(end, async (current) => {
      const reach = end === 'before' ? (this.#before ??= this.#reach('before')) : (this.#after ??= this.#reach('after'));
      const items = await reach.next(chunk);
      if (!current()) return;
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
    if (!this.#loading.able) return;
    this.#loading.elsewhere();
    await this.#loading.run('jump', async (current) => {
      const items = await this.#past.items(this.streams, { at: share.toFixed(9), limit: String(chunk) });
      if (current()) this.#standOn(items);
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
    this.#loading.elsewhere();
    await this.#loading.run('jump', async (current) => {
      const [before, after] = await Promise.all([
        this.#past.page(stream, { before: cursor, limit: '200' }), this.#past.page(stream, { after: cursor, limit: String(chunk) }),
      ]);
      const index = Math.max(0, this.streams.indexOf(stream));
      const earlier = itemsOf(before, index);
      if (current()) this.#stand([...earlier, ...itemsOf(after, index)], earlier.length, 'middle');
    });
  }

  /**
   * since goes to the first line of a time or later.
   *
   * @param {number} time Unix ms
   */
  async since(time) {
    this.#loading.elsewhere();
    await this.#loading.run('jump', async (current) => {
      const items = await this.#past.items(this.streams, { since: new Date(time).toISOString(), limit: String(chunk) });
      if (current()) this.#standOn(items);
    });
  }

  /** @param {Item[]} items where the reader is to be */
  #standOn(items) {
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
    this.#loading.elsewhere();
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

  /** before returns how many bytes of history come before the rows held; 0 where that cannot be known. */
  async before() {
    await this.span.known(this.edges('before'));
    return this.bar.before;
  }

  /** Where the rows held lie in the whole history, in bytes. @returns {Bar} */
  get bar() {
    const oldest = this.start ? [] : this.edges('before');
    const bar = this.span.bar(oldest, this.detached ? this.edges('after') : []);
    return bar ?? { before: 0, within: this.store.bytes, behind: 0 };
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
    this.#loading.elsewhere();
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
