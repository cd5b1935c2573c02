// @ts-check
/**
 * The strip of activity: how many lines of all of history there were when, by how
 * serious they are. A click goes there, a drag with Shift chooses a range of time.
 */

import { brief } from '../text/clock.js';
import { find, make, write } from '../dom.js';
import { paint } from './strip_bars.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/protocol.js').Activity} Activity */

/**
 * Deeds are what the strip has the page do. Places are as Activity has them: Unix
 * ms, or bytes.
 *
 * @typedef {object} Deeds
 * @property {(at: number, activity: Activity) => void} go
 * @property {(since: number, until: number) => void} choose a range of time
 */

/** What keys move by, in bars. @type {Record<string, number>} */
const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
/** Labels of the axis are at least so far apart, in px. */
const apart = 150;
/** A drag goes somewhere at most so often, in ms. */
const beat = 80;

/** @type {Activity} */
const nothing = { is: 'activity', by: 'time', estimated: false, left: 0, filter: 'none', since: 0, width: 1, bars: [] };

export class Strip {
  #element = find('strip', HTMLElement);
  #canvas = find('strip-bars', HTMLCanvasElement);
  #axis = find('strip-axis', HTMLElement);
  #tip = find('strip-tip', HTMLOutputElement);
  #deeds;
  #activity = nothing;
  /** Where a button went down, as a bar, and what is done with it there. @type {{bar: number, how: 'go' | 'range'} | null} */
  #drag = null;
  /** When a drag last went somewhere, ms; and the timer of the next time. */
  #went = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** The place that the reader went to last, and that of the first line in view. */
  #chosen = Infinity;
  #here = NaN;
  /** @type {'local' | 'utc'} */
  zone = 'local';
  /** The range of time that is shown, Unix ms; NaN for no bound. */
  range = { since: NaN, until: NaN };

  /** @param {Deeds} deeds */
  constructor(deeds) {
    this.#deeds = deeds;
    const element = this.#element;
    new ResizeObserver(() => this.draw()).observe(element);
    element.addEventListener('keydown', (event) => {
      const by = steps[event.key];
      if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.#step(by);
    });
    element.addEventListener('focus', () => this.#stand(this.#chosen));
    element.addEventListener('blur', () => { this.#tip.hidden = true; });
    element.addEventListener('pointerdown', (event) => {
      this.#drag = { bar: this.#at(event), how: event.shiftKey && this.#activity.by === 'time' ? 'range' : 'go' };
      element.setPointerCapture(event.pointerId);
      this.#dragged(event);
    });
    element.addEventListener('pointerup', (event) => this.#dropped(event));
    element.addEventListener('pointercancel', () => { this.#drag = null; });
    element.addEventListener('pointermove', (event) => {
      this.#show(this.#at(event), event.clientX);
      this.#dragged(event);
    });
    element.addEventListener('pointerleave', () => { this.#tip.hidden = true; });
  }

  /** @param {string[]} streams that are watched: the strip has its place before it has bars, so that lines stay where they are */
  set streams(streams) {
    this.#element.hidden = streams.length === 0;
  }

  /** @param {Activity | null} activity */
  take(activity) {
    this.#activity = activity ?? nothing;
    const { bars } = this.#activity;
    this.#element.ariaValueMax = String(Math.max(1, bars.length));
    this.#value();
    this.draw();
  }

  /** @param {number} at the place of the first line in view; NaN where that is not known */
  stand(at) {
    if (Object.is(at, this.#here)) return;
    this.#here = at;
    this.draw();
  }

  draw() {
    const [width, height] = [this.#element.clientWidth - 24, this.#element.clientHeight - 8];
    if (width <= 0) return;
    paint(this.#canvas, width, height, this.#activity, { here: this.#here, range: this.#chosenRange() });
    this.#label(width);
  }

  /** The range that is shown, or the one that the reader drags. */
  #chosenRange() {
    if (this.#drag?.how !== 'range') return this.range;
    const [from, to] = [this.#drag.bar, this.#bar(this.#chosen)].sort((a, b) => a - b);
    return { since: this.#place(from ?? 0), until: this.#place((to ?? 0) + 1) };
  }

  /** @param {number} width */
  #label(width) {
    const { by, since, width: step, bars } = this.#activity;
    const span = step * bars.length;
    const count = bars.length === 0 ? 0 : Math.max(1, Math.floor(width / apart));
    const labels = Array.from({ length: count }, (_, i) => {
      const at = since + (span * i) / count;
      const text = by === 'time' ? brief(at, span, this.zone) : i === 0 ? words.strip.bytes : words.size(Math.round(at));
      const label = make('span', { text });
      label.style.left = `${(100 * i) / count}%`;
      return label;
    });
    this.#axis.replaceChildren(...labels);
  }

  /** @param {PointerEvent} event */
  #dragged(event) {
    if (!this.#drag) return;
    const at = this.#at(event);
    this.#chosen = this.#place(at);
    this.#value();
    if (this.#drag.how === 'range') {
      this.draw();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#went = performance.now();
      this.#deeds.go(this.#place(at), this.#activity);
    }, Math.max(0, beat - (performance.now() - this.#went)));
  }

  /** @param {PointerEvent} event */
  #dropped(event) {
    const drag = this.#drag;
    if (drag?.how === 'range') {
      this.#chosen = this.#place(this.#at(event));
      const { since, until } = this.#chosenRange();
      this.#drag = null;
      // Whole seconds are easier to read, where bars are not shorter.
      const whole = this.#activity.width < 1000 ? 1 : 1000;
      this.#deeds.choose(Math.floor(since / whole) * whole, Math.ceil(until / whole) * whole);
    }
    this.#drag = null;
  }

  /**
   * step goes to another bar that has lines.
   *
   * @param {number} by
   */
  #step(by) {
    const { bars } = this.#activity;
    const last = bars.length - 1;
    let at = Math.min(last, Math.max(0, this.#bar(this.#chosen) + by));
    const on = Math.abs(by) === Infinity ? -Math.sign(by) : Math.sign(by);
    while (bars[at]?.lines === 0) at += on;
    if (!bars[at]) return;
    this.#stand(this.#place(at));
    this.#deeds.go(this.#place(at), this.#activity);
  }

  /** @param {number} place that the reader is at */
  #stand(place) {
    this.#chosen = place;
    this.#value();
    const { left, width } = this.#canvas.getBoundingClientRect();
    const bar = this.#bar(place);
    this.#show(bar, left + ((bar + 0.5) * width) / Math.max(1, this.#activity.bars.length));
  }

  #value() {
    const at = this.#bar(this.#chosen);
    this.#element.ariaValueNow = String(Math.max(1, at + 1));
    this.#element.ariaValueText = this.#name(at);
  }

  /** @param {number} bar @returns {number} where it begins */
  #place(bar) {
    return this.#activity.since + bar * this.#activity.width;
  }

  /** @param {number} place @returns {number} the bar that it is in, the nearest */
  #bar(place) {
    const { since, width, bars } = this.#activity;
    // What is the beginning of a bar is in it, whatever the rounding.
    return Math.max(0, Math.min(bars.length - 1, Math.floor((place - since) / width + 1e-6)));
  }

  /** @param {number} bar */
  #name(bar) {
    const counts = this.#activity.bars[bar];
    return counts ? words.strip.bar(counts, this.#place(bar), this.#activity, this.zone) : '';
  }

  /**
   * @param {number} bar
   * @param {number} x where it is in the window, px
   */
  #show(bar, x) {
    const name = this.#name(bar);
    this.#tip.hidden = name === '';
    if (name === '') return;
    write(this.#tip, name);
    const { left, width } = this.#element.getBoundingClientRect();
    this.#tip.style.left = `${Math.min(width - 8 - this.#tip.offsetWidth, Math.max(8, x - left - this.#tip.offsetWidth / 2))}px`;
  }

  /** @param {PointerEvent} event @returns {number} the bar that is pointed at */
  #at(event) {
    const { left, width } = this.#canvas.getBoundingClientRect();
    const { bars } = this.#activity;
    return Math.max(0, Math.min(bars.length - 1, Math.floor(((event.clientX - left) / width) * bars.length)));
  }
}
