// @ts-check
/**
 * An axis of equal stretches, of time or of bytes, with what was counted in each.
 * It grows at its end: where it would have too many stretches, two become one.
 */

/** How many stretches there are at first; there may be twice as many. */
export const bars = 120;

/**
 * Bar counts the lines of a stretch: all of them, and those of warnings and of
 * errors.
 *
 * @typedef {{lines: number, warn: number, error: number}} Bar
 */

export class Axis {
  /** Where the first stretch begins. */
  since;
  /** How long each is. */
  width;
  /** @type {Bar[]} */
  bars;

  /**
   * @param {number} since
   * @param {number} width above 0
   * @param {Bar[]} list
   */
  constructor(since, width, list = Array.from({ length: bars }, none)) {
    this.since = since;
    this.width = width;
    this.bars = list;
  }

  /** Where the last stretch ends. */
  get until() {
    return this.since + this.width * this.bars.length;
  }

  /**
   * add counts lines at a place. What lies before the axis counts in its first
   * stretch.
   *
   * @param {number} at
   * @param {Bar} counts
   */
  add(at, counts) {
    sum(this.#reach(at), counts, 1);
  }

  /**
   * pour takes what was counted on another axis, spread evenly over each of its
   * stretches.
   *
   * @param {Axis} other
   */
  pour(other) {
    for (const [i, counts] of other.bars.entries()) {
      if (counts.lines === 0) continue;
      const from = other.since + i * other.width;
      const to = from + other.width;
      this.#reach(to - other.width / 1e6);
      const first = this.#at(from);
      const last = this.#at(to - other.width / 1e6);
      // Parts are whole numbers of lines, and together what there was.
      let before = none();
      for (let n = first; n <= last; n++) {
        const end = n === last ? to : this.since + (n + 1) * this.width;
        const until = round(counts, n === last ? 1 : (end - from) / other.width);
        const bar = this.bars[n];
        if (bar) sum(bar, until, 1);
        if (bar) sum(bar, before, -1);
        before = until;
      }
    }
  }

  /** @param {number} at */
  #at(at) {
    return Math.max(0, Math.floor((at - this.since) / this.width));
  }

  /** @param {number} at a place that the axis is to span @returns {Bar} */
  #reach(at) {
    if (this.bars.length === 0) this.since = at;
    while (this.#at(at) >= 2 * bars) this.#halve();
    const index = this.#at(at);
    while (this.bars.length <= index) this.bars.push(none());
    return /** @type {Bar} */ (this.bars[index]);
  }

  #halve() {
    const list = this.bars;
    this.bars = list.filter((_, i) => i % 2 === 0);
    for (const [i, bar] of this.bars.entries()) {
      const next = list[2 * i + 1];
      if (next) sum(bar, next, 1);
    }
    this.width *= 2;
  }
}

/**
 * @param {Bar} bar
 * @param {number} share
 * @returns {Bar}
 */
function round({ lines, warn, error }, share) {
  return { lines: Math.round(lines * share), warn: Math.round(warn * share), error: Math.round(error * share) };
}

/** @returns {Bar} */
function none() {
  return { lines: 0, warn: 0, error: 0 };
}

/**
 * @param {Bar} bar
 * @param {Bar} more
 * @param {1 | -1} by
 */
function sum(bar, more, by) {
  bar.lines += by * more.lines;
  bar.warn += by * more.warn;
  bar.error += by * more.error;
}
