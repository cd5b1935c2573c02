// @ts-check
/** Copying. Where the browser has no clipboard for the page, the text is selected for the reader to copy. */

import * as words from './words.js';
import { make } from './dom.js';

/**
 * write puts a text on the clipboard where the browser has one for the page and
 * allows that, and reports whether it did.
 *
 * @param {string} text
 */
export async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * copy puts a text on the clipboard.
 *
 * @param {string} text
 * @returns {Promise<'copied' | 'selected'>}
 */
export async function copy(text) {
  return await write(text) ? 'copied' : copyBySelection(text);
}

/**
 * @param {string} text
 * @returns {'copied' | 'selected'}
 */
function copyBySelection(text) {
  const area = make('textarea', { class: 'unseen', 'aria-label': words.copied.area });
  area.value = text;
  document.body.append(area);
  area.select();
  let copied = false;
  const give = (/** @type {ClipboardEvent} */ event) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    copied = true;
  };
  document.addEventListener('copy', give, { capture: true, once: true });
  try {
    document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', give, { capture: true });
  }
  if (copied) {
    area.remove();
    return 'copied';
  }
  area.addEventListener('blur', () => area.remove(), { once: true });
  return 'selected';
}
