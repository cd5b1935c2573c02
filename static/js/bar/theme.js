// @ts-check
/** Dark, light, or as the system has it; kept for the next visit. */

/** @typedef {'auto' | 'dark' | 'light'} Theme */

const key = 'tailbeam.theme';
/** @type {Theme[]} */
const themes = ['auto', 'dark', 'light'];

/**
 * current returns the theme that was chosen.
 *
 * @returns {Theme}
 */
export function current() {
  let kept = null;
  try {
    kept = localStorage.getItem(key);
  } catch {
    // Storage may be forbidden: the theme then lasts for this visit.
    kept = document.documentElement.dataset['theme'] ?? null;
  }
  return themes.find((theme) => theme === kept) ?? 'auto';
}

/**
 * apply makes a theme the page's.
 *
 * @param {Theme} theme
 */
export function apply(theme) {
  document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    return;
  }
}

/** @param {Theme} theme */
export function after(theme) {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
}
