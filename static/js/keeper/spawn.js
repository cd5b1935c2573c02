// @ts-check
/** Starts keepers. That of the first pane was started by early.js. */

/** spawn starts a keeper. */
export function spawn() {
  return new Worker(new URL('./keeper.js', import.meta.url), { type: 'module', name: 'keeper' });
}

/** The keeper of the first pane. */
export const first = /** @type {{keeper?: Worker}} */ (globalThis).keeper ?? spawn();
