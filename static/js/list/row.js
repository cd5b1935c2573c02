// @ts-check
/**
 * The elements of one row.
 */

import { cut } from '../text/pieces.js';
import { shown } from '../text/clock.js';
import { groundOf, inkOn } from '../text/colour.js';
import { levels, ERROR, WARN } from '../text/level.js';
import { tokens } from '../text/token.js';
import { make } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/protocol.js').Row} Row */
/** @typedef {import('../keeper/protocol.js').Line} Line */
/** @typedef {import('../text/pieces.js').Piece} Piece */
/** @typedef {import('../text/ansi.js').Style} Style */

/**
 * Setting is how rows are drawn.
 *
 * @typedef {object} Setting
 * @property {string[]} streams those that are watched; their names are shown where there are several
 * @property {import('../text/clock.js').Clock} clock
 * @property {number} since time of the marked line that elapsed time is counted from; NaN for the row before
 * @property {'hostile' | 'all'} reveal
 * @property {string[]} columns
 * @property {(row: Line) => boolean} marked
 * @property {(row: Line) => boolean} current
 */

/** How many colours tell streams apart. */
const colours = 8;
/** What a browser may open at a click. */
const safe = /^https?:\/\//;

/**
 * Drawn is what an element shows, where lines of the same shape can follow with
 * other words: the roles of its pieces, and the texts of them.
 *
 * @typedef {{shape: string, texts: Text[]}} Drawn
 */

/** @type {WeakMap<HTMLElement, Drawn>} */
const drawn = new WeakMap();

/**
 * fill makes an element show a row. Neighbours in a log are mostly of one shape: then
 * words change and no elements, which costs a browser a fraction.
 *
 * @param {HTMLElement} element
 * @param {Row} row
 * @param {Setting} setting
 */
export function fill(element, row, setting) {
  const { streams } = setting;
  if ('divider' in row) {
    const grave = row.divider.kind === 'gap' || row.divider.kind === 'restarted';
    drawn.delete(element);
    element.className = `row divider ${grave ? 'gap' : row.divider.condition === 'failed' ? 'bad' : ''}`;
    const name = streams.length > 1 ? streams[row.stream] ?? '' : '';
    element.replaceChildren(make('span', { text: words.divider(row.divider, name) }));
    return;
  }
  const classes = ['row', classOf(row.level), row.continues && 'continues', row.member && 'member',
    setting.marked(row) && 'marked', setting.current(row) && 'current'].filter(Boolean).join(' ');
  if (element.className !== classes) element.className = classes;
  const stamp = shown(setting.clock, row.stamp.time, Number.isNaN(setting.since) ? row.before : setting.since);
  const looks = {
    runs: row.runs, marks: row.marks, tokens: row.tokens, stamp: row.stamp, level: row.named, reveal: setting.reveal,
  };
  const pieces = cut(row.text, looks);
  const bare = streams.length < 2 && setting.columns.length === 0 && row.folded === 0 && !row.unfolded && !row.trace && stamp === '';
  const shape = bare ? shapeOf(pieces) : '';
  if (shape !== '' && drawn.get(element)?.shape === shape) {
    for (const [i, node] of (drawn.get(element)?.texts ?? []).entries()) {
      const words = pieces[i]?.text ?? '';
      if (node.data !== words) node.data = words;
    }
    return;
  }
  drawn.delete(element);
  const text = make('span', { class: 'text' });
  let instead = stamp;
  for (const piece of pieces) {
    text.append(node(piece, stamp !== '', instead));
    // Colours and controls may cut a stamp: what stands in its place stands there once.
    if (piece.role === 'stamp') instead = '';
  }
  /** @type {HTMLElement[]} */
  const parts = streams.length > 1 ? [source(row, streams)] : [];
  if (setting.columns.length > 0 && row.fields.length > 0) {
    element.classList.add('columned');
    parts.push(...cells(row, setting, stamp));
  }
  parts.push(text);
  if (row.folded > 0 || row.unfolded) parts.push(more(row));
  if (row.trace) parts.push(trace(row));
  element.replaceChildren(...parts);
  if (shape !== '') drawn.set(element, { shape, texts: [...text.childNodes].map((child) => /** @type {Text} */ (child.firstChild ?? child)) });
}

/**
 * clear makes an element show nothing.
 *
 * @param {HTMLElement} element
 */
export function clear(element) {
  drawn.delete(element);
  element.className = 'row';
  element.replaceChildren();
}

/**
 * shapeOf returns the roles of pieces, or '' where more than their words makes how
 * they look.
 *
 * @param {Piece[]} pieces
 */
function shapeOf(pieces) {
  let shape = '';
  for (const { text, style, role, name } of pieces) {
    if (style !== null || name !== '' || text === '' || role === 'url') return '';
    shape += role + ' ';
  }
  return shape;
}

/** @param {number} level */
export function classOf(level) {
  return level >= ERROR ? 'error' : level === WARN ? 'warn' : level === 1 || level === 2 ? 'debug' : '';
}

/**
 * cells returns the row as columns: when, how serious, and the chosen fields.
 *
 * @param {Line} row
 * @param {Setting} setting
 * @param {string} stamp
 */
function cells(row, setting, stamp) {
  const values = new Map(row.fields);
  const time = stamp || row.text.slice(row.stamp.start, row.stamp.end);
  const cell = (/** @type {string} */ text, /** @type {string} */ kind) => make('span', { class: `cell ${kind}`, text, title: text });
  const list = [cell(time, 'stamp'), cell((levels[row.level] ?? '').toUpperCase(), 'level')];
  for (const [i, name] of setting.columns.entries()) list.push(cell(values.get(name) ?? '', `w${Math.min(i, 11)}`));
  return list;
}

/**
 * @param {Line} row
 * @param {string[]} streams
 */
function source(row, streams) {
  const name = streams[row.stream] ?? '';
  return make('span', { class: `source c${colourOf(name, streams)}`, text: words.shortName(name, streams), title: name });
}

/**
 * colourOf returns the number of a stream's colour: the same every time, unless
 * a stream before it in the view has that already.
 *
 * @param {string} name
 * @param {string[]} streams
 */
export function colourOf(name, streams) {
  /** @type {Set<number>} */
  const taken = new Set();
  for (const stream of streams) {
    let colour = hash(stream) % colours;
    while (taken.size < colours && taken.has(colour)) colour = (colour + 1) % colours;
    if (stream === name) return colour;
    taken.add(colour);
  }
  return 0;
}

/** @param {string} name */
function hash(name) {
  let sum = 0;
  for (let i = 0; i < name.length; i++) sum = (sum * 31 + name.charCodeAt(i)) >>> 0;
  return sum;
}

/** @param {Line} row */
function more(row) {
  return make('button', {
    class: 'more', type: 'button', 'data-unfold': String(row.seq), tabindex: '-1',
    text: row.unfolded ? words.foldAgain(row.folded) : words.unfold(row.folded),
  });
}

/** @param {Line} row */
function trace(row) {
  return make('button', {
    class: 'more', type: 'button', 'data-trace': String(row.seq), tabindex: '-1', 'aria-expanded': String(row.trace?.open === true),
    text: words.trace(row.trace?.count ?? 0, row.trace?.open ? 'open' : 'folded'),
  });
}

/**
 * @param {Piece} piece
 * @param {boolean} replaced whether something stands in place of the stamp
 * @param {string} instead that, or '' where it stands already
 */
function node(piece, replaced, instead) {
  if (piece.style === null && piece.role === '') return piece.text;
  if (piece.role === 'url' && safe.test(piece.text)) {
    const element = link(piece.text);
    element.tabIndex = -1;
    return element;
  }
  const match = piece.role.startsWith('mark');
  const element = match ? make('mark', { class: piece.role }) : make('span', { class: piece.role === 'key' ? 'key-token' : piece.role });
  element.textContent = piece.text;
  if (piece.name) element.dataset['name'] = piece.name;
  if (piece.role === 'stamp' && replaced) {
    element.classList.add('instead');
    element.dataset['name'] = instead;
    element.title = piece.text;
  }
  // A match has its own colours.
  if (piece.style && !match) dress(element, piece.style);
  return element;
}

/** @param {string} address with a scheme that is safe */
function link(address) {
  return make('a', { class: 'url', href: address, target: '_blank', rel: 'noopener noreferrer', text: address });
}

/**
 * linked returns a text with its addresses as links, which the Tab key reaches.
 *
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function linked(text) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const { start, end, kind } of tokens(text)) {
    const address = text.slice(start, end);
    if (kind !== 'url' || !safe.test(address)) continue;
    parts.push(text.slice(at, start), link(address));
    at = end;
  }
  return [...parts, text.slice(at)];
}

/**
 * legible returns a colour as light or dark as it must be to be read on the page.
 *
 * @param {string} colour
 */
function legible(colour) {
  return `light-dark(oklch(from ${colour} min(l, var(--deep)) c h), oklch(from ${colour} max(l, var(--bright)) c h))`;
}

/**
 * dress gives an element an ANSI style: by class where the theme has the
 * colour, else by property.
 *
 * @param {HTMLElement} element
 * @param {Style} style
 */
function dress(element, style) {
  const { classList } = element;
  let { ink, ground } = style;
  if (style.inverse) {
    [ink, ground] = [ground, ink];
    if (ground === null) classList.add('ground-page');
  }
  if (ground !== null) {
    element.style.backgroundColor = groundOf(ground);
    element.style.color = inkOn(ink, ground);
  } else if (!style.inverse) {
    if (ink !== null) classList.add('ink');
    if (typeof ink === 'number') classList.add(`ink${ink}`);
    else if (ink !== null) element.style.setProperty('--ink', legible(ink));
  }
  for (const name of /** @type {const} */ (['bold', 'faint', 'italic', 'underline', 'struck'])) {
    if (style[name]) classList.add(name);
  }
}
