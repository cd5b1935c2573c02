// @ts-check
/**
 * What the reader selected in the list. The browser's own selection holds its two
 * ends, whose rows keep their elements when they leave the view; the text
 * between them comes from the keeper, so that copying gives every line, and
 * gives it as it is and not as it is drawn.
 */

import { write } from '../clipboard.js';

/** @typedef {import('./list.js').List} List */
/** @typedef {import('./sheet.js').Sheet} Sheet */
/** @typedef {import('../keeper/protocol.js').Wish} Wish */
/** @typedef {Extract<import('../keeper/protocol.js').Answer, {is: 'text'}>} Text */

/** @typedef {import('../keeper/protocol.js').End} End */

/** Take gets a text, or null where other rows are shown by now. @typedef {(text: string | null) => void} Take */

/** Rows that are fetched before the reader asks to copy. */
const ahead = 20_000;
/** How long a selection rests before its text is fetched, in ms. */
const rest = 80;

export class Selected {
  #list;
  #sheet;
  #element;
  #send;
  /** @type {{start: End, end: End} | null} */
  #range = null;
  #everything = false;
  /** Counts the wishes for text. */
  #count = 0;
  /** The wish for the text of the selection as it is, on its way or answered; 0 for none. */
  #fetched = 0;
  /** Text of the selection; null until it came. @type {string | null} */
  #text = null;
  /** Who takes the answers, by wish: a selection that changes meanwhile changes nothing for them. @type {Map<number, Take>} */
  #wanted = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {List} list
   * @param {Sheet} sheet
   * @param {HTMLElement} element of the sheet
   * @param {(wish: Wish) => void} send
   */
  constructor(list, sheet, element, send) {
    this.#list = list;
    this.#sheet = sheet;
    this.#element = element;
    this.#send = send;
    document.addEventListener('selectionchange', () => this.#selectionChanged());
    document.addEventListener('copy', (event) => this.#copy(event));
  }

  /** Whether nothing is selected in the list. */
  get empty() {
    const selection = getSelection();
    return !selection || selection.isCollapsed || !this.#element.contains(selection.anchorNode);
  }

  /** Numbers of rows that must keep their elements, in order. */
  get pinned() {
    if (!this.#range || this.#everything) return [];
    const { start, end } = this.#range;
    return start.number === end.number ? [start.number] : [start.number, end.number];
  }

  /** begin forgets that everything was selected: the pointer begins another selection. */
  begin() {
    this.#everything = false;
  }

  /**
   * end settles a selection that was made by the pointer: an end that lies
   * outside the list moves to the row in view that is nearest.
   */
  end() {
    const selection = getSelection();
    if (!selection || this.empty || this.#everything) return;
    const { anchorNode, anchorOffset, focusNode } = selection;
    if (!anchorNode || !focusNode || this.#element.contains(focusNode)) return;
    const { rows, before } = this.#nearest(focusNode);
    const text = (before ? rows[0] : rows[rows.length - 1])?.querySelector('.text');
    if (text) selection.setBaseAndExtent(anchorNode, anchorOffset, text, before ? 0 : text.childNodes.length);
  }

  /** all selects every row that is shown, and reports whether there was one. */
  all() {
    const { frame } = this.#list;
    if (!frame || frame.end === frame.first) return false;
    getSelection()?.selectAllChildren(this.#element);
    this.#everything = true;
    this.#range = { start: { number: frame.first, offset: 0 }, end: { number: frame.end - 1, offset: Infinity } };
    this.#list.leave();
    this.#fetch();
    return true;
  }

  clear() {
    if (this.#range) getSelection()?.removeAllRanges();
    this.#range = null;
    this.#everything = false;
  }

  /**
   * take gets the keeper's answer.
   *
   * @param {Text} answer
   */
  take(answer) {
    if (answer.ask === this.#fetched) {
      this.#text = answer.text;
      if (answer.text === null) this.#fetched = 0;
    }
    this.#wanted.get(answer.ask)?.(answer.text);
    this.#wanted.delete(answer.ask);
  }

  #selectionChanged() {
    const selection = getSelection();
    if (this.#everything && !this.empty) return;
    this.#everything = false;
    this.#text = null;
    this.#fetched = 0;
    clearTimeout(this.#timer);
    // An empty selection counts too: it is where one that is extended later begins.
    this.#range = selection && this.#element.contains(selection.anchorNode) ? this.#read(selection) : null;
    if (!this.#range || this.empty) return;
    if (this.#range.end.number - this.#range.start.number <= ahead) {
      this.#timer = setTimeout(() => this.#fetch(), rest);
    }
  }

  /** @param {Selection} selection */
  #read(selection) {
    const range = selection.getRangeAt(0);
    const start = this.#endOf(range.startContainer, range.startOffset);
    const end = this.#endOf(range.endContainer, range.endOffset);
    return start && end ? { start, end } : null;
  }

  /**
   * @param {Node} node
   * @param {number} offset
   * @returns {End | null}
   */
  #endOf(node, offset) {
    if (node === this.#element) {
      const child = this.#element.children[offset];
      const last = this.#element.lastElementChild;
      if (child) return this.#at(child, 0);
      return last ? this.#at(last, Infinity) : null;
    }
    const element = node instanceof Element ? node : node.parentElement;
    const row = element?.closest('.row');
    if (!row || !this.#element.contains(row)) return this.#beyond(node);
    const text = row.querySelector('.text');
    if (!text) return this.#at(row, 0);
    const before = document.createRange();
    before.selectNodeContents(text);
    if (before.comparePoint(node, offset) < 0) return this.#at(row, 0);
    if (before.comparePoint(node, offset) > 0) return this.#at(row, Infinity);
    before.setEnd(node, offset);
    return this.#at(row, before.toString().length);
  }

  /**
   * beyond returns the end of the rows in view that is nearest to a place outside
   * the list: the pointer may leave it while it selects.
   *
   * @param {Node} node
   */
  #beyond(node) {
    const { rows, before } = this.#nearest(node);
    const row = before ? rows[0] : rows[rows.length - 1];
    return row ? this.#at(row, before ? 0 : Infinity) : null;
  }

  /**
   * nearest returns the rows in view, and whether a place outside the list comes
   * before them.
   *
   * @param {Node} node
   */
  #nearest(node) {
    const rows = this.#element.querySelectorAll('.row:not(.pinned)');
    const before = (this.#element.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
    return { rows, before };
  }

  /**
   * @param {Element} row
   * @param {number} offset
   */
  #at(row, offset) {
    const found = this.#sheet.rowOf(row);
    return found && { number: found.number, offset };
  }

  #fetch() {
    if (!this.#range || !this.#list.frame) return;
    const { start, end } = this.#range;
    const { generation } = this.#list.frame;
    this.#fetched = ++this.#count;
    this.#send({ do: 'text', ask: this.#fetched, start, end, generation });
  }

  /**
   * text gives what is selected away, once it is here.
   *
   * @param {Take} take
   */
  text(take) {
    if (!this.#range || this.empty) {
      take(null);
      return;
    }
    if (this.#text !== null) {
      take(this.#text);
      return;
    }
    clearTimeout(this.#timer);
    // Asking again for what is on its way would only put it off.
    if (this.#fetched === 0) this.#fetch();
    this.#wanted.set(this.#fetched, take);
  }

  /**
   * asked returns the number for another wish for text.
   *
   * @param {Take} take gets the answer
   */
  asked(take) {
    this.#wanted.set(++this.#count, take);
    return this.#count;
  }

  /** @param {ClipboardEvent} event */
  #copy(event) {
    if (!this.#range || this.empty) return;
    event.preventDefault();
    if (this.#text === null) this.text((text) => text !== null && void this.#give(text));
    else event.clipboardData?.setData('text/plain', this.#text);
  }

  /**
   * give puts the text of the selection on the clipboard. Where the browser
   * refuses, the selection stays as it is: its text has come, and copying once
   * more gives it.
   *
   * @param {string} text
   */
  async #give(text) {
    if (!await write(text) && this.#text === text) document.execCommand('copy');
  }
}
