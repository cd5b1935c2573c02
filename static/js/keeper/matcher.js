// @ts-check
/**
 * The worker that runs a reader's regular expressions. An expression can take
 * for ever; whoever asked ends this worker when it does not answer in time
 * (matching.js).
 */

import { compile, hit, matches } from './expression.js';

/** @typedef {import('./expression.js').Filter} Filter */

/**
 * Question asks which of some lines hold a filter's expression, or where.
 *
 * @typedef {object} Question
 * @property {number} id
 * @property {'which' | 'where'} ask
 * @property {Filter} filter
 * @property {string[]} texts
 */

/**
 * Answer holds, for each text, 1 or 0, or the places of its matches.
 *
 * @typedef {object} Answer
 * @property {number} id
 * @property {Uint8Array} [which]
 * @property {number[][]} [where]
 */

self.onmessage = (/** @type {MessageEvent<Question>} */ event) => {
  const { id, ask, filter, texts } = event.data;
  const expression = compile(filter);
  /** @type {Answer} */
  const answer = ask === 'which'
    ? { id, which: Uint8Array.from(texts, (text) => Number(hit(expression, text))) }
    : { id, where: texts.map((text) => matches(expression, text)) };
  postMessage(answer);
};
postMessage({ id: 0 });
