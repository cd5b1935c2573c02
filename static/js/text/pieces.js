// @ts-check
/**
 * How one line is cut into pieces of one look each: its ANSI runs, the matches
 * of the filter, its stamp and level, and the characters that must not act but
 * be seen. Pure: what comes out are values; the list makes elements of them.
 */

/** @typedef {import('./ansi.js').Style} Style */
/** @typedef {import('./ansi.js').Run} Run */
/** @typedef {import('./level.js').Reading} Reading */

/**
 * Piece is a part of a line with one look. The pieces of a line, joined, are
 * as long as its text, character for character.
 *
 * @typedef {object} Piece
 * @property {string} text what is drawn
 * @property {Style | null} style
 * @property {'' | 'stamp' | 'level' | 'mark' | 'control'} role
 * @property {string} name of a control character, or ''
 */

/**
 * Controls that a line may hold and that are drawn as marks: C0 but the tab,
 * DEL, C1, line separators, and the controls of writing direction, which
 * could make a line read otherwise than it is.
 */
const controls = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const everyControl = new RegExp(controls, 'g');

/**
 * cut returns the pieces of a text.
 *
 * @param {string} text the visible text
 * @param {Run[]} runs in order, not overlapping
 * @param {number[]} marks start and end of each match, in order, not overlapping
 * @param {Reading} reading
 * @returns {Piece[]}
 */
export function cut(text, runs, marks, reading) {
  const hasControls = controls.test(text);
  const plain = runs.length === 0 && marks.length === 0 && !hasControls;
  if (plain && reading.stamp === 0 && reading.end === 0) return [piece(text, null, '')];
  const edges = new Set([0, text.length]);
  for (const at of [reading.stamp, reading.start, reading.end]) if (!inside(at, marks)) edges.add(at);
  for (const run of runs) edges.add(run.start).add(run.end);
  for (const at of marks) edges.add(at);
  if (hasControls) for (const found of text.matchAll(everyControl)) edges.add(found.index).add(found.index + 1);
  const order = [...edges].filter((at) => at <= text.length).sort((a, b) => a - b);
  /** @type {Piece[]} */
  const pieces = [];
  let run = 0;
  let mark = 0;
  for (let i = 0; i + 1 < order.length; i++) {
    const start = order[i] ?? 0;
    const end = order[i + 1] ?? start;
    while (run < runs.length && (runs[run]?.end ?? 0) <= start) run++;
    while (mark < marks.length && (marks[mark + 1] ?? 0) <= start) mark += 2;
    const style = (runs[run]?.start ?? Infinity) <= start ? runs[run]?.style ?? null : null;
    const inMark = (marks[mark] ?? Infinity) <= start;
    pieces.push(one(text.slice(start, end), start, style, inMark, reading));
  }
  return pieces;
}

/**
 * @param {string} text
 * @param {number} start
 * @param {Style | null} style
 * @param {boolean} inMark
 * @param {Reading} reading
 * @returns {Piece}
 */
function one(text, start, style, inMark, reading) {
  if (text.length === 1 && controls.test(text)) {
    return { text: '\u00b7', style, role: 'control', name: name(text.charCodeAt(0)) };
  }
  if (inMark) return piece(text, style, 'mark');
  if (start >= reading.start && start < reading.end) return piece(text, style, 'level');
  if (start < reading.stamp) return piece(text, style, 'stamp');
  return piece(text, style, '');
}

/**
 * inside reports whether a place lies within a match.
 *
 * @param {number} at
 * @param {number[]} marks
 */
function inside(at, marks) {
  for (let i = 0; i < marks.length; i += 2) if ((marks[i] ?? 0) < at && at < (marks[i + 1] ?? 0)) return true;
  return false;
}

/**
 * @param {string} text
 * @param {Style | null} style
 * @param {Piece['role']} role
 * @returns {Piece}
 */
function piece(text, style, role) {
  return { text, style, role, name: '' };
}

/**
 * name returns the name of a control: as terminals write it, or its number.
 *
 * @param {number} code
 */
function name(code) {
  if (code < 0x20 || code === 0x7f) return '^' + String.fromCharCode(code ^ 0x40);
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
