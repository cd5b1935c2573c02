// @ts-check
/**
 * What a reader asks of lines, as a regular expression.
 */

/**
 * Filter is what lines must hold to be shown.
 *
 * @typedef {object} Filter
 * @property {string} text
 * @property {boolean} regex text is a regular expression, not plain text
 * @property {boolean} cased capitals count
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
 * matches returns start and end of each match in a text. Empty matches are
 * none.
 *
 * @param {RegExp} expression of compile
 * @param {string} text
 */
export function matches(expression, text) {
  /** @type {number[]} */
  const places = [];
  expression.lastIndex = 0;
  for (let found = expression.exec(text); found; found = expression.exec(text)) {
    if (found[0] === '') {
      expression.lastIndex++;
      if (expression.lastIndex > text.length) break;
      continue;
    }
    places.push(found.index, found.index + found[0].length);
    if (places.length >= 2 * most) break;
  }
  return places;
}
