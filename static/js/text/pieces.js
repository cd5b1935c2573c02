// @ts-check
/**
 * How one line is cut into pieces of one look each: its ANSI runs, the matches
 * of filters and searches, its stamp and level, what is of a known kind, and
 * the characters that must not act but be seen. Pure: what comes out are values;
 * the list makes elements of them.
 */

/** @typedef {import('./ansi.js').Style} Style */
/** @typedef {import('./ansi.js').Run} Run */
/** @typedef {import('./token.js').Token} Token */

/**
 * Role is what a piece is. Marks are matches: mark0 to mark7 by colour.
 *
 * @typedef {'' | 'stamp' | 'level' | 'control' | `mark${number}` | import('./token.js').Kind} Role
 */

/**
 * Piece is a part of a line with one look. The pieces of a line, joined, are
 * as long as its text, character for character.
 *
 * @typedef {object} Piece
 * @property {string} text what is drawn
 * @property {Style | null} style
 * @property {Role} role
 * @property {string} name of a control character, or ''
 */

/**
 * Looks is all that is known about the text.
 *
 * @typedef {object} Looks
 * @property {Run[]} [runs] in order, not overlapping
 * @property {number[]} [marks] start, end and colour of each match, in order, not overlapping
 * @property {Token[]} [tokens] in order, not overlapping
 * @property {{start: number, end: number}} [stamp]
 * @property {{start: number, end: number}} [level]
 * @property {'hostile' | 'all'} [reveal] which characters that are not seen are drawn as marks
 */

/**
 * Controls that a line may hold and that are drawn as marks always: C0 but the tab,
 * DEL, C1, line separators, and the controls of writing direction, which
 * could make a line read otherwise than it is.
 */
const hostile = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const everyHostile = new RegExp(hostile, 'g');
/** Those and all else that is not seen: on demand. */
const hidden = /[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]/;
const everyHidden = new RegExp(hidden, 'g');

/**
 * cut returns the pieces of a text.
 *
 * @param {string} text the visible text
 * @param {Looks} looks
 * @returns {Piece[]}
 */
export function cut(text, looks) {
  const { runs = [], marks = [], tokens = [], stamp, level, reveal } = looks;
  const controls = reveal === 'all' ? hidden : hostile;
  const edges = new Set([0, text.length]);
  /** @param {{start: number, end: number}} part */
  const add = ({ start, end }) => {
    if (start < end) for (const at of [start, end]) if (!inside(at, marks)) edges.add(at);
  };
  if (stamp) add(stamp);
  if (level) add(level);
  // A stamp is one thing, and may be drawn as another: its date and numbers are not told apart.
  for (const token of tokens) if (!covers(stamp, token.start) || token.end > (stamp?.end ?? 0)) add(token);
  for (const run of runs) edges.add(run.start).add(run.end);
  for (let i = 0; i < marks.length; i += 3) edges.add(marks[i] ?? 0).add(marks[i + 1] ?? 0);
  if (controls.test(text)) {
    const every = reveal === 'all' ? everyHidden : everyHostile;
    for (const found of text.matchAll(every)) edges.add(found.index).add(found.index + 1);
  }
  if (edges.size <= 2) {
    const role = marks.length > 0 ? markOf(marks, 0) : covers(stamp, 0) ? 'stamp' : covers(level, 0) ? 'level' : tokens[0]?.kind ?? '';
    if (text.length !== 1 || !controls.test(text)) return [piece(text, runs[0]?.style ?? null, role)];
  }
  const order = [...edges].filter((at) => at <= text.length).sort((a, b) => a - b);
  /** @type {Piece[]} */
  const pieces = [];
  let run = 0;
  let mark = 0;
  let token = 0;
  for (let i = 0; i + 1 < order.length; i++) {
    const start = order[i] ?? 0;
    const end = order[i + 1] ?? start;
    while (run < runs.length && (runs[run]?.end ?? 0) <= start) run++;
    while (mark < marks.length && (marks[mark + 1] ?? 0) <= start) mark += 3;
    while (token < tokens.length && (tokens[token]?.end ?? 0) <= start) token++;
    const style = (runs[run]?.start ?? Infinity) <= start ? runs[run]?.style ?? null : null;
    const part = text.slice(start, end);
    if (part.length === 1 && controls.test(part)) {
      pieces.push({ text: '\u00b7', style, role: 'control', name: name(part.charCodeAt(0)) });
    } else if ((marks[mark] ?? Infinity) <= start) {
      pieces.push(piece(part, style, markOf(marks, mark)));
    } else if (covers(level, start)) {
      pieces.push(piece(part, style, 'level'));
    } else if (covers(stamp, start)) {
      pieces.push(piece(part, style, 'stamp'));
    } else if (style === null && (tokens[token]?.start ?? Infinity) <= start) {
      pieces.push(piece(part, null, tokens[token]?.kind ?? ''));
    } else {
      pieces.push(piece(part, style, ''));
    }
  }
  return pieces;
}

/**
 * @param {{start: number, end: number} | undefined} part
 * @param {number} at
 */
function covers(part, at) {
  return part !== undefined && part.start <= at && at < part.end;
}

/**
 * @param {number[]} marks
 * @param {number} at
 * @returns {Role}
 */
function markOf(marks, at) {
  return `mark${marks[at + 2] ?? 0}`;
}

/**
 * inside reports whether a place lies within a match.
 *
 * @param {number} at
 * @param {number[]} marks
 */
function inside(at, marks) {
  for (let i = 0; i < marks.length; i += 3) if ((marks[i] ?? 0) < at && at < (marks[i + 1] ?? 0)) return true;
  return false;
}

/**
 * @param {string} text
 * @param {Style | null} style
 * @param {Role} role
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
  if (code === 9) return '→\u2009\u2009';
  if (code < 0x20 || code === 0x7f) return '^' + String.fromCharCode(code ^ 0x40);
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
