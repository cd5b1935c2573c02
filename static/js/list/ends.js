// @ts-check
/**
 * The ends of what the reader selects: places in lines, which stay what they are
 * when other rows are shown, and the points of the document where they are seen.
 */

/** @typedef {import('./list.js').List} List */
/** @typedef {import('./sheet.js').Sheet} Sheet */
/** @typedef {import('../keeper/protocol.js').End} End */

/**
 * Point is where an end is in the document; exact, unless its line is still to come.
 *
 * @typedef {{node: Node, offset: number, exact: boolean}} Point
 */

/** The ends of all history. @type {{first: End, last: End}} */
export const outermost = {
  first: { number: -Infinity, offset: 0, stream: -1, cursor: '' },
  last: { number: Infinity, offset: Infinity, stream: -1, cursor: '' },
};

/** Numbers from here on are of lines that are not held. */
const away = 2 ** 50;

/** @param {number} number whether it is of a line that is not held */
export const isAway = (number) => Math.abs(number) >= away;

/** Rows beside a divider that are looked at for a line. */
const beside = 100;

/**
 * numbered returns the two ends of a selection under the numbers that their rows
 * have now.
 *
 * @param {[End, End]} ends in order
 * @param {number[]} numbers an infinite one where the line is not held
 * @returns {[End, End]}
 */
export function numbered([start, end], [first = NaN, last = NaN]) {
  const number = (/** @type {End} */ place, /** @type {number} */ now, /** @type {0 | 1} */ nth) => {
    if (!Number.isFinite(place.number)) return place;
    return { ...place, number: Number.isFinite(now) ? now : Math.sign(now) * away + nth };
  };
  const alone = start.number === end.number && start.offset === end.offset;
  return [number(start, first, 0), number(end, last, alone ? 0 : 1)];
}

export class Ends {
  #list;
  #sheet;
  #element;

  /**
   * @param {List} list
   * @param {Sheet} sheet
   * @param {HTMLElement} element of the sheet
   */
  constructor(list, sheet, element) {
    this.#list = list;
    this.#sheet = sheet;
    this.#element = element;
  }

  /**
   * at returns the place of a point; null where there is no row.
   *
   * @param {Node} node
   * @param {number} offset
   * @returns {End | null}
   */
  at(node, offset) {
    if (node === this.#element) {
      const child = this.#element.children[offset];
      const last = this.#element.lastElementChild;
      if (child) return this.#in(child, 0);
      return last ? this.#in(last, Infinity) : null;
    }
    const element = node instanceof Element ? node : node.parentElement;
    const row = element?.closest('.row');
    if (!row || !this.#element.contains(row)) return this.#beyond(node);
    const text = row.querySelector('.text');
    if (!text) return this.#in(row, 0);
    const before = document.createRange();
    before.selectNodeContents(text);
    if (before.comparePoint(node, offset) < 0) return this.#in(row, 0);
    if (before.comparePoint(node, offset) > 0) return this.#in(row, Infinity);
    before.setEnd(node, offset);
    return this.#in(row, before.toString().length);
  }

  /**
   * row returns one end of a row, by its number; null where it has not come.
   *
   * @param {number} number
   * @param {number} offset
   * @returns {End | null}
   */
  row(number, offset) {
    const row = this.#list.rowAt(number);
    return row ? placeOf(number, offset, row) : null;
  }

  /**
   * lined returns a place with the nearest line's cursor where it is at a divider.
   *
   * @param {End} end
   * @param {1 | -1} by where the line is looked for
   * @returns {End}
   */
  lined(end, by) {
    if (end.cursor !== '' || !Number.isFinite(end.number)) return end;
    for (let n = 1; n < beside; n++) {
      const row = this.#list.rowAt(end.number + by * n);
      if (row && 'text' in row) return { ...end, offset: by > 0 ? 0 : Infinity, stream: row.stream, cursor: row.cursor };
    }
    return end;
  }

  /**
   * point returns where a place is to be seen; null where its row has no element.
   *
   * @param {End} end
   * @returns {Point | null}
   */
  point(end) {
    if (end.number === -Infinity) return { node: this.#element, offset: 0, exact: true };
    if (end.number === Infinity) return { node: this.#element, offset: this.#element.childNodes.length, exact: true };
    const row = this.#sheet.elementOf(end.number);
    if (!row) return null;
    const text = row.querySelector('.text');
    if (!text) return { node: row, offset: end.offset === 0 ? 0 : row.childNodes.length, exact: row.childNodes.length > 0 };
    if (end.offset === Infinity) return { node: text, offset: text.childNodes.length, exact: true };
    let left = end.offset;
    const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const { length } = node.textContent ?? '';
      if (left <= length) return { node, offset: left, exact: true };
      left -= length;
    }
    return { node: text, offset: text.childNodes.length, exact: true };
  }

  /**
   * nearest returns the rows in view, and whether a point outside the list comes
   * before them.
   *
   * @param {Node} node
   */
  nearest(node) {
    const rows = this.#element.querySelectorAll('.row:not(.pinned)');
    const before = (this.#element.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
    return { rows, before };
  }

  /**
   * beyond returns the end of the rows in view that is nearest to a point outside
   * the list: the pointer may leave it while it selects.
   *
   * @param {Node} node
   */
  #beyond(node) {
    const { rows, before } = this.nearest(node);
    const row = before ? rows[0] : rows[rows.length - 1];
    return row ? this.#in(row, before ? 0 : Infinity) : null;
  }

  /**
   * @param {Element} element
   * @param {number} offset
   * @returns {End | null}
   */
  #in(element, offset) {
    const found = this.#sheet.rowOf(element);
    return found && placeOf(found.number, offset, found.row);
  }
}

/**
 * @param {number} number
 * @param {number} offset
 * @param {import('../keeper/protocol.js').Row | undefined} row
 * @returns {End}
 */
function placeOf(number, offset, row) {
  return { number, offset, stream: row?.stream ?? 0, cursor: row && 'text' in row ? row.cursor : '' };
}
