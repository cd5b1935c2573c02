// @ts-check
/**
 * Where the reader is: at the live end, whose newest lines are always held, or
 * elsewhere in history, of which a stretch is held beside it. Either grows where
 * the reader comes near its beginning, and the stretch at its end too; where it
 * reaches the lines of the live end, the reader is back there.
 */

import { Loading } from './loading.js';
import { Landings, chunk } from './landing.js';
import { Reach } from './reach.js';
import { Sieve } from './sieve.js';
import { Sifter } from './sifter.js';
import { Span } from './span.js';
import { Store } from './store.js';
import { bound, pastBound } from './protocol.js';
import { trouble } from '../words/trouble.js';
import { add, addBefore, itemsFrom, keyOf, rowOf } from './seam.js';
import { Ends } from './ends.js';

/** @typedef {import('./past.js').Past} Past */
/** @typedef {import('./past.js').Item} Item */
/** @typedef {import('./protocol.js').Bar} Bar */

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
  /** What has the server look for lines that pass, where these are few. */
  sifter;
  /** The reaches that give those alone, and up to which row of the live end, and whether in the stretch, other lines lie between. @type {WeakSet<Reach>} */
  #sifting = new WeakSet();
  #sifted = { tail: -Infinity, away: false };
  #past;
  #changed;
  #ends;
  #lost;
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
   * @param {() => void} lost called when a line that was gone to is not there any more
   */
  constructor(past, changed, cursorOf, lost) {
    this.#lost = lost;
    this.#past = past;
    this.#loading = new Loading(changed, () => { this.#before = this.#after = null; });
    this.span = new Span(past, this.#loading);
    this.sifter = new Sifter(past, this.span, changed);
    this.#changed = changed;
    this.#ends = new Ends(this.tail, cursorOf);
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
    const line = this.#unsift();
    this.live.set(query);
    this.#away?.set(query);
    this.sifter.set(this.live);
    if (line) void this.#land((landings) => landings.line(line.stream, line.cursor, 'middle'));
  }

  /**
   * unsift lets rows go between which lines are missing that other filters leave, and
   * returns the line to go to again, or null.
   */
  #unsift() {
    const { tail, store } = this;
    const { away, tail: upTo } = this.#sifted;
    if (!away && upTo <= tail.first) {
      if (this.loading && this.loading !== 'jump') this.#loading.elsewhere();
      this.#before = this.#after = null;
      return null;
    }
    const seq = Math.min(store.end - 1, Math.max(store.first, this.top));
    const gone = this.detached ? away : seq < upTo;
    const line = gone && seq >= store.first && !store.isDivider(seq) ? { stream: this.streams[store.stream(seq)] ?? '', cursor: store.cursor(seq) } : null;
    if (away && !line) this.#return();
    // These are no lines that came and went.
    const { dropped } = tail;
    tail.letGo(upTo);
    tail.dropped = dropped;
    this.#ends.changed(tail);
    this.#sifted = { tail: -Infinity, away };
    this.#loading.elsewhere();
    this.#before = this.#after = null;
    this.start = false;
    return line;
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
    this.span.watch(streams);
    this.#loading.able = true;
    this.#sifted = { tail: -Infinity, away: false };
    this.sifter.stop();
    this.tail.clear();
    this.#ends.watch(streams);
    this.follow();
    this.live.clear();
    this.keep = null;
  }

  /**
   * rearrange lets the rows of the live end go, because they come in another order,
   * and returns what is to be done when they came.
   *
   * @param {'end' | 'row'} stays where the reader is there
   */
  rearrange(stays) {
    const { tail, detached } = this;
    const seq = Math.min(tail.end - 1, Math.max(tail.first, this.top));
    const row = stays === 'row' && !detached && tail.end > tail.first ? { stream: tail.stream(seq), cursor: tail.cursor(seq) } : null;
    tail.clear();
    this.#ends.changed(tail);
    this.live.clear();
    if (!detached) this.follow();
    return () => {
      if (row) this.show(rowOf(tail, row.stream, row.cursor));
    };
  }

  /** @param {number | null} seq that the reader is to see again */
  show(seq) {
    this.keep = seq;
    this.keptAt = 'top';
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
    this.#sifted.away = false;
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
    if (!this.#ends.meet) this.#after = null;
    await this.#loading.run(end, async (current) => {
      const reach = this.#reachOf(end);
      const items = await reach.next(chunk);
      if (!current() || (end === 'after' && !this.#ends.meet)) return;
      const sifts = this.#sifting.has(reach);
      if (sifts && this.detached) this.#sifted.away = true;
      else if (sifts) this.#sifted.tail = Math.max(this.#sifted.tail, this.tail.first);
      if (end === 'before') this.#prepend(items, reach.exhausted);
      else this.#append(items, reach);
      if (sifts && this.detached) this.#sifted.away = true;
      if (reach.exhausted) this.sifter.share = NaN;
    });
  }

  /**
   * reachOf returns what reads on at an end: once few lines pass, those alone.
   *
   * @param {'before' | 'after'} end
   */
  #reachOf(end) {
    const reach = end === 'before' ? this.#before : this.#after;
    const sifts = this.sifter.wanted(this.sieve);
    if (reach && (!sifts || this.#sifting.has(reach))) return reach;
    const made = this.#reach(end, sifts ? this.sifter : this.#past);
    if (sifts) this.#sifting.add(made);
    if (end === 'before') this.#before = made;
    else this.#after = made;
    return made;
  }

  /**
   * jump goes to a share of the whole history, in bytes.
   *
   * @param {number} share 0 to 1
   */
  async jump(share) {
    if (!this.#loading.able) return;
    await this.#land((landings) => landings.share(share, this.streams.map((stream) => this.span.extents.total(stream))));
  }

  /**
   * goto goes to a line.
   *
   * @param {string} stream
   * @param {string} cursor
   * @param {'top' | 'middle'} [where] in the view; a line in the middle is chosen
   */
  async goto(stream, cursor, where = 'middle') {
    const here = rowOf(this.store, this.streams.indexOf(stream), cursor);
    if (here !== null) this.#see(here, where);
    else await this.#land((landings) => landings.line(stream, cursor, where));
    if (this.trouble !== trouble.gone) return;
    this.#return();
    this.#see(this.tail.end - 1, 'top');
    this.#lost();
  }

  /**
   * since goes to the first line of a time or later.
   *
   * @param {number} time Unix ms
   */
  async since(time) {
    await this.#land((landings) => landings.time(time));
  }

  /** @param {(landings: Landings) => Promise<import('./landing.js').Landing>} find where to go */
  async #land(find) {
    this.#loading.elsewhere();
    await this.#loading.run('jump', async (current) => {
      const landing = await find(new Landings(this.#past, this.streams, this.#ends.limits));
      if (!current()) return;
      if (landing.items.length > 0) this.#stand(landing);
      else {
        this.#return();
        this.#see(this.tail.end - 1, 'top');
      }
    });
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
    this.#ends.leave(to);
    this.#see(this.top, 'top');
    this.#away = this.live.other(stretch);
    this.#sifted.away = from < this.#sifted.tail;
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
   * edges returns where the rows held end, for each stream.
   *
   * @param {'before' | 'after'} by
   */
  edges(by) {
    return this.#ends.of(this.store, by);
  }

  /** @param {'before' | 'after'} by @param {Pick<Past, 'pages'>} past */
  #reach(by, past) {
    if (by === 'after') this.#ends.anew();
    const { limits } = this.#ends;
    this.sifter.limits = new Map(this.streams.map((stream, i) => [stream, limits[i] ?? '']));
    return new Reach(past, this.streams, this.edges(by), by);
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
    this.#ends.changed(store);
    this.start = done;
    if (this.detached && (store.end - store.first > pastBound.rows || store.bytes > pastBound.bytes)) {
      const keep = Math.max(store.first + 2 * items.length, store.end - Math.max(chunk, store.end - store.first - pastBound.rows));
      this.sieve.truncate(keep);
      this.#ends.cut(store, keep);
      store.forget(keep);
      this.#ends.changed(store);
      this.#after = null;
    }
    this.sieve.advance();
  }

  /**
   * @param {Item[]} all
   * @param {Reach} reach
   */
  #append(all, reach) {
    const { store } = this;
    // The server begins with the line of a cursor, which is held already.
    const newest = new Set(this.edges('after').map((cursor, i) => keyOf(i, cursor)));
    add(store, this.#ends.unmet(all.filter((item) => !('text' in item) || !newest.has(keyOf(item.stream, item.cursor)))));
    // What the server looks through ends where the live end begins.
    if (this.#ends.arrived(reach) || (reach.exhausted && this.#sifting.has(reach))) {
      this.#join();
      return;
    }
    if (reach.exhausted) {
      reach.again();
      this.#after = null;
    }
    if (store.end - store.first > pastBound.rows || store.bytes > pastBound.bytes) {
      store.letGo(Math.min(store.end - 2 * all.length, store.first + all.length));
      this.#ends.shed(reach);
      this.#before = null;
      this.start = false;
    }
    this.sieve.advance();
  }

  /** join puts the newest rows of the stretch before the live end, and goes there. @param {'top' | 'middle'} [where] the reader's row is in the view */
  #join(where = /** @type {'top' | 'middle'} */ ('top')) {
    const { store, tail, start } = this;
    const sifted = this.#sifted.away;
    const from = Math.max(store.first, store.end - around);
    const top = Math.max(from, this.top);
    const shift = tail.first - store.end;
    // What came over the connection in the meantime is held there.
    const held = this.#ends.held;
    const rows = itemsFrom(store, from);
    const items = rows.filter((item) => !held(item));
    const above = rows.slice(top - from).filter((item) => !held(item)).length;
    const seen = rows[top - from];
    this.#loading.elsewhere();
    this.#before = this.#after = null;
    this.#return();
    const first = tail.first;
    if (sifted) this.#sifted.tail = Math.max(this.#sifted.tail, first);
    const same = seen && 'text' in seen && held(seen) ? rowOf(tail, seen.stream, seen.cursor) : null;
    this.#prepend(items, start && from === store.first);
    this.shift += shift;
    this.#see(same ?? first - above, where);
  }

  /**
   * stand begins a stretch, or goes to the live end where the line is held there.
   *
   * @param {import('./landing.js').Landing} landing
   */
  #stand({ items, at, where, places, after, before }) {
    const target = /** @type {Item} */ (items[at]);
    const held = 'text' in target ? rowOf(this.tail, target.stream, target.cursor) : null;
    if (held !== null) {
      this.follow();
      this.#see(held, where);
      return;
    }
    const store = new Store({ rows: Infinity, bytes: Infinity });
    this.#ends.anew();
    const rows = this.#ends.unmet(items);
    add(store, rows);
    this.#before = before;
    this.#after = after;
    this.#ends.places = places;
    this.start = false;
    this.#away = this.live.other(store);
    this.#sifted.away = false;
    const row = rows.includes(target) ? rows.indexOf(target) : Math.max(0, rows.length - 1);
    this.#see(row, where);
    this.top = row;
    if (this.#ends.arrived(after)) this.#join(where);
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
