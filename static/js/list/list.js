// @ts-check
/**
 * The list of lines. It draws the rows in view from what the keeper sends,
 * stands at an anchor (anchor.js) or follows the newest line, and does not
 * more work in a frame than the view is high.
 */

import { barOf, extent, fromBar, lowest, settle } from './anchor.js';
import { Beyond } from './beyond.js';
import { Breadth } from './breadth.js';
import { ScrollBar, setProperty } from './bar.js';
import { Held } from './held.js';
import { Selected } from './selected.js';
import { Sheet } from './sheet.js';
import { Wanted } from './wanted.js';

/** @typedef {import('../keeper/protocol.js').Frame} Frame */
/** @typedef {import('../keeper/protocol.js').Row} Row */
/** @typedef {import('../keeper/protocol.js').Wish} Wish */
/** @typedef {import('./row.js').Setting} Setting */

/**
 * Parts are the elements of the list: the scroller has the bar; the view stays
 * in place inside it and shows the sheet; the spacer is as tall as all rows.
 *
 * @typedef {object} Parts
 * @property {HTMLElement} pane has the list and what belongs to it
 * @property {HTMLElement} scroller
 * @property {HTMLElement} spacer
 * @property {HTMLElement} view
 * @property {HTMLElement} sheet
 */

/** A button that is down for so long does not click, in ms. */
const long = 1000;

export class List {
  /** Whether the list shows the newest line. */
  following = true;
  /** @type {Frame | null} */
  frame = null;
  selected;
  breadth;

  #parts;
  #sheet;
  /** @type {Setting} */
  #setting = { streams: [], clock: 'written', since: NaN, reveal: 'hostile', columns: [], marked: () => false, current: () => false };
  #send;
  #changed;
  /** @type {import('./anchor.js').Anchor} */
  #anchor = { row: 0, px: 0 };
  /** How many lines had come when the reader left the end, or -1. */
  #since = -1;
  /** Rows that came, by number. @type {Map<number, Row>} */
  #rows = new Map();
  #bar;
  #held = new Held();
  #willFollow = false;
  #scheduled = false;
  #owed = false;
  #wanted;

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
    this.breadth = new Breadth(parts.pane);
    this.#wanted = new Wanted(send);
    this.selected = new Selected(this, this.#sheet, parts.sheet, send);
    this.#bar = new ScrollBar(parts.scroller, parts.spacer, {
      following: () => this.following, leave: () => this.leave(), draw: () => this.draw(),
      moved: (move) => this.#scrolled(move), pressed: (event, where) => this.#press(event, where), released: (where) => this.#release(where),
      jump: (share) => send({ do: 'jump', share }),
    });
    new Beyond(parts.scroller, () => this.#bar.pressed === 'text', (rows) => this.#select(rows));
    new ResizeObserver(() => this.#resized()).observe(parts.scroller);
  }

  /**
   * take gets the keeper's newest frame.
   *
   * @param {Frame} frame
   */
  take(frame) {
    if (this.#held.keeps(frame)) return;
    const before = this.frame;
    this.frame = frame;
    this.#owed = true;
    // The first may come before the browser told how high the list is.
    if (this.#height === 0) this.#resized();
    if (before?.generation !== frame.generation || before.watch !== frame.watch) {
      this.selected.read();
      this.#rows.clear();
      this.#sheet.reset();
      if (before?.watch !== frame.watch) this.selected.clear();
      else this.selected.anew(frame.ends);
    } else if (before.first > frame.first || before.end < frame.end) {
      this.selected.more();
    }
    if (frame.kept !== null && !this.following) {
      this.#anchor = { row: frame.kept, px: 0 };
      if (frame.keptAt === 'middle') this.#anchor.px -= Math.floor(this.#height / 3);
    }
    for (const [i, row] of frame.rows.entries()) this.#rows.set(frame.from + i, row);
    this.draw();
  }

  /** Called after each drawing. */
  drawn = () => {};

  /** draw has the list drawn in the next animation frame. Lines that are held go on from where they stand. */
  draw() {
    if (this.#held.on && this.following) {
      this.#stand();
      this.#willFollow = true;
    }
    this.#goOn();
  }

  /** Takes what came while lines were held, and has it drawn. */
  #goOn() {
    for (const frame of this.#held.end()) this.take(frame);
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
    this.#send({ do: 'follow' });
    if (this.following) return;
    this.following = true;
    this.#bar.settle();
    this.#since = -1;
    this.#changed();
    this.draw();
  }

  /** leave stays at the lines in view. */
  leave() {
    this.#willFollow = false;
    if (!this.following) return;
    if (this.frame) this.#stand();
    this.following = false;
    this.#changed();
    this.draw();
  }

  /** @param {number} rows to move by; down is positive */
  move(rows) {
    this.#go({ row: this.#here().row, px: this.#here().px + rows * this.#sheet.rowHeight }, rows > 0);
  }

  /** @param {number} pages to move by */
  page(pages) {
    const px = Math.max(this.#sheet.rowHeight, this.#height - 2 * this.#sheet.rowHeight);
    this.#go({ row: this.#here().row, px: this.#here().px + pages * px }, pages > 0);
  }

  /** top goes to the oldest line of all. */
  top() {
    if (!this.frame) return;
    this.#go({ row: this.frame.first, px: 0 }, false);
    // How much there is before what is held may not be known yet.
    if (!this.frame.start && (!this.following || this.#span.before > 0)) this.#jump(0);
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

  /** @param {Partial<Setting>} setting how rows are drawn from now on */
  draws(setting) {
    this.#setting = { ...this.#setting, ...setting };
    if (setting.streams) this.breadth.name(setting.streams);
    if (setting.columns) this.#sheet.columns = 0;
    this.#sheet.remeasure();
    this.draw();
  }

  get setting() {
    return this.#setting;
  }

  /** @param {number} px height of a row that does not wrap */
  set rowHeight(px) {
    this.#sheet.rowHeight = px;
    this.#sheet.remeasure();
    this.draw();
  }

  /**
   * rowAt returns a row that came, by its number.
   *
   * @param {number} number
   */
  rowAt(number) {
    return this.#rows.get(number);
  }

  /**
   * numberOf returns the number of the row that an element shows, or NaN.
   *
   * @param {Element | null} element in a row
   */
  numberOf(element) {
    const row = element?.closest('.row');
    return row ? this.#sheet.rowOf(row)?.number ?? NaN : NaN;
  }

  /**
   * elementOf returns the element of a row in view.
   *
   * @param {number} number
   */
  elementOf(number) {
    return this.#sheet.elementOf(number);
  }

  /** Numbers of the first and the last row in view. */
  get inView() {
    const { row } = this.#here();
    const last = Math.min((this.frame?.end ?? 1) - 1, row + Math.floor(this.#height / this.#sheet.typical) - 1);
    return { first: row, last: Math.max(row, last) };
  }

  /**
   * reveal brings a row into view: where it is not, into its upper third.
   *
   * @param {number} number
   * @param {'near' | 'middle'} where near moves no farther than it must
   */
  reveal(number, where) {
    const { first, last } = this.inView;
    if (number > first && number < last) {
      if (this.following && number < last - 1 && where === 'middle') this.leave();
      return;
    }
    const px = where === 'middle' ? this.#height / 3 : number <= first ? this.#sheet.rowHeight : this.#height - 3 * this.#sheet.rowHeight;
    this.#go({ row: number, px: -px }, false);
  }

  /** The store's row of the first line in view; null while following. */
  get keep() {
    return this.following ? null : this.#rows.get(this.#here().row)?.seq ?? null;
  }

  /** How far the lines are scrolled to the left, px. */
  get left() {
    return this.#bar.left;
  }

  /** All rows there are, as anchor.js wants them. */
  get #all() {
    const { first = 0, end = 0 } = this.frame ?? {};
    return { first, end, height: (/** @type {number} */ n) => this.#sheet.height(n), typical: this.#sheet.typical };
  }

  /** What the scroll bar spans. */
  get #span() {
    return this.frame?.bar ?? { before: 0, within: 1, behind: 0 };
  }

  /** Rows that fit into the view, and one at either end. */
  get #room() {
    return Math.ceil(this.#height / this.#sheet.rowHeight) + 2;
  }

  get #height() {
    return this.#bar.height;
  }

  #here() {
    return this.following ? lowest(this.#all, this.#height) : this.#anchor;
  }

  #stand() {
    const { frame, anchor } = (this.#held.on && this.#held.drawn) || { frame: this.frame, anchor: lowest(this.#all, this.#height) };
    this.#anchor = anchor;
    this.following = false;
    this.#since = frame?.ever ?? -1;
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
    this.#bar.yields();
    if (settled.bottom && down && !this.frame.paused && !this.frame.detached) this.follow();
    this.draw();
  }

  /** @param {import('./bar.js').Move} move */
  #scrolled({ by, top, jump }) {
    if (!this.frame) return;
    if (this.following) this.leave();
    this.#willFollow = false;
    const target = jump ? fromBar(top, this.#all, this.#height, this.#span) : { row: this.#anchor.row, px: this.#anchor.px + by };
    if (typeof target === 'number') {
      this.#jump(target);
      return;
    }
    const { anchor, bottom } = settle(target, this.#all, this.#height);
    this.#anchor = anchor;
    if (bottom && by > 0 && !this.frame.paused && !this.frame.detached) this.follow();
    this.draw();
  }

  /** @param {number} share of all history to go to */
  #jump(share) {
    if (this.following) this.leave();
    this.#bar.jump(share);
  }

  /**
   * @param {PointerEvent} event
   * @param {'bar' | 'text'} where
   */
  #press(event, where) {
    if (where === 'text' && event.button === 0) this.selected.begin(event.shiftKey ? 'extends' : 'anew');
    if (where === 'bar' || !this.following || event.button !== 0) return;
    // The text must not run away under the pointer while it is being selected.
    if (event.pointerType === 'mouse' && this.#held.begin(this.frame)) {
      const { drawn } = this.#held;
      // The keeper must not let go of these lines, however long the button is down; after a click the newest are wanted at once.
      setTimeout(() => {
        if (drawn && this.#held.on && this.#held.drawn === drawn) this.#wanted.around(drawn.anchor.row, this.#room, drawn.frame.generation, drawn.frame.ever);
      }, long);
      return;
    }
    this.#stand();
    this.#willFollow = true;
    this.draw();
  }

  /** @param {number} rows to move by while the reader selects what comes */
  #select(rows) {
    if (!this.frame || this.selected.empty) return;
    if (this.#held.on) this.draw();
    const { row, px } = this.#here();
    this.#anchor = settle({ row, px: px + rows * this.#sheet.rowHeight }, this.#all, this.#height).anchor;
    this.#bar.yields();
    const { first, last } = this.inView;
    this.selected.reach(rows > 0 ? last : first, rows > 0 ? Infinity : 0);
    this.draw();
  }

  /** @param {'bar' | 'text' | ''} where */
  #release(where) {
    if (where === 'text') this.selected.end();
    if (this.#held.on) {
      if (!this.selected.empty) this.leave();
      this.#goOn();
    }
    if (!this.#willFollow) return;
    if (this.selected.empty) this.follow();
    else {
      this.#willFollow = false;
      this.#changed();
    }
  }

  #resized() {
    const { scroller, view } = this.#parts;
    this.#bar.resized();
    setProperty(view, 'height', `${scroller.clientHeight}px`);
    setProperty(view, 'width', `${scroller.clientWidth}px`);
    this.#sheet.remeasure();
    this.draw();
  }

  #draw() {
    if (this.#held.on) return;
    const { frame } = this;
    const room = this.#room;
    if (!frame) {
      // The first frame brings the rows at once.
      if (this.following && this.#height > 0) this.#wanted.end(room, 0);
      return;
    }
    const { view, sheet } = this.#parts;
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
    this.selected.read();
    this.#sheet.mount(from, to, (number) => this.#rows.get(number), this.selected.pinned, this.#setting);
    this.selected.draw();
    const wide = this.#sheet.wrap ? 0 : this.breadth.of(this.#sheet.columns);
    setProperty(sheet, 'width', this.#bar.span(extent(this.#all, this.#height, this.#span), wide));
    const above = this.following ? 0 : this.#sheet.tall(from, this.#anchor.row) + this.#anchor.px;
    sheet.style.transform = `translate(${-this.#bar.left}px, ${-above}px)`;
    this.#bar.stand(() => this.#place(), this.#anchor.row > frame.first);
    this.#held.drawn = this.following ? { frame, anchor: lowest(this.#all, this.#height) } : null;
    this.drawn();
    if (this.following) this.#wanted.end(room, frame.generation);
    else this.#wanted.around(this.#anchor.row, room, frame.generation, this.#since);
    this.#prune(room);
    if (this.#owed) this.#send({ do: 'drawn' });
    this.#owed = false;
  }

  /** Where the scroll bar stands for what is in view, px. */
  #place() {
    const room = extent(this.#all, this.#height, this.#span) - this.#height;
    return this.following ? room : barOf(this.#anchor, this.#all, this.#height, this.#span);
  }

  /** @param {number} room */
  #prune(room) {
    if (this.#rows.size < 20 * room) return;
    const { row } = this.#here();
    for (const number of this.#rows.keys()) {
      if (Math.abs(number - row) > 5 * room) this.#rows.delete(number);
    }
  }
}
