// @ts-check
/**
 * Starts keepers. The page imports it before all else, so that the first keeper
 * comes up beside the page and not after it.
 */

/** spawn starts a keeper. */
export function spawn() {
  return new Worker(new URL('./keeper.js', import.meta.url), { type: 'module', name: 'keeper' });
}

/** The keeper of the first pane. */
export const first = spawn();
