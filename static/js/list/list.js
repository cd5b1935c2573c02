// @ts-check
/**
 * The list of lines. It draws the rows in view from what the keeper sends,
 * stands at an anchor (anchor.js) or follows the newest line, and does not
 * more work in a frame than the view is high.
 */

import { barOf, extent, fromBar, lowest, settle } from './anchor.js';
import { Sheet, rowHeight } from './sheet.js';
import { Selected } from './selected.js';
import { shortName } from '../words.js';

/** @typedef {import('../keeper/protocol.js').Frame} Frame */
/** @typedef {import('../keeper/protocol.js').Row} Row */
/** @typedef {import('../keeper/protocol.js').Wish} Wish */
/** @typedef {import('../keeper/protocol.js').Window} Window */

/**
 * Parts are the elements of the list: the scroller has the bar; the view stays
 * in place inside it and shows the sheet; the spacer is as tall as all rows.
 *
 * @typedef {object} Parts
 * @property {HTMLElement} scroller
 * @property {HTMLElement} spacer
 * @property {HTMLElement} view
 * @property {HTMLElement} sheet
 */

/** A scroll bar that did not move for so long may be corrected, in ms. */
const rest = 150;
/** Room beside the text of a line, in px. */
const margin = 60;
/** Columns that the name of a stream takes at most. */
const sourceMost = 28;

export class List {
  /** Whether the list shows the newest line. */
  following = true;
  /** @type {Frame | null} */
  frame = null;
  selected;

  #parts;
  #sheet;
  /** @type {string[]} */
  #streams = [];
  /** Columns before a line for the name of its stream. */
  #source = 0;
  #send;
  #changed;
  /** @type {import('./anchor.js').Anchor} */
  #anchor = { row: 0, px: 0 };
  /** The row of the store behind which lines are unseen, or -1. */
  #since = -1;
  /** Rows that came, by number. @type {Map<number, Row>} */
  #rows = new Map();
  #height = 0;
  #top = 0;
  #left = 0;
  /** Height of the spacer. */
  #tall = 0;
  #column = 7.5;
  /** When the reader last moved the bar, ms. */
  #moved = 0;
  /** Whether a button or finger is down on the list: 'bar', 'text' or ''. */
  #pressed = '';
  #willFollow = false;
  #scheduled = false;
  #owed = false;
  /** @type {Window} */
  #window = { follow: true, count: 0, from: 0, generation: -1, since: -1 };

  /**
   * @param {Parts} parts
   * @param {(wish: Wish) => void} send to the keeper
   * @param {() => void} changed called when following begins or ends
   */
  constructor(parts, send, changed) {
    this.#parts = parts;
    this.#send = send;
    this.#changed = changed;
    this.#sheet = new Sheet(parts.sheet);
    this.selected = new Selected(this, this.#sheet, parts.sheet, send);
    parts.scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    parts.scroller.addEventListener('wheel', (event) => this.#wheeled(event), { passive: true });
    parts.scroller.addEventListener('pointerdown', (event) => this.#press(event));
    for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => this.#release());
    new ResizeObserver(() => this.#resized()).observe(parts.scroller);
  }

  /**
   * take gets the keeper's newest frame.
   *
   * @param {Frame} frame
   */
  take(frame) {
    const before = this.frame;
    this.frame = frame;
    this.#owed = true;
    if (before?.generation !== frame.generation || before.watch !== frame.watch) {
      this.#rows.clear();
      this.#sheet.reset();
      if (before?.watch !== frame.watch) this.selected.clear();
      if (frame.kept >= 0) this.#anchor = { row: frame.kept, px: 0 };
    }
    for (const [i, row] of frame.rows.entries()) this.#rows.set(frame.from + i, row);
    this.draw();
  }

  /** draw has the list drawn in the next animation frame. */
  draw() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  }

  /** follow goes to the newest line and stays there. */
  follow() {
    this.#willFollow = false;
    if (this.following) return;
    this.following = true;
    this.#since = -1;
    this.#changed();
    this.draw();
  }

  /** leave stays at the lines in view. */
  leave() {
    this.#willFollow = false;
    if (!this.following || !this.frame) return;
    this.#stand();
    this.#changed();
    this.draw();
  }

  /** @param {number} rows to move by; down is positive */
  move(rows) {
    this.#go({ row: this.#here().row, px: this.#here().px + rows * rowHeight }, rows > 0);
  }

  /** @param {number} pages to move by */
  page(pages) {
    const px = Math.max(rowHeight, this.#height - 2 * rowHeight);
    this.#go({ row: this.#here().row, px: this.#here().px + pages * px }, pages > 0);
  }

  /** top goes to the oldest line that is held. */
  top() {
    this.#go({ row: this.frame?.first ?? 0, px: 0 }, false);
  }

  /** @param {boolean} on whether long lines go on in the next row */
  set wrap(on) {
    const here = this.#here();
    this.#sheet.wrap = on;
    this.#sheet.remeasure();
    this.#parts.view.classList.toggle('wrap', on);
    if (!this.following) this.#anchor = { row: here.row, px: 0 };
    this.draw();
  }

  /** @param {string[]} names of the streams that are watched; lines bear them where there are several */
  set streams(names) {
    this.#streams = names;
    const longest = Math.max(0, ...names.map((name) => shortName(name, names).length));
    this.#source = names.length > 1 ? Math.min(longest, sourceMost) : 0;
    this.#parts.sheet.style.setProperty('--source', `${this.#source}ch`);
  }

  /** The store's row of the first line in view, or -1. */
  get keep() {
    return this.#rows.get(this.#here().row)?.seq ?? -1;
  }

  /** All rows there are, as anchor.js wants them. */
  get #all() {
    const { first = 0, end = 0 } = this.frame ?? {};
    return { first, end, height: (/** @type {number} */ n) => this.#sheet.height(n), typical: this.#sheet.typical };
  }

  /** Whether the oldest row is in view. */
  get atTop() {
    return this.#here().row <= (this.frame?.first ?? 0);
  }

  #here() {
    return this.following ? lowest(this.#all, this.#height) : this.#anchor;
  }

  #stand() {
    this.#anchor = lowest(this.#all, this.#height);
    this.following = false;
    this.#since = this.frame?.newest ?? -1;
  }

  /**
   * @param {import('./anchor.js').Anchor} anchor
   * @param {boolean} down
   */
  #go(anchor, down) {
    if (!this.frame || (this.following && down)) return;
    const settled = settle(anchor, this.#all, this.#height);
    if (this.following && settled.bottom) return;
    if (this.following) this.leave();
    this.#anchor = settled.anchor;
    this.#moved = 0;
    if (settled.bottom && down && !this.frame.paused) this.follow();
    this.draw();
  }

  #scrolled() {
    const { scrollTop, scrollLeft, scrollHeight, clientHeight } = this.#parts.scroller;
    if (scrollLeft !== this.#left) {
      this.#left = scrollLeft;
      this.draw();
    }
    const by = scrollTop - this.#top;
    if (Math.abs(by) < 0.5 || !this.frame) return;
    this.#top = scrollTop;
    // While following, the browser itself moves the bar when the view gets higher.
    if (this.following && (by > 0 || scrollTop >= scrollHeight - clientHeight - 1)) return;
    this.#moved = performance.now();
    if (this.following) this.leave();
    this.#willFollow = false;
    const jump = this.#pressed === 'bar' || Math.abs(by) > 3 * this.#height;
    const target = jump
      ? fromBar(scrollTop, this.#all, this.#height)
      : { row: this.#anchor.row, px: this.#anchor.px + by };
    const { anchor, bottom } = settle(target, this.#all, this.#height);
    this.#anchor = anchor;
    if (bottom && by > 0 && !this.frame.paused) this.follow();
    this.draw();
  }

  /** @param {WheelEvent} event */
  #wheeled(event) {
    if (event.deltaY < 0 && !event.ctrlKey && this.#parts.scroller.scrollTop > 0) this.leave();
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const { scroller } = this.#parts;
    const onBar = event.target === scroller && event.offsetX >= scroller.clientWidth;
    this.#pressed = onBar ? 'bar' : 'text';
    if (!onBar) this.selected.begin();
    if (onBar || !this.following || event.button !== 0) return;
    // The text must not run away under the pointer while it is being selected.
    this.#stand();
    this.#willFollow = true;
    this.draw();
  }

  #release() {
    if (this.#pressed === 'text') this.selected.end();
    this.#pressed = '';
    if (!this.#willFollow) return;
    if (this.selected.empty) this.follow();
    else {
      this.#willFollow = false;
      this.#changed();
    }
  }

  #resized() {
    const { scroller, view } = this.#parts;
    this.#height = scroller.clientHeight;
    setProperty(view, 'height', `${scroller.clientHeight}px`);
    setProperty(view, 'width', `${scroller.clientWidth}px`);
    this.#top = scroller.scrollTop;
    this.#sheet.remeasure();
    this.draw();
  }

  #draw() {
    const { frame } = this;
    if (!frame) return;
    const { view, sheet } = this.#parts;
    const room = Math.ceil(this.#height / rowHeight) + 2;
    let from;
    let to = frame.end;
    if (this.following) {
      from = Math.max(frame.first, frame.end - room);
    } else {
      this.#anchor = settle(this.#anchor, this.#all, this.#height).anchor;
      from = Math.max(frame.first, this.#anchor.row - (this.#sheet.wrap ? room : 0));
      to = Math.min(frame.end, this.#anchor.row + room);
    }
    view.classList.toggle('following', this.following);
    this.#sheet.mount(from, to, (number) => this.#rows.get(number), this.selected.pinned, this.#streams);
    this.#space();
    const above = this.following ? 0 : this.#sheet.tall(from, this.#anchor.row) + this.#anchor.px;
    sheet.style.transform = `translate(${-this.#left}px, ${-above}px)`;
    this.#syncBar();
    this.#ask(room);
    this.#prune(room);
    if (this.#owed) this.#send({ do: 'drawn' });
    this.#owed = false;
  }

  /** space makes the scrolled element as large as all rows are. */
  #space() {
    const { spacer, sheet, scroller } = this.#parts;
    const tall = extent(this.#all, this.#height);
    setProperty(spacer, 'height', `${tall}px`);
    // What gets shorter may move the bar: that is not the reader's doing.
    if (tall < this.#tall) this.#top = scroller.scrollTop;
    this.#tall = tall;
    const wide = this.#sheet.wrap ? 0 : (this.#sheet.columns + this.#source) * this.#column + margin;
    const width = wide > scroller.clientWidth ? `${Math.ceil(wide)}px` : '100%';
    setProperty(spacer, 'width', width);
    setProperty(sheet, 'width', width);
  }

  #syncBar() {
    const now = performance.now();
    if (this.#pressed === 'bar' || (!this.following && now - this.#moved < rest)) {
      const atEnd = this.#top <= 0 && this.#anchor.row > (this.frame?.first ?? 0);
      if (!atEnd || this.#pressed === 'bar') {
        if (this.#moved > 0) setTimeout(() => this.draw(), rest);
        return;
      }
    }
    const { scroller } = this.#parts;
    const room = extent(this.#all, this.#height) - this.#height;
    const top = this.following ? room : barOf(this.#anchor, this.#all, this.#height);
    this.#moved = 0;
    if (Math.abs(top - this.#top) < 1) return;
    scroller.scrollTop = top;
    this.#top = scroller.scrollTop;
  }

  /**
   * ask tells the keeper which rows are wanted: those in view and as many again
   * on either side.
   *
   * @param {number} room rows that fit into the view
   */
  #ask(room) {
    const generation = this.frame?.generation ?? 0;
    const since = this.#since;
    const last = this.#window;
    if (this.following) {
      if (last.follow && last.count === 2 * room) return;
      this.#window = { follow: true, count: 2 * room, from: 0, generation, since };
    } else {
      const from = Math.max(0, this.#anchor.row - 2 * room);
      const near = Math.abs(from - last.from) < room / 2 && last.count === 5 * room;
      if (!last.follow && near && last.generation === generation && last.since === since) return;
      this.#window = { follow: false, count: 5 * room, from, generation, since };
    }
    this.#send({ do: 'window', window: this.#window });
  }

  /** @param {number} room */
  #prune(room) {
    if (this.#rows.size < 20 * room) return;
    const { row } = this.#here();
    for (const number of this.#rows.keys()) {
      if (Math.abs(number - row) > 5 * room) this.#rows.delete(number);
    }
  }

  /** @param {number} px the width of a column */
  set column(px) {
    this.#column = px;
  }
}

/**
 * setProperty sets a style where it differs.
 *
 * @param {HTMLElement} element
 * @param {'height' | 'width'} name
 * @param {string} value
 */
function setProperty(element, name, value) {
  if (element.style[name] !== value) element.style[name] = value;
}
