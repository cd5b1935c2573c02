// @ts-check
/** A handful of rows, as many as a sieve looks at in one go, and what conditions they hold. */

import { hit } from './expression.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./store.js').Store} Store */

/** Rows, and characters, about. */
const slice = 8000;
const sliceText = 1 << 20;

/**
 * gather returns the visible texts of rows from one on.
 *
 * @param {Store} store
 * @param {number} from
 */
export function gather(store, from) {
  /** @type {string[]} */
  const texts = [];
  const end = Math.min(store.end, from + slice);
  for (let seq = from, size = 0; seq < end && size < sliceText; seq++) {
    const text = strip(store.text(seq));
    size += text.length;
    texts.push(text);
  }
  return { from, texts };
}

/**
 * gatherBefore returns the visible texts of rows that end before one.
 *
 * @param {Store} store
 * @param {number} to
 */
export function gatherBefore(store, to) {
  /** @type {string[]} */
  const texts = [];
  let from = to;
  for (let size = 0; from > store.first && to - from < slice && size < sliceText; from--) {
    const text = strip(store.text(from - 1));
    size += text.length;
    texts.push(text);
  }
  return { from, texts: texts.reverse() };
}

/**
 * tally counts a line for each condition that it holds.
 *
 * @param {number[]} counts
 * @param {number} which bits of the conditions
 */
export function tally(counts, which) {
  for (let at = 0; which !== 0; at++, which >>>= 1) if (which & 1) counts[at] = (counts[at] ?? 0) + 1;
}

/**
 * test returns, for each text, a bit for each expression that it holds.
 *
 * @param {RegExp[]} expressions
 * @param {string[]} texts
 */
export function test(expressions, texts) {
  const which = new Int32Array(texts.length);
  for (const [at, expression] of expressions.entries()) {
    for (const [i, text] of texts.entries()) if (hit(expression, text)) which[i] = (which[i] ?? 0) | (1 << at);
  }
  return which;
}
