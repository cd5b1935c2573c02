// @ts-check
/**
 * Starts keepers. It is a script of its own, so that the modules of the first
 * keeper load beside those of the page and not after them.
 */

/** spawn starts a keeper. */
export function spawn() {
  return new Worker(new URL('./keeper.js', import.meta.url), { type: 'module', name: 'keeper' });
}

/** The keeper of the first pane. */
export const first = spawn();
