// @ts-check
/** The strip of activity: lines over time by how serious they are. A click goes there. */

import { brief, full } from '../text/clock.js';
import { find, make, write } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/protocol.js').Bucket} Bucket */

/** What keys move by, in bars. @type {Record<string, number>} */
const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
/** Labels of the axis are at least so far apart, in px. */
const apart = 150;

export class Strip {
  #element = find('strip', HTMLElement);
  #canvas = find('strip-bars', HTMLCanvasElement);
  #axis = find('strip-axis', HTMLElement);
  #tip = find('strip-tip', HTMLOutputElement);
  /** @type {Bucket[]} */
  #buckets = [];
  #dragging = false;
  /** The bar that the reader went to last. */
  #chosen = Infinity;
  /** @type {'local' | 'utc'} */
  zone = 'local';

  /** @param {(number: number) => void} go a row of the map's frame */
  constructor(go) {
    new ResizeObserver(() => this.draw()).observe(this.#element);
    const choose = (/** @type {PointerEvent} */ event) => {
      const bucket = this.#at(event);
      if (bucket) this.#stand(this.#buckets.indexOf(bucket));
      if (bucket && bucket.number !== null) go(bucket.number);
    };
    this.#element.addEventListener('keydown', (event) => {
      const by = steps[event.key];
      if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.#step(by, go);
    });
    this.#element.addEventListener('focus', () => this.#stand(this.#chosen));
    this.#element.addEventListener('blur', () => { this.#tip.hidden = true; });
    this.#element.addEventListener('pointerdown', (event) => {
      this.#dragging = true;
      this.#element.setPointerCapture(event.pointerId);
      choose(event);
    });
    this.#element.addEventListener('pointerup', () => { this.#dragging = false; });
    this.#element.addEventListener('pointermove', (event) => {
      this.#show(this.#at(event), event.clientX);
      if (this.#dragging) choose(event);
    });
    this.#element.addEventListener('pointerleave', () => { this.#tip.hidden = true; });
  }

  /** @param {Bucket[]} buckets */
  take(buckets) {
    this.#buckets = buckets;
    this.#element.hidden = buckets.length === 0;
    this.#element.ariaValueMax = String(Math.max(1, buckets.length));
    this.#value();
    this.draw();
  }

  draw() {
    const canvas = this.#canvas;
    const ratio = devicePixelRatio;
    const [width, height] = [this.#element.clientWidth - 24, this.#element.clientHeight - 8];
    if (width <= 0 || this.#buckets.length === 0) return;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext('2d');
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(canvas);
    const colours = ['--bar', '--warn', '--error'].map((name) => style.getPropertyValue(name));
    const most = Math.max(1, ...this.#buckets.map(({ lines }) => lines));
    const step = width / this.#buckets.length;
    // Few lines beside many are still seen.
    const tall = (/** @type {number} */ n) => (n === 0 ? 0 : Math.max(1.5, Math.sqrt(n / most) * (height - 13)));
    for (const [i, bucket] of this.#buckets.entries()) {
      const all = tall(bucket.lines);
      const error = bucket.error === 0 ? 0 : Math.max(2, (all * bucket.error) / bucket.lines);
      const warn = bucket.warn === 0 ? 0 : Math.max(2, (all * bucket.warn) / bucket.lines);
      const x = i * step;
      const w = Math.max(1, step - 1);
      let y = height;
      for (const [n, part] of [Math.max(0, all - error - warn), warn, error].entries()) {
        pen.fillStyle = colours[n] ?? '';
        pen.fillRect(x, y - part, w, part);
        y -= part;
      }
    }
    this.#label(width);
  }

  /** @param {number} width */
  #label(width) {
    const [first, last] = [this.#buckets[0], this.#buckets.at(-1)];
    if (!first || !last) return;
    const span = last.time - first.time;
    const count = Math.max(1, Math.floor(width / apart));
    const labels = Array.from({ length: count }, (_, i) => {
      const label = make('span', { text: brief(first.time + (span * i) / count, span, this.zone) });
      label.style.left = `${(100 * i) / count}%`;
      return label;
    });
    this.#axis.replaceChildren(...labels);
  }

  /**
   * step goes to another bar that has lines.
   *
   * @param {number} by
   * @param {(number: number) => void} go
   */
  #step(by, go) {
    const last = this.#buckets.length - 1;
    const from = Math.min(last, this.#chosen);
    let at = Math.min(last, Math.max(0, from + by));
    const on = Math.abs(by) === Infinity ? -Math.sign(by) : Math.sign(by);
    while (this.#buckets[at]?.number === null) at += on;
    const number = this.#buckets[at]?.number;
    if (number === undefined || number === null) return;
    this.#stand(at);
    go(number);
  }

  /** @param {number} at the bar that the reader is at */
  #stand(at) {
    this.#chosen = at;
    this.#value();
    const { left, width } = this.#canvas.getBoundingClientRect();
    const bar = Math.min(this.#buckets.length - 1, at);
    this.#show(this.#buckets[bar], left + ((bar + 0.5) * width) / Math.max(1, this.#buckets.length));
  }

  #value() {
    const at = Math.min(this.#buckets.length - 1, this.#chosen);
    const bucket = this.#buckets[at];
    this.#element.ariaValueNow = String(Math.max(1, at + 1));
    this.#element.ariaValueText = bucket ? this.#name(bucket) : '';
  }

  /** @param {Bucket} bucket */
  #name(bucket) {
    return words.bucket(bucket, full(bucket.time, this.zone).slice(0, 19));
  }

  /**
   * @param {Bucket | undefined} bucket
   * @param {number} x where its bar is in the window, px
   */
  #show(bucket, x) {
    this.#tip.hidden = !bucket;
    if (!bucket) return;
    write(this.#tip, this.#name(bucket));
    const { left, width } = this.#element.getBoundingClientRect();
    this.#tip.style.left = `${Math.min(width - 8 - this.#tip.offsetWidth, Math.max(8, x - left - this.#tip.offsetWidth / 2))}px`;
  }

  /** @param {PointerEvent} event */
  #at(event) {
    const { left, width } = this.#canvas.getBoundingClientRect();
    return this.#buckets[Math.floor(((event.clientX - left) / width) * this.#buckets.length)];
  }
}
