// @ts-check
/**
 * What the reader selected in the list: two places in lines, wherever those are.
 * The browser's own selection shows what of it is in view; its ends have elements
 * though they be out of view, and it is made again where the list drew its rows
 * anew. The text between the ends comes from the keeper (copying.js), so that
 * copying gives every line, and gives it as it is and not as it is drawn.
 */

import { Copying } from './copying.js';
import { Ends, isAway, numbered, outermost } from './ends.js';

/** @typedef {import('./list.js').List} List */
/** @typedef {import('./sheet.js').Sheet} Sheet */
/** @typedef {import('./ends.js').Point} Point */
/** @typedef {import('../keeper/protocol.js').End} End */
/** @typedef {import('../keeper/protocol.js').Frame} Frame */
/** @typedef {import('../keeper/protocol.js').Wish} Wish */

/** The place where the reader began to select, and where that has come to. @typedef {{anchor: End, focus: End}} Range */

export class Selected {
  copying;
  #list;
  #element;
  #send;
  #ends;
  /** An empty one counts too: it is where one that is extended later begins. @type {Range | null} */
  #range = null;
  /** The points of the document that the browser's selection was seen at last. @type {{anchor: Point, focus: Point} | null} */
  #seen = null;
  /** The ends of the browser's selection when a button was pressed. @type {ReturnType<typeof ends>} */
  #pressed = [null, 0, null, 0];
  /** Counts the selections that the keeper was told of. */
  #about = 0;
  /** Whether no row is what it was: until the question is answered the browser's selection means nothing. */
  #lost = false;
  /** Where the reader extended the selection to while that was so. @type {End | null} */
  #extended = null;

  /**
   * @param {List} list
   * @param {Sheet} sheet
   * @param {HTMLElement} element of the sheet
   * @param {(wish: Wish) => void} send
   */
  constructor(list, sheet, element, send) {
    this.#list = list;
    this.#element = element;
    this.#send = send;
    this.#ends = new Ends(list, sheet, element);
    this.copying = new Copying(() => (this.empty ? null : this.#ordered), () => list.frame?.generation ?? 0, send);
    document.addEventListener('selectionchange', () => this.read());
  }

  /**
   * Whether the button that was pressed last selected something. A click into a
   * selection does not: it ends that, but browsers do so behind the click.
   */
  get dragged() {
    const now = ends();
    return !this.empty && !this.#pressed.every((end, i) => end === now[i]);
  }

  /** Whether nothing is selected in the list. */
  get empty() {
    this.read();
    if (!this.#range) return true;
    if (this.#lost && this.#extended) return false;
    const { anchor, focus } = this.#range;
    return anchor.number === focus.number && anchor.offset === focus.offset;
  }

  /** Numbers of rows that must have elements, in order. */
  get pinned() {
    if (!this.#range || this.#lost) return [];
    return [...new Set(this.#ordered?.map(({ number }) => number).filter(Number.isFinite))];
  }

  /** The two ends in the order of the lines. @returns {[End, End] | null} */
  get #ordered() {
    if (!this.#range) return null;
    const { anchor, focus } = this.#range;
    const backwards = anchor.number > focus.number || (anchor.number === focus.number && anchor.offset > focus.offset);
    const [start, end] = backwards ? [focus, anchor] : [anchor, focus];
    return [this.#ends.lined(start, 1), this.#ends.lined(end, -1)];
  }

  /**
   * begin goes with the pointer that begins another selection, or extends the one
   * there is: its other end then stays, also while it is looked for.
   *
   * @param {'anew' | 'extends'} how
   */
  begin(how) {
    this.#pressed = ends();
    if (how === 'extends') return;
    this.#lost = false;
    if (this.#range && (!this.#seen || ![this.#range.anchor, this.#range.focus].every(({ number }) => Number.isFinite(number)))) this.#range = null;
  }

  /**
   * end settles a selection that was made by the pointer: an end that lies
   * outside the list moves to the row in view that is nearest.
   */
  end() {
    const selection = getSelection();
    if (!selection || this.empty || this.#lost) return;
    const { anchorNode, anchorOffset, focusNode } = selection;
    if (!anchorNode || !focusNode || this.#element.contains(focusNode)) return;
    const { rows, before } = this.#ends.nearest(focusNode);
    const text = (before ? rows[0] : rows[rows.length - 1])?.querySelector('.text');
    if (text) selection.setBaseAndExtent(anchorNode, anchorOffset, text, before ? 0 : text.childNodes.length);
  }

  /** all selects every line of history, and reports whether there is one. */
  all() {
    const { frame } = this.#list;
    if (!frame || frame.end === frame.first) return false;
    this.#take({ anchor: outermost.first, focus: outermost.last });
    return true;
  }

  /**
   * extend selects whole lines by the keyboard: from one on to another.
   *
   * @param {number} from number of the row to begin at where nothing is selected
   * @param {number} by rows to go; infinite for an end of all history
   */
  extend(from, by) {
    const { frame } = this.#list;
    if (!frame || frame.end === frame.first) return;
    const { anchor, focus } = this.#range && !this.empty ? this.#range : { anchor: null, focus: null };
    const first = anchor ?? this.#ends.row(from, 0);
    if (!first) return;
    const last = focus?.number ?? from;
    const to = Number.isFinite(by) ? Math.min(frame.end - 1, Math.max(frame.first, last + (focus ? by : 0))) : by;
    const down = to >= first.number;
    const end = Number.isFinite(to) ? this.#ends.row(to, down ? Infinity : 0) : by > 0 ? outermost.last : outermost.first;
    if (!end) return;
    this.#take({ anchor: Number.isFinite(first.number) ? { ...first, offset: down ? 0 : Infinity } : first, focus: end });
    if (Number.isFinite(to)) this.#list.reveal(to, 'near');
  }

  /**
   * reach has the selection go on to a row that scrolls by.
   *
   * @param {number} number
   * @param {number} offset
   */
  reach(number, offset) {
    const focus = this.#ends.row(number, offset);
    if (!focus || !this.#range || this.#lost) return;
    this.#range = { ...this.#range, focus };
    this.#seen = null;
    this.#changed();
  }

  clear() {
    if (this.#range) getSelection()?.removeAllRanges();
    this.#range = this.#seen = null;
    this.#lost = false;
    this.#changed();
  }

  /**
   * anew goes with rows that have other numbers: the ends have others, too.
   *
   * @param {Frame['ends']} ends those of the selection that the keeper knew of
   */
  anew(ends) {
    if (!this.#range) return;
    this.#lost = true;
    this.#extended = null;
    if (ends?.about === this.#about) this.#number(ends.numbers);
    else this.#send({ do: 'where', about: this.#about });
  }

  /** more goes with rows that were loaded: an end may be among them. */
  more() {
    const ends = [this.#range?.anchor, this.#range?.focus];
    if (!this.#lost && ends.some((end) => end && Number.isFinite(end.number) && isAway(end.number))) this.#send({ do: 'where', about: this.#about });
  }

  /** @param {Extract<import('../keeper/protocol.js').Answer, {is: 'where'}>} answer */
  numbered({ about, numbers, generation }) {
    // Where other rows are shown by now, another frame is on its way, and asks again.
    if (about === this.#about && generation === this.#list.frame?.generation) this.#number(numbers);
  }

  /** @param {number[]} numbers of the ends, in order */
  #number(numbers) {
    const ends = this.#ordered;
    if (!ends || !this.#range) return;
    const [start, end] = numbered(ends, numbers);
    const { anchor, focus } = this.#range;
    const forward = anchor.number < focus.number || (anchor.number === focus.number && anchor.offset <= focus.offset);
    this.#range = forward ? { anchor: start, focus: end } : { anchor: end, focus: start };
    if (this.#lost && this.#extended) this.#range = { ...this.#range, focus: this.#extended };
    this.#lost = false;
    this.#seen = null;
    this.#list.draw();
    this.#changed();
  }

  /** changed goes with another selection. */
  #changed() {
    this.#send({ do: 'select', about: ++this.#about, ends: this.#ordered });
    this.copying.changed();
  }

  /** draw goes with each drawing of the list: what is selected is seen so. */
  draw() {
    if (!this.#range || this.#lost) return;
    const { anchor, focus } = this.#range;
    if (this.#seen && this.#stands(this.#seen.anchor, anchor) && this.#stands(this.#seen.focus, focus)) return;
    const [base, extent] = [this.#ends.point(anchor), this.#ends.point(focus)];
    if (!base || !extent) return;
    this.#seen = { anchor: base, focus: extent };
    getSelection()?.setBaseAndExtent(base.node, base.offset, extent.node, extent.offset);
  }

  /**
   * stands reports whether a point of the document still shows a place.
   *
   * @param {Point} point
   * @param {End} end
   */
  #stands({ node, offset, exact }, end) {
    if (end.number === Infinity) return node === this.#element && offset === this.#element.childNodes.length;
    return this.#element.contains(node) && (exact || this.#ends.point(end)?.exact !== true);
  }

  /** @param {Range} range */
  #take(range) {
    this.#range = range;
    this.#seen = null;
    this.#lost = false;
    this.#list.leave();
    this.#list.draw();
    this.#changed();
  }

  /** read finds out what the reader selected: the browser tells late, and rows that are drawn anew would change it. */
  read() {
    const selection = getSelection();
    if (!selection) return;
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
    if (this.#lost && focusNode instanceof Text && this.#element.contains(focusNode)) this.#extended = this.#ends.at(focusNode, focusOffset);
    if (this.#lost && !anchorNode) this.clear();
    // What is to be drawn is not what is seen yet.
    if (this.#lost || (this.#range && !this.#seen)) return;
    if (!anchorNode || !focusNode || !this.#element.contains(anchorNode)) {
      if (!this.#range) return;
      this.#range = this.#seen = null;
      this.#changed();
      return;
    }
    const same = (/** @type {Point | undefined} */ seen, /** @type {Node} */ node, /** @type {number} */ offset) => seen?.node === node && seen.offset === offset;
    const kept = same(this.#seen?.anchor, anchorNode, anchorOffset) ? this.#range?.anchor : undefined;
    const keptFocus = same(this.#seen?.focus, focusNode, focusOffset) ? this.#range?.focus : undefined;
    if (kept && keptFocus) return;
    const anchor = kept ?? this.#ends.at(anchorNode, anchorOffset);
    const focus = keptFocus ?? this.#ends.at(focusNode, focusOffset);
    this.#range = anchor && focus ? { anchor, focus } : null;
    const point = (/** @type {Node} */ node, /** @type {number} */ offset) => ({ node, offset, exact: true });
    this.#seen = this.#range && { anchor: point(anchorNode, anchorOffset), focus: point(focusNode, focusOffset) };
    this.#changed();
  }
}

/** ends returns those of the browser's selection. @returns {[Node | null, number, Node | null, number]} */
function ends() {
  const { anchorNode = null, anchorOffset = 0, focusNode = null, focusOffset = 0 } = getSelection() ?? {};
  return [anchorNode, anchorOffset, focusNode, focusOffset];
}
