// @ts-check
/**
 * The worker that runs a reader's regular expressions. An expression can take
 * for ever; whoever asked ends this worker when it does not answer in time
 * (matching.js), and knows from the last answer which one it was.
 */

import { apart, compile, hit, spots } from './expression.js';

/** @typedef {import('./expression.js').Filter} Filter */

/**
 * Question asks which of some lines hold each filter's expression, or where.
 *
 * @typedef {object} Question
 * @property {number} id
 * @property {'which' | 'where'} ask
 * @property {(Filter & {colour?: number})[]} filters at most 30
 * @property {string[]} texts
 */

/**
 * Answer holds, for each text, a bit for each filter that it holds, or the
 * places of the matches. An answer with at says only which filter's turn it is.
 *
 * @typedef {object} Answer
 * @property {number} id
 * @property {number} [at]
 * @property {Int32Array} [which]
 * @property {number[][]} [where]
 */

self.onmessage = (/** @type {MessageEvent<Question>} */ event) => {
  const { id, ask, filters, texts } = event.data;
  const expressions = filters.map((filter) => ({ expression: compile(filter), colour: filter.colour ?? 0 }));
  const which = new Int32Array(texts.length);
  /** @type {[number, number, number][][]} */
  const where = texts.map(() => []);
  for (const [at, { expression, colour }] of expressions.entries()) {
    postMessage({ id, at });
    for (const [i, text] of texts.entries()) {
      if (ask === 'where') where[i]?.push(...spots(expression, colour, text));
      else if (hit(expression, text)) which[i] = (which[i] ?? 0) | (1 << at);
    }
  }
  postMessage(ask === 'where' ? { id, where: where.map((places) => apart(places).flat()) } : { id, which });
};
postMessage({ id: 0 });
