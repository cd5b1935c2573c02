// @ts-check
/**
 * The rows that this tab holds: lines and the dividers between them, in the
 * order of arrival, numbered from 0 for ever. The oldest lines are let go
 * beyond a bound, and counted.
 *
 * Lines are parts of the messages they came in and share their memory, so a
 * row costs its text and about 40 bytes.
 */

/**
 * Divider is what stands between lines: something happened here.
 *
 * @typedef {object} Divider
 * @property {'gap' | 'notice' | 'reconnected' | 'restarted'} kind
 * @property {number} at Unix ms
 * @property {number | null} [bytes] of a gap
 * @property {string} [reason]
 * @property {string} [event] of a notice
 * @property {string} [condition] of a notice
 * @property {number} [away] of a reconnection, ms
 */

/**
 * Bound is how much is held.
 *
 * @typedef {object} Bound
 * @property {number} rows
 * @property {number} bytes of text, with 40 bytes for each row
 */

/** Rows a segment; a segment is let go whole. */
const size = 1024;
const perRow = 40;

const CONTINUES = 1;
const WIDE = 2;
const DIVIDER = 4;

class Segment {
  /** @type {string[]} */
  texts = [];
  streams = new Uint16Array(size);
  flags = new Uint8Array(size);
}

const outsideLatin1 = /[^\x00-\xff]/;

export class Store {
  /** Sequence number of the oldest row held. */
  first = 0;
  /** Sequence number that the next row gets. */
  end = 0;
  /** Lines held now. */
  lines = 0;
  /** Lines that ever came. */
  linesEver = 0;
  /** Memory that the rows held now take, about. */
  bytes = 0;

  /** @type {Segment[]} */
  #segments = [];
  /** Sequence number of the first row of the first segment. */
  #base = 0;
  /** @type {Map<number, Divider>} */
  #dividers = new Map();
  /** @type {Bound} */
  #bound;
  #held = false;

  /** @param {Bound} bound */
  constructor(bound) {
    this.#bound = bound;
  }

  /** How many lines were let go to stay within the bound. */
  get dropped() {
    return this.linesEver - this.lines;
  }

  /** Whether more rows than the bound are held; only after hold. */
  get over() {
    return this.end - this.first > this.#bound.rows || this.bytes > this.#bound.bytes;
  }

  /** Whether twice the bound is held; only after hold. */
  get full() {
    return this.end - this.first > 2 * this.#bound.rows || this.bytes > 2 * this.#bound.bytes;
  }

  /**
   * append takes lines of one stream.
   *
   * @param {number} stream a small number that stands for the stream
   * @param {string[]} lines
   * @param {{continues: boolean}} how
   */
  append(stream, lines, how) {
    let wide = false;
    for (const line of lines) {
      if (outsideLatin1.test(line)) {
        wide = true;
        break;
      }
    }
    for (const [i, line] of lines.entries()) {
      const flags = (i === 0 && how.continues ? CONTINUES : 0) | (wide ? WIDE : 0);
      this.#push(line, stream, flags);
      this.bytes += cost(line, flags);
    }
    this.lines += lines.length;
    this.linesEver += lines.length;
    this.#trim();
  }

  /**
   * divide takes a divider.
   *
   * @param {number} stream
   * @param {Divider} divider
   */
  divide(stream, divider) {
    this.#dividers.set(this.end, divider);
    this.#push('', stream, DIVIDER);
    this.bytes += perRow;
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
    this.#segments = [];
    this.#dividers.clear();
    this.first = this.#base = this.end;
    this.lines = this.linesEver = this.bytes = 0;
  }

  /** @param {number} seq of a row that is held */
  text(seq) {
    return this.#segment(seq).texts[(seq - this.#base) % size] ?? '';
  }

  /** @param {number} seq */
  stream(seq) {
    return this.#segment(seq).streams[(seq - this.#base) % size] ?? 0;
  }

  /**
   * continues reports whether a row goes on with the line before it.
   *
   * @param {number} seq
   */
  continues(seq) {
    return (this.#flags(seq) & CONTINUES) !== 0;
  }

  /** @param {number} seq */
  isDivider(seq) {
    return (this.#flags(seq) & DIVIDER) !== 0;
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
   * dividers counts the dividers from one row to another, both included.
   *
   * @param {number} from
   * @param {number} to
   */
  dividers(from, to) {
    let count = 0;
    for (const seq of this.#dividers.keys()) if (seq >= from && seq <= to) count++;
    return count;
  }

  /** @param {number} seq */
  #flags(seq) {
    return this.#segment(seq).flags[(seq - this.#base) % size] ?? 0;
  }

  /** @param {number} seq */
  #segment(seq) {
    const segment = this.#segments[Math.floor((seq - this.#base) / size)];
    if (!segment || seq < this.first || seq >= this.end) throw new RangeError(`row ${seq} is not held: ${this.first} to ${this.end} are`);
    return segment;
  }

  /**
   * @param {string} text
   * @param {number} stream
   * @param {number} flags
   */
  #push(text, stream, flags) {
    const at = (this.end - this.#base) % size;
    if (at === 0) this.#segments.push(new Segment());
    const segment = /** @type {Segment} */ (this.#segments.at(-1));
    segment.texts[at] = text;
    segment.streams[at] = stream;
    segment.flags[at] = flags;
    this.end++;
  }

  #trim() {
    while (!this.#held && this.over && this.first < this.end) {
      const flags = this.#flags(this.first);
      this.bytes -= cost(this.text(this.first), flags);
      if (flags & DIVIDER) this.#dividers.delete(this.first);
      else this.lines--;
      this.#segment(this.first).texts[(this.first - this.#base) % size] = '';
      this.first++;
      if (this.first - this.#base === size) {
        this.#segments.shift();
        this.#base = this.first;
      }
    }
  }
}

/**
 * @param {string} text
 * @param {number} flags
 */
function cost(text, flags) {
  return text.length * (flags & WIDE ? 2 : 1) + perRow;
}
