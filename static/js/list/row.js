// @ts-check
/**
 * The elements of one row.
 */

import { cut } from '../text/pieces.js';
import { make } from '../dom.js';
import * as words from '../words.js';

/** @typedef {import('../keeper/protocol.js').Row} Row */
/** @typedef {import('../keeper/protocol.js').Line} Line */
/** @typedef {import('../text/pieces.js').Piece} Piece */
/** @typedef {import('../text/ansi.js').Style} Style */

/** How many colours tell streams apart. */
const colours = 8;

/**
 * fill makes an element show a row.
 *
 * @param {HTMLElement} element
 * @param {Row} row
 * @param {string[]} streams those that are watched; their names are shown where there are several
 */
export function fill(element, row, streams) {
  if ('divider' in row) {
    element.className = `row divider ${row.divider.kind === 'gap' || row.divider.kind === 'restarted' ? 'gap' : ''}`;
    const name = streams.length > 1 ? streams[row.stream] ?? '' : '';
    element.replaceChildren(make('span', { text: words.divider(row.divider, name) }));
    return;
  }
  element.className = `row ${row.reading.level} ${row.continues ? 'continues' : ''}`;
  const text = make('span', { class: 'text' });
  for (const piece of cut(row.text, row.runs, row.marks, row.reading)) text.append(node(piece));
  const parts = streams.length > 1 ? [source(row, streams), text] : [text];
  if (row.folded > 0 || row.unfolded) parts.push(more(row));
  element.replaceChildren(...parts);
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

/** @param {Piece} piece */
function node(piece) {
  if (piece.style === null && piece.role === '') return piece.text;
  const element = piece.role === 'mark' ? make('mark') : make('span', { class: piece.role });
  element.textContent = piece.text;
  if (piece.name) element.dataset['name'] = piece.name;
  if (piece.style) dress(element, piece.style);
  return element;
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
    if (ink === null) classList.add('ink-page');
    if (ground === null) classList.add('ground-page');
  }
  if (typeof ink === 'number') classList.add(`ink${ink}`);
  else if (ink !== null) element.style.color = ink;
  if (typeof ground === 'number') classList.add(`ground${ground}`);
  else if (ground !== null) element.style.backgroundColor = ground;
  for (const name of /** @type {const} */ (['bold', 'faint', 'italic', 'underline', 'struck'])) {
    if (style[name]) classList.add(name);
  }
}
