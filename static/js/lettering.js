// @ts-check
/** Puts the page's words onto what index.html holds: imported, it has done so. */

import { labels } from './words/labels.js';

for (const [selector, { text, title, label, both, placeholder }] of Object.entries(labels)) {
  const element = document.querySelector(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of [['title', title ?? both], ['aria-label', label ?? both], ['placeholder', placeholder]]) {
    if (name && value !== undefined) element.setAttribute(name, value);
  }
}
