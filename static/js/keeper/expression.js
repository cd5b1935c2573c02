// @ts-check
/**
 * What a reader asks of lines, as regular expressions.
 */

/**
 * Filter is what a line may hold.
 *
 * @typedef {object} Filter
 * @property {string} text
 * @property {boolean} regex text is a regular expression, not plain text
 * @property {boolean} cased capitals count
 */

/**
 * Condition is a filter of lines: they must hold it, or must not. One that is off
 * is counted all the same.
 *
 * @typedef {Filter & {kind: 'in' | 'out', on: boolean}} Condition
 */

/**
 * Highlight is a filter whose matches are drawn in a colour, 0 to 7.
 *
 * @typedef {Filter & {colour: number}} Highlight
 */

/** Matches of one line that are marked at most. */
const most = 200;

/**
 * compile returns the expression for a filter. It throws SyntaxError where the text
 * is no regular expression.
 *
 * @param {Filter} filter
 */
export function compile(filter) {
  const source = filter.regex ? filter.text : filter.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(source, filter.cased ? 'g' : 'gi');
}

/**
 * hit reports whether a line holds what an expression asks for.
 *
 * @param {RegExp} expression of compile
 * @param {string} text
 */
export function hit(expression, text) {
  expression.lastIndex = 0;
  return expression.test(text);
}

/**
 * matches returns start, end and colour of each match of some expressions in a
 * text, in order. Of two that overlap the one of the later expression is kept.
 * Empty matches are none.
 *
 * @param {{expression: RegExp, colour: number}[]} expressions
 * @param {string} text
 */
export function matches(expressions, text) {
  const places = expressions.flatMap(({ expression, colour }) => spots(expression, colour, text));
  return (expressions.length < 2 ? places : apart(places)).flat();
}

/**
 * spots returns start, end and colour of each match of one expression, in order.
 *
 * @param {RegExp} expression of compile
 * @param {number} colour
 * @param {string} text
 */
export function spots(expression, colour, text) {
  /** @type {[number, number, number][]} */
  const places = [];
  expression.lastIndex = 0;
  let count = 0;
  for (let found = expression.exec(text); found && count < most; found = expression.exec(text), count++) {
    if (found[0] === '') {
      expression.lastIndex++;
      if (expression.lastIndex > text.length) break;
      continue;
    }
    places.push([found.index, found.index + found[0].length, colour]);
  }
  return places;
}

/**
 * apart returns places in order without those that overlap one later in the list.
 *
 * @param {[number, number, number][]} places
 * @returns {[number, number, number][]}
 */
export function apart(places) {
  /** @type {[number, number, number][]} */
  const kept = [];
  for (const place of places.reverse()) {
    if (kept.every(([start, end]) => place[1] <= start || place[0] >= end)) kept.push(place);
  }
  return kept.sort((a, b) => a[0] - b[0]);
}
