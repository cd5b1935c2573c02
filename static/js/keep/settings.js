// @ts-check
/**
 * What the browser keeps for the reader: how the page looks, marks, views. Where
 * storage is forbidden everything lasts for this visit.
 */

/** @typedef {'auto' | 'dark' | 'light' | 'contrast'} Theme */
/** @typedef {'compact' | 'normal' | 'roomy'} Density */

/** @type {Theme[]} */
export const themes = ['auto', 'dark', 'light', 'contrast'];
/** @type {Density[]} */
export const densities = ['compact', 'normal', 'roomy'];
/** Height of a row, in px; css/tokens.css says the same. */
export const rowHeights = { compact: 18, normal: 20, roomy: 26 };

/** What the browser would not keep lasts for this visit. @type {Map<string, string>} */
const visit = new Map();
/** What stands before names in the browser's storage. */
const prefix = 'tailbeam.';

/**
 * kept returns what was kept under a name, or null.
 *
 * @param {string} name
 * @returns {any}
 */
export function kept(name) {
  let text = visit.get(name) ?? null;
  try {
    text ??= localStorage.getItem(prefix + name);
  } catch {
    // Storage may be forbidden.
  }
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * keep keeps something under a name.
 *
 * @param {string} name
 * @param {unknown} value
 */
export function keep(name, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(prefix + name, text);
    visit.delete(name);
  } catch {
    // It may be forbidden, or full.
    visit.set(name, text);
  }
}

/**
 * changes calls back when another tab keeps something under a name.
 *
 * @param {string} name
 * @param {() => void} changed
 */
export function changes(name, changed) {
  addEventListener('storage', ({ key }) => {
    if (key === null || key === prefix + name) changed();
  });
}

/** @returns {Theme} */
export function theme() {
  return themes.find((name) => name === kept('theme')) ?? 'auto';
}

/** @returns {Density} */
export function density() {
  return densities.find((name) => name === kept('density')) ?? 'normal';
}

/** The system's wish for contrast. */
export const contrast = matchMedia('(prefers-contrast: more)');

/** dress makes the page look as the reader chose, or where there was no choice as the system asks. */
export function dress() {
  document.documentElement.dataset['contrast'] = theme() === 'contrast' || (theme() === 'auto' && contrast.matches) ? 'more' : 'normal';
  document.documentElement.dataset['theme'] = theme();
  document.documentElement.dataset['density'] = density();
}
