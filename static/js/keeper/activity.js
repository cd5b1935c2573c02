// @ts-check
/**
 * How many lines there were when, in all of history: counted by the server once,
 * and from there on here, line by line as they come. Where lines carry no times
 * the strip of activity goes by bytes.
 */

import { Axis } from './axis.js';
import { ERROR, WARN } from '../text/level.js';
import { Trouble } from './past.js';
import { asked, joined } from './histogram.js';
import { positionOf } from './cursor.js';
import { stampOf } from '../text/stamp.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./past.js').Past} Past */
/** @typedef {import('./protocol.js').Answer} Answer */
/** @typedef {import('./reading.js').Reading} Reading */

/** When the server is asked: after lines began to come, after another filter, where it could not answer, in ms. */
const soon = { first: 700, filter: 400, rotated: 4000, again: 10_000 };
/** How often it is asked again while lines come, in ms. */
const renewal = 120_000;
/** How often what came is counted, and told, in ms. */
const beat = 500;
/** Rows that are looked at in one go; and of how many one is asked when it was written, where there are not few. */
const slice = 5000;
const nth = 32;
const few = 2000;

export class Activity {
  /** Of stamps without a zone. @type {import('../text/zone.js').Offset} */
  offset = null;
  #reading;
  #past;
  #tell;
  /** @type {Axis | null} */
  #axis = null;
  /** @type {Omit<import('./histogram.js').Whole, 'axis'>} */
  #whole = { by: 'time', estimated: false, empty: true, left: 0, cursors: [] };
  /** Whether there is a filter, and whether the server does not know it. */
  #filtered = false;
  #unfiltered = false;
  /** How the server was asked. */
  #words = '';
  /** The first row that was not counted. */
  #next = 0;
  /** Rows that came since the server was asked, and when that was, Unix ms. */
  #since = 0;
  #asked = 0;
  /** The newest time, and the level that is carried over, of each stream. @type {Map<number, {time: number, level: number}>} */
  #newest = new Map();
  /** What is under way ends when another begins. */
  #under = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;

  /**
   * @param {Reading} reading
   * @param {Past} past
   * @param {(answer: Answer) => void} tell
   */
  constructor(reading, past, tell) {
    this.#reading = reading;
    this.#past = past;
    this.#tell = tell;
  }

  /** begin goes with other streams. */
  begin() {
    this.#axis = null;
    this.#newest.clear();
    this.#say();
    if (this.#reading.streams.length > 0) this.#soon(soon.first);
  }

  /** filter goes with another query. */
  filter() {
    if (this.#axis && this.#words !== JSON.stringify(asked(this.#reading.live.query))) this.#soon(soon.filter);
  }

  /** rotated goes with files that begin and end. */
  rotated() {
    void this.#reading.span.measure('now');
    if (this.#axis && this.#asking === undefined) this.#soon(soon.rotated);
  }

  /** came has the lines counted that came. */
  came() {
    if (this.#axis) this.#timer ??= setTimeout(() => this.#count(), beat);
  }

  /** @param {number} delay until the server is asked, ms */
  #soon(delay) {
    clearTimeout(this.#asking);
    this.#under.abort();
    const under = new AbortController();
    this.#under = under;
    this.#asking = setTimeout(() => {
      this.#asking = undefined;
      this.#ask(under.signal).catch((err) => {
        if (under.signal.aborted) return;
        if (!(err instanceof Trouble)) throw err;
        this.#soon(soon.again);
      });
    }, delay);
  }

  /** @param {AbortSignal} signal */
  async #ask(signal) {
    const { streams, live } = this.#reading;
    while (live.behind > 0 && !signal.aborted) await pause(100);
    if (signal.aborted) return;
    this.#unfiltered = false;
    const words = asked(live.query);
    this.#words = JSON.stringify(words);
    this.#filtered = words.length > 0;
    const one = (/** @type {string} */ stream) => this.#past.histogram(stream, words, signal);
    const answers = await Promise.all(streams.map(one)).catch((err) => {
      if (!(err instanceof Trouble) || err.status !== 400) throw err;
      // The server does not know the expression: it counts all lines.
      this.#unfiltered = true;
      return Promise.all(streams.map((stream) => this.#past.histogram(stream, [], signal)));
    });
    await this.#reading.span.measure('now');
    if (signal.aborted) return;
    const { axis, ...whole } = joined(answers, this.#total);
    this.#whole = whole;
    await this.#behind(axis, signal);
    if (signal.aborted) return;
    this.#axis = axis;
    this.#asked = Date.now();
    this.#since = 0;
    this.#count();
  }

  /** Bytes of all of history. */
  get #total() {
    const { streams, span } = this.#reading;
    return streams.reduce((sum, stream) => sum + span.extents.total(stream), 0);
  }

  /**
   * behind counts the lines held that came behind what the server counted.
   *
   * @param {Axis} axis
   * @param {AbortSignal} signal
   */
  async #behind(axis, signal) {
    const { tail, live, streams } = this.#reading;
    let seq = Math.min(live.next, tail.end);
    const end = seq;
    const open = new Set(streams.keys());
    for (let n = 1; open.size > 0 && seq > tail.first; n++) {
      const stream = tail.stream(--seq);
      if (open.has(stream) && !tail.isDivider(seq) && !this.#later(stream, tail.cursor(seq))) open.delete(stream);
      if (n % slice === 0) await pause(0);
      if (signal.aborted) return;
    }
    const first = Math.max(seq, tail.first);
    const step = end - first > few ? nth : 1;
    for (let at = first; at < end; at++) {
      const stream = at < tail.first ? -1 : tail.stream(at);
      if (stream >= 0 && this.#later(stream, tail.cursor(at))) this.#add(axis, at, (at - first) % step);
    }
    this.#next = end;
  }

  /**
   * later reports whether a line lies behind what the server counted.
   *
   * @param {number} stream
   * @param {string} cursor
   */
  #later(stream, cursor) {
    const name = this.#reading.streams[stream] ?? '';
    const to = positionOf(this.#whole.cursors[stream] ?? '');
    const at = positionOf(cursor);
    if (!to || !at) return true;
    if (to.generation === at.generation) return at.offset >= to.offset;
    const { extents } = this.#reading.span;
    const known = extents.place(name, cursor);
    const end = extents.place(name, this.#whole.cursors[stream] ?? '');
    return !known || (end !== null && known.number > end.number);
  }

  #count() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const axis = this.#axis;
    if (!axis) return;
    const { tail, live } = this.#reading;
    const end = Math.min(live.next, tail.end);
    // What was let go before anybody looked at it came all the same.
    const missed = Math.max(0, Math.min(tail.first, end) - this.#next);
    if (missed > 0 && !this.#filtered) this.#put(axis, NaN, { lines: missed, warn: 0, error: 0 });
    const first = this.#next + missed;
    const step = end - first > few ? nth : 1;
    for (let seq = first; seq < end; seq++) this.#add(axis, seq, (seq - first) % step);
    this.#since += Math.max(0, end - this.#next);
    this.#next = Math.max(this.#next, end);
    this.#say();
    if (tail.end > this.#next) this.came();
    // Of what began with nothing it is not known whether it carries times.
    const due = this.#whole.empty ? 0 : renewal;
    if (this.#since > 0 && Date.now() - this.#asked > due && this.#asking === undefined) this.#soon(soon.rotated);
  }

  /**
   * add counts a row that is held.
   *
   * @param {Axis} axis
   * @param {number} seq
   * @param {number} n 0 for a line that is asked when it was written; others came with it
   */
  #add(axis, seq, n) {
    const { tail } = this.#reading;
    if (tail.isDivider(seq) || tail.continues(seq) || !(tail.passed(seq) || this.#unfiltered)) return;
    const stream = tail.stream(seq);
    let newest = this.#newest.get(stream);
    if (!newest) this.#newest.set(stream, newest = { time: NaN, level: 0 });
    newest.level = tail.level(seq) || newest.level;
    if (this.#whole.by === 'time' && (n === 0 || Number.isNaN(newest.time))) {
      const { time } = stampOf(strip(tail.text(seq).slice(0, 300)), { offset: this.offset, now: Date.now() });
      if (!Number.isNaN(time)) newest.time = time;
    }
    const { level } = newest;
    this.#put(axis, newest.time, { lines: 1, warn: Number(level === WARN), error: Number(level >= ERROR) });
  }

  /**
   * @param {Axis} axis
   * @param {number} time NaN for the newest
   * @param {import('./axis.js').Bar} counts
   */
  #put(axis, time, counts) {
    const at = this.#whole.by === 'bytes' ? this.#total : Number.isNaN(time) ? axis.until - axis.width / 2 : time;
    if (!Number.isNaN(at)) axis.add(at, counts);
  }

  #say() {
    const { by, estimated, left } = this.#whole;
    const axis = this.#axis;
    // A moment is no strip, and neither is a single line.
    const lines = axis ? axis.bars.reduce((sum, bar) => sum + bar.lines, 0) : 0;
    const shown = axis && (lines > 1 || this.#filtered) && (by === 'bytes' || axis.until - axis.since >= 1000);
    this.#tell({
      is: 'activity', by, estimated, left, filter: !this.#filtered ? 'none' : this.#unfiltered ? 'unknown' : 'on',
      since: axis?.since ?? 0, width: axis?.width ?? 1, bars: shown ? axis.bars : [],
    });
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
