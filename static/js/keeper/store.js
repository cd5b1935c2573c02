// @ts-check
/**
 * The rows that this tab holds: lines and the dividers between them, in order
 * and numbered. The next row behind the newest gets the next number; what is
 * put before the oldest gets lower ones, below 0 too. The oldest lines are let
 * go beyond a bound.
 *
 * Lines are parts of the messages they came in and share their memory, so a
 * row costs its text and about 60 bytes.
 */

import { Block, CONTINUES, DIVIDER, PASSED, TRACE, WIDE, perRow, room } from './block.js';
import { MEMBER, step } from '../text/trace.js';
import { divide } from './cursor.js';

/**
 * Divider is what stands between lines: something happened here.
 *
 * @typedef {object} Divider
 * @property {'gap' | 'notice' | 'reconnected' | 'restarted' | 'generation' | 'start'} kind
 * @property {number} at Unix ms; 0 where that is not known
 * @property {number | null} [bytes] of a gap
 * @property {string} [reason]
 * @property {string} [event] of a notice
 * @property {string} [condition] of a notice
 * @property {number} [away] of a reconnection, ms
 * @property {number} [times] that there was one, with no line between
 * @property {boolean} [renewed] whether the server was started anew then
 * @property {string} [name] of the file that begins here
 * @property {string} [ended] name of the file that ended
 */

/**
 * Bound is how much is held.
 *
 * @typedef {object} Bound
 * @property {number} rows
 * @property {number} bytes of text, with perRow bytes for each row
 */

/**
 * Entry is a line with its cursor.
 *
 * @typedef {object} Entry
 * @property {string} text
 * @property {string} cursor
 */

const outsideLatin1 = /[^\x00-\xff]/;

export class Store {
  /** Number of the oldest row held. */
  first = 0;
  /** Number that the next row gets. */
  end = 0;
  /** Lines held now. */
  lines = 0;
  /** Lines that ever came behind the newest. */
  linesEver = 0;
  /** Lines held now that the reader's filters let pass (judge). */
  passing = 0;
  /** Memory that the rows held now take, about. */
  bytes = 0;

  /** In order, each with the numbers from its from on. @type {Block[]} */
  #blocks = [];
  /** The block that was asked last. @type {Block | null} */
  #last = null;
  /** @type {Map<number, Divider>} */
  #dividers = new Map();
  /** @type {Bound} */
  #bound;
  #held = false;
  /** How the newest line stands in a trace, as long as it is the newest. */
  #trace = { end: -1, state: 0 };

  /** @param {Bound} bound */
  constructor(bound) {
    this.#bound = bound;
  }

  /** How many of the lines that came were let go to stay within the bound. */
  dropped = 0;

  /** Whether more rows than the bound are held; only after hold. */
  get over() {
    return this.end - this.first > this.#bound.rows || this.bytes > this.#bound.bytes;
  }

  /** Whether twice the bound is held; only after hold. */
  get full() {
    return this.end - this.first > 2 * this.#bound.rows || this.bytes > 2 * this.#bound.bytes;
  }

  /**
   * append takes lines of one stream that follow one another.
   *
   * @param {number} stream a small number that stands for the stream
   * @param {string[]} lines
   * @param {{continues: boolean, base?: string, off?: number[]}} how base and off make the cursors
   */
  append(stream, lines, how) {
    const wide = lines.some((line) => outsideLatin1.test(line)) ? WIDE : 0;
    let { state, alone } = this.#before(stream);
    for (const [i, line] of lines.entries()) {
      const piece = i === 0 && how.continues;
      state = piece ? 0 : step(line, state, lines[i + 1]);
      const traced = !(i === 0 && alone) && state & MEMBER;
      const flags = (piece ? CONTINUES : 0) | wide | (traced ? TRACE : 0);
      this.#push(line, stream, flags, how.base ?? '', how.off?.[i] ?? 0);
    }
    this.#trace = { end: this.end, state };
    this.linesEver += lines.length;
    this.#trim();
  }

  /**
   * prepend puts lines before the oldest.
   *
   * @param {number} stream
   * @param {Entry[]} entries in order
   */
  prepend(stream, entries) {
    const wide = entries.some(({ text }) => outsideLatin1.test(text)) ? WIDE : 0;
    let state = 0;
    const traced = entries.map(({ text }, i) => (state = step(text, state, entries[i + 1]?.text)) & MEMBER);
    for (let end = entries.length; end > 0; end = Math.max(0, end - room)) {
      const start = Math.max(0, end - room);
      const block = new Block(this.first - (end - start));
      for (const [i, { text, cursor }] of entries.slice(start, end).entries()) {
        const { base, off } = divide(cursor);
        this.bytes += block.push(text, stream, wide | (traced[start + i] ? TRACE : 0), base, off);
      }
      this.#blocks.unshift(block);
      this.first = block.from;
      this.lines += block.length;
    }
  }

  /**
   * prependDivider puts a divider before the oldest row.
   *
   * @param {number} stream
   * @param {Divider} divider
   */
  prependDivider(stream, divider) {
    const block = new Block(this.first - 1);
    this.bytes += block.push('', stream, DIVIDER, '', 0);
    this.#blocks.unshift(block);
    this.first = block.from;
    this.#dividers.set(block.from, divider);
  }

  /**
   * divide takes a divider.
   *
   * @param {number} stream
   * @param {Divider} divider
   */
  divide(stream, divider) {
    this.#dividers.set(this.end, divider);
    this.#push('', stream, DIVIDER, '', 0);
    this.#trim();
  }

  /** hold lets nothing go until release: for a reader who paused. */
  hold() {
    this.#held = true;
  }

  /** release goes back to the bound. */
  release() {
    this.#held = false;
    this.#trim();
  }

  /** clear lets everything go; numbering goes on. */
  clear() {
    this.#blocks = [];
    this.#last = null;
    this.#dividers.clear();
    this.first = this.end;
    this.lines = this.linesEver = this.passing = this.bytes = this.dropped = 0;
  }

  /**
   * copy returns a store with the rows from one number to before another, under
   * the same numbers.
   *
   * @param {number} from
   * @param {number} to
   * @param {Bound} bound
   */
  copy(from, to, bound) {
    const other = new Store(bound);
    other.first = other.end = from;
    for (let seq = from; seq < to; seq++) {
      const divider = this.divider(seq);
      if (divider) other.#dividers.set(seq, divider);
      const block = this.#block(seq);
      const i = seq - block.from;
      other.#push(block.text(i), block.stream(i), block.flags(i) & ~PASSED, block.base(i), block.off(i));
    }
    return other;
  }

  /**
   * forget lets the newest rows go, from a number on: for a store that stands
   * somewhere in history.
   *
   * @param {number} from
   */
  forget(from) {
    while (this.end > from && this.end > this.first) {
      const block = /** @type {Block} */ (this.#blocks.at(-1));
      const keep = Math.max(0, from - block.from);
      for (let i = block.length - 1; i >= keep; i--) this.#uncount(block, i, block.from + i);
      block.truncate(keep);
      this.end = block.from + keep;
      if (keep === 0) this.#blocks.pop();
    }
    this.#last = null;
  }

  /**
   * letGo lets the oldest rows go up to before a number.
   *
   * @param {number} to
   */
  letGo(to) {
    while (this.first < to && this.first < this.end) this.#shift();
  }

  /** @param {number} seq of a row that is held */
  text(seq) {
    const block = this.#block(seq);
    return block.text(seq - block.from);
  }

  /** @param {number} seq */
  stream(seq) {
    const block = this.#block(seq);
    return block.stream(seq - block.from);
  }

  /**
   * cursor returns where a line is in its stream, or '' where that is not known.
   *
   * @param {number} seq
   */
  cursor(seq) {
    const block = this.#block(seq);
    const base = block.base(seq - block.from);
    return base && `${base}.${block.off(seq - block.from)}`;
  }

  /**
   * continues reports whether a row goes on with the piece of a line before it.
   *
   * @param {number} seq
   */
  continues(seq) {
    return (this.#flags(seq) & CONTINUES) !== 0;
  }

  /**
   * isTrace reports whether a line belongs to the one before it, as those of a
   * stack trace do.
   *
   * @param {number} seq
   */
  isTrace(seq) {
    return (this.#flags(seq) & TRACE) !== 0;
  }

  /** @param {number} seq */
  isDivider(seq) {
    return (this.#flags(seq) & DIVIDER) !== 0;
  }

  /** @param {number} seq */
  passed(seq) {
    return (this.#flags(seq) & PASSED) !== 0;
  }

  /**
   * level returns how serious a line was found to be.
   *
   * @param {number} seq
   */
  level(seq) {
    const block = this.#block(seq);
    return block.level(seq - block.from);
  }

  /**
   * judge keeps what was found out about a row.
   *
   * @param {number} seq
   * @param {number} level
   * @param {'pass' | 'hide'} verdict
   */
  judge(seq, level, verdict) {
    const block = this.#block(seq);
    const i = seq - block.from;
    const before = block.flags(i);
    if (!(before & DIVIDER)) this.passing += Number(verdict === 'pass') - Number((before & PASSED) !== 0);
    block.judge(i, level, verdict === 'pass' ? before | PASSED : before & ~PASSED);
  }

  /**
   * divider returns what happened at a row, or null where it is a line.
   *
   * @param {number} seq
   */
  divider(seq) {
    return this.#dividers.get(seq) ?? null;
  }

  /**
   * before returns how the newest row stands in a trace (text/trace.js), for one of a
   * stream behind it. It is alone where another stream or a divider is before it.
   *
   * @param {number} stream
   */
  #before(stream) {
    if (this.end === this.first) return { state: 0, alone: false };
    const last = this.end - 1;
    if (this.stream(last) !== stream || this.isDivider(last)) return { state: 0, alone: true };
    return { state: this.#trace.end === this.end ? this.#trace.state : this.isTrace(last) ? MEMBER : 0, alone: false };
  }

  /** @param {number} seq */
  #flags(seq) {
    const block = this.#block(seq);
    return block.flags(seq - block.from);
  }

  /** @param {number} seq */
  #block(seq) {
    if (this.#last?.holds(seq)) return this.#last;
    if (seq < this.first || seq >= this.end) throw new RangeError(`row ${seq} is not held: ${this.first} to ${this.end} are`);
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#blocks[middle]?.from ?? 0) <= seq) low = middle;
      else high = middle - 1;
    }
    this.#last = /** @type {Block} */ (this.#blocks[low]);
    return this.#last;
  }

  /**
   * @param {string} text
   * @param {number} stream
   * @param {number} flags
   * @param {string} base
   * @param {number} off
   */
  #push(text, stream, flags, base, off) {
    let block = this.#blocks.at(-1);
    if (!block || block.full) this.#blocks.push((block = new Block(this.end)));
    this.bytes += block.push(text, stream, flags, base, off);
    if (!(flags & DIVIDER)) this.lines++;
    this.end++;
  }

  #trim() {
    if (this.#held) return;
    while (this.over && this.first < this.end) this.#shift();
  }

  /** shift lets the oldest row go. */
  #shift() {
    const block = /** @type {Block} */ (this.#blocks[0]);
    const i = this.first - block.from;
    if (!(block.flags(i) & DIVIDER)) this.dropped++;
    this.#uncount(block, i, this.first);
    block.empty(i);
    this.first++;
    if (i + 1 === block.length) {
      this.#blocks.shift();
      if (this.#last === block) this.#last = null;
    }
  }

  /**
   * @param {Block} block
   * @param {number} i
   * @param {number} seq
   */
  #uncount(block, i, seq) {
    const flags = block.flags(i);
    this.bytes -= block.cost(i);
    if (flags & DIVIDER) {
      this.#dividers.delete(seq);
      return;
    }
    this.lines--;
    if (flags & PASSED) this.passing--;
  }
}

export { perRow };
