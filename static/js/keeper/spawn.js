// @ts-check
/**
 * Starts the keeper. It is a script of its own, so that the keeper's modules
 * load beside those of the page and not after them.
 */

export const keeper = new Worker(new URL('./keeper.js', import.meta.url), { type: 'module', name: 'keeper' });
