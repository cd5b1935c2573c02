// @ts-check
/** The strip of activity: lines over time by how serious they are. A click goes there. */

import { brief, full } from '../text/clock.js';
import { find, make, write } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/protocol.js').Bucket} Bucket */

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
  /** @type {'local' | 'utc'} */
  zone = 'local';

  /** @param {(number: number) => void} go a row of the map's frame */
  constructor(go) {
    new ResizeObserver(() => this.draw()).observe(this.#element);
    const choose = (/** @type {PointerEvent} */ event) => {
      const bucket = this.#at(event);
      if (bucket && bucket.number !== null) go(bucket.number);
    };
    this.#element.addEventListener('pointerdown', (event) => {
      this.#dragging = true;
      this.#element.setPointerCapture(event.pointerId);
      choose(event);
    });
    this.#element.addEventListener('pointerup', () => { this.#dragging = false; });
    this.#element.addEventListener('pointermove', (event) => {
      this.#point(event);
      if (this.#dragging) choose(event);
    });
    this.#element.addEventListener('pointerleave', () => { this.#tip.hidden = true; });
  }

  /** @param {Bucket[]} buckets */
  take(buckets) {
    this.#buckets = buckets;
    this.#element.hidden = buckets.length === 0;
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

  /** @param {PointerEvent} event */
  #point(event) {
    const bucket = this.#at(event);
    this.#tip.hidden = !bucket;
    if (!bucket) return;
    write(this.#tip, words.bucket(bucket, full(bucket.time, this.zone).slice(0, 19)));
    const { left, width } = this.#element.getBoundingClientRect();
    this.#tip.style.left = `${Math.min(width - 240, Math.max(8, event.clientX - left - 110))}px`;
  }

  /** @param {PointerEvent} event */
  #at(event) {
    const { left, width } = this.#canvas.getBoundingClientRect();
    return this.#buckets[Math.floor(((event.clientX - left) / width) * this.#buckets.length)];
  }
}
