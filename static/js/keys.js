// @ts-check
/** Keys of the page. Those typed into a field stay there, but for a few. */

/**
 * Deeds are what keys can do.
 *
 * @typedef {object} Deeds
 * @property {() => void} find
 * @property {() => void} filter
 * @property {() => void} escape
 * @property {() => void} top
 * @property {() => void} follow
 * @property {() => void} toggleFollow
 * @property {(rows: number) => void} move
 * @property {(pages: number) => void} page
 * @property {() => void} pause
 * @property {() => void} wrap
 * @property {() => void} theme
 * @property {() => void} help
 * @property {() => boolean} selectAll whether there was something to select
 */

/**
 * listen has the deeds done.
 *
 * @param {Deeds} deeds
 */
export function listen(deeds) {
  /** @type {Record<string, () => void>} */
  const keys = {
    '/': deeds.filter, '?': deeds.help, g: deeds.top, Home: deeds.top, G: deeds.follow, End: deeds.follow, f: deeds.toggleFollow,
    j: () => deeds.move(1), ArrowDown: () => deeds.move(1), k: () => deeds.move(-1), ArrowUp: () => deeds.move(-1),
    ' ': () => deeds.page(1), PageDown: () => deeds.page(1), b: () => deeds.page(-1), PageUp: () => deeds.page(-1),
    p: deeds.pause, w: deeds.wrap, t: deeds.theme,
  };
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || document.querySelector('dialog[open]')) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      deeds.find();
      return;
    }
    if (event.key === 'Escape') {
      deeds.escape();
      return;
    }
    if (typing(event.target)) return;
    if (command && event.key === 'a') {
      if (deeds.selectAll()) event.preventDefault();
      return;
    }
    const deed = keys[event.key];
    if (!deed || command || event.altKey) return;
    if (event.key === ' ' && event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    deed();
  });
}

/** @param {EventTarget | null} target */
function typing(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
