// @ts-check
/** What keys, and the buttons that stand alone, do. */

import { bindings, shifted } from './bindings.js';
import { find } from './dom.js';
import { listen } from './keys.js';
import { showHelp } from './bar/help.js';

/**
 * Page is what they work on.
 *
 * @typedef {object} Page
 * @property {import('./view.js').View} view
 * @property {import('./panes.js').Panes} panes
 * @property {import('./reader.js').Reader} reader
 * @property {import('./bar/filter.js').Filters} filters
 * @property {import('./bar/range.js').TimeRange} range
 * @property {import('./bar/search.js').Search} search
 * @property {import('./bar/menu.js').Menu} menu
 * @property {import('./panel/streams.js').Streams} streams
 * @property {(part: Partial<import('./view.js').View>) => void} change
 * @property {(how: 'merged' | 'beside') => void} arrange
 * @property {(on: boolean) => void} share
 * @property {(by: 1 | -1) => void} next match
 * @property {import('./pause.js').Pause} pause
 * @property {() => void} focusLines
 */

/** @param {Page} page */
export function wire(page) {
  const on = (/** @type {string} */ id, /** @type {() => void} */ deed) => find(id, HTMLElement).addEventListener('click', deed);
  on('pause-button', () => page.pause.toggle());
  on('search-button', () => page.search.show());
  on('help-button', showHelp);
  on('share-button', () => page.share(!page.view.shared));
  on('menu-button', () => drawer('open'));
  on('shade', () => drawer('shut'));
  listen({
    find: () => {
      drawer('open');
      page.streams.find();
    },
    filters: () => page.filters.toggle(),
    escape: () => escape(page),
    selectAll: () => page.panes.active.list.selected.all(),
    shifted: shifted(page),
    keys: bindings(page, showHelp),
  });
}

/** @param {'open' | 'shut'} how the streams are on a narrow screen */
export function drawer(how) {
  document.body.classList.toggle('drawer', how === 'open');
  find('menu-button', HTMLElement).setAttribute('aria-expanded', String(how === 'open'));
}

/** @param {Page} page */
function escape({ panes, reader, search, filters, focusLines }) {
  drawer('shut');
  panes.tell({ do: 'stop' });
  reader.say('');
  if (search.focused || (search.open && !filters.focused)) search.close();
  else if (reader.drawer.open) reader.closeDetails();
  else if (filters.typed.text) filters.clear();
  focusLines();
}
