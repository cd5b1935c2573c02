// @ts-check
/** Rate counts what came lately: lines a second over the last two seconds. */

const step = 250;
const steps = 8;

export class Rate {
  #counts = new Array(steps).fill(0);
  /** The step that is being counted, in units of step since 1970. */
  #now = 0;

  /**
   * @param {number} lines
   * @param {number} now Unix ms
   */
  add(lines, now) {
    this.#turn(now);
    this.#counts[this.#now % steps] += lines;
  }

  /**
   * of returns lines a second.
   *
   * @param {number} now Unix ms
   */
  of(now) {
    this.#turn(now);
    const sum = this.#counts.reduce((a, b) => a + b, 0);
    return sum / ((step * (steps - 1) + (now % step)) / 1000);
  }

  clear() {
    this.#counts.fill(0);
  }

  /** @param {number} now */
  #turn(now) {
    const turn = Math.floor(now / step);
    const from = Math.max(this.#now + 1, turn - steps + 1);
    for (let i = from; i <= turn; i++) this.#counts[i % steps] = 0;
    this.#now = turn;
  }
}
