// @ts-check
/**
 * Where the list stands, and what the scroll bar says about it.
 *
 * The list stands at an anchor: a row, and how far its top lies above the top of
 * the view. The scroll bar is only a way to say where to go: a small move of it
 * moves the anchor by as many pixels, whatever the bar stands for; a jump goes
 * to the place in proportion. So a row can always be reached however many
 * there are, and heights need to be known only near the anchor.
 */

/**
 * Anchor is the first row in view. Settled, 0 <= px < the row's height.
 *
 * @typedef {object} Anchor
 * @property {number} row
 * @property {number} px of the row that lie above the view
 */

/**
 * Rows is what there is to scroll over.
 *
 * @typedef {object} Rows
 * @property {number} first
 * @property {number} end
 * @property {(row: number) => number} height in px; a guess where it is not known
 * @property {number} typical height of a row in px
 */

/** The tallest that the scrolled element gets, in px: browsers clamp at 17 million. */
export const tallest = 8_000_000;

/**
 * settle returns the anchor that names the same place with px inside its row,
 * and not beyond either end.
 *
 * @param {Anchor} anchor
 * @param {Rows} rows
 * @param {number} view height in px
 * @returns {{anchor: Anchor, bottom: boolean}} bottom: the end of the last row is in view
 */
export function settle(anchor, rows, view) {
  let { row, px } = anchor;
  if (row >= rows.end) {
    row = Math.max(rows.first, rows.end - 1);
    px = 0;
  }
  if (row < rows.first) {
    row = rows.first;
    px = 0;
  }
  while (px < 0 && row > rows.first) {
    row--;
    px += rows.height(row);
  }
  if (px < 0) px = 0;
  while (row < rows.end - 1 && px >= rows.height(row)) {
    px -= rows.height(row);
    row++;
  }
  const last = lowest(rows, view);
  const bottom = row > last.row || (row === last.row && px >= last.px - 0.5);
  return { anchor: bottom ? last : { row, px }, bottom };
}

/**
 * lowest returns the anchor at which the last row ends with the view.
 *
 * @param {Rows} rows
 * @param {number} view
 * @returns {Anchor}
 */
export function lowest(rows, view) {
  let room = view;
  for (let row = rows.end - 1; row >= rows.first; row--) {
    room -= rows.height(row);
    if (room <= 0) return { row, px: -room };
  }
  return { row: rows.first, px: 0 };
}

/**
 * Bar is what lies before, within and behind the rows, in any unit: the scroll
 * bar spans all of it.
 *
 * @typedef {{before: number, within: number, behind: number}} Bar
 */

/**
 * extent returns how tall the scrolled element is to be.
 *
 * @param {Rows} rows
 * @param {number} view
 * @param {Bar} bar
 */
export function extent(rows, view, bar) {
  const all = (bar.before + bar.within + bar.behind) / bar.within;
  return Math.max(view, Math.min(tallest, Math.round((rows.end - rows.first) * rows.typical * all)));
}

/**
 * barOf returns where the scroll bar stands for an anchor.
 *
 * @param {Anchor} anchor settled
 * @param {Rows} rows
 * @param {number} view
 * @param {Bar} bar
 */
export function barOf(anchor, rows, view, bar) {
  const last = place(lowest(rows, view), rows);
  const room = extent(rows, view, bar) - view;
  const share = last > 0 ? Math.min(1, place(anchor, rows) / last) : bar.behind > 0 ? 0 : 1;
  return ((bar.before + share * bar.within) / (bar.before + bar.within + bar.behind)) * room;
}

/**
 * fromBar returns the anchor that the scroll bar points to, or the share of all
 * where that lies outside the rows.
 *
 * @param {number} top
 * @param {Rows} rows
 * @param {number} view
 * @param {Bar} bar
 * @returns {Anchor | number}
 */
export function fromBar(top, rows, view, bar) {
  const room = extent(rows, view, bar) - view;
  if (room <= 0) return { row: rows.first, px: 0 };
  const share = Math.min(1, Math.max(0, top / room));
  const all = bar.before + bar.within + bar.behind;
  const within = (share * all - bar.before) / bar.within;
  if ((within < 0 && bar.before > 0) || (within > 1 && bar.behind > 0)) return share;
  const at = Math.min(1, Math.max(0, within)) * place(lowest(rows, view), rows);
  const row = rows.first + Math.floor(at);
  return { row, px: (at % 1) * rows.height(row) };
}

/**
 * place counts rows from the first to an anchor.
 *
 * @param {Anchor} anchor
 * @param {Rows} rows
 */
function place(anchor, rows) {
  return anchor.row - rows.first + anchor.px / rows.height(anchor.row);
}
