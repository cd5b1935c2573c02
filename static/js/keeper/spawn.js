// @ts-check
/** Starts keepers. That of the first pane was started by early.js. */

/** spawn starts a keeper. */
export function spawn() {
  return new Worker(new URL('./keeper.js', import.meta.url), { type: 'module', name: 'keeper' });
}

/**
 * First is the keeper of the first pane, the streams that it was asked for early, and
 * what it said of them before the page was there.
 *
 * @typedef {{keeper: Worker, streams: string[], heard: (import('./protocol.js').Frame | import('./protocol.js').Answer)[]}} First
 */

/** The keeper of the first pane. @type {First} */
export const first = /** @type {{early?: First}} */ (globalThis).early ?? { keeper: spawn(), streams: [], heard: [] };
