// @ts-check
/** Keys of the page. Those typed into a field stay there, but for a few. */

/**
 * Deeds are what keys can do.
 *
 * @typedef {object} Deeds
 * @property {Record<string, () => void>} keys by the key's name
 * @property {() => void} find a stream
 * @property {() => void} filters all off, or on again
 * @property {() => void} escape
 * @property {() => boolean} selectAll whether there was something to select
 * @property {Record<string, () => void>} shifted by the key's name, for keys that mean something else with Shift
 */

/**
 * listen has the deeds done.
 *
 * @param {Deeds} deeds
 */
export function listen(deeds) {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || document.querySelector('dialog[open]')) return;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (command && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      deeds.find();
      return;
    }
    if (event.key === 'Escape') {
      // That closes the menu, and nothing else with it.
      if (document.querySelector(':popover-open')) return;
      deeds.escape();
      return;
    }
    if (typing(event.target)) return;
    if (command && event.key === 'a') {
      if (deeds.selectAll()) event.preventDefault();
      return;
    }
    if (command && event.key === 'f') {
      event.preventDefault();
      deeds.filters();
      return;
    }
    const keys = event.shiftKey && Object.hasOwn(deeds.shifted, event.key) ? deeds.shifted : deeds.keys;
    const deed = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!deed || command || event.altKey) return;
    const pressing = (event.key === ' ' || event.key === 'Enter') && event.target instanceof Element && event.target.closest('button, a, summary');
    if (pressing) return;
    event.preventDefault();
    deed();
  });
}

/** @param {EventTarget | null} target */
function typing(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
