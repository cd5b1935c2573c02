// @ts-check
/** What keys, and the buttons that stand alone, do. */

import * as clock from './text/clock.js';
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
    keys: keysOf(page),
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

/**
 * @param {Page} page
 * @returns {Record<string, () => void>}
 */
function keysOf({ view, panes, reader, filters, range, search, menu, change, arrange, share, next, pause }) {
  const resume = () => pause.resume();
  const lines = () => panes.active.list;
  const level = (/** @type {number} */ least, /** @type {number} */ most, /** @type {1 | -1} */ by) => () => reader.seek({ find: 'level', level: least, most }, by);
  const vertical = (/** @type {1 | -1} */ by) => () => (reader.drawer.open ? reader.walk(by) : lines().move(by));
  const limit = (/** @type {import('./bar/range.js').Bound} */ bound) => () => range.limit(bound, reader.time);
  return {
    '/': () => search.show(), '?': showHelp, '&': () => filters.focus(), i: () => filters.focus(),
    g: () => lines().top(), Home: () => lines().top(), G: resume, End: resume, F: resume,
    f: () => (lines().following ? lines().leave() : resume()),
    j: vertical(1), ArrowDown: vertical(1), k: vertical(-1), ArrowUp: vertical(-1),
    ' ': () => lines().page(1), PageDown: () => lines().page(1), b: () => lines().page(-1), PageUp: () => lines().page(-1),
    n: () => next(1), N: () => next(-1), e: level(6, 7, 1), E: level(6, 7, -1), w: level(5, 5, 1), W: level(5, 5, -1),
    m: () => reader.mark(), u: () => reader.nextMark(1), U: () => reader.nextMark(-1), C: () => reader.forgetMarks(),
    c: () => reader.copyLines(), y: () => reader.link(), Enter: () => reader.details(), '@': () => menu.askTime(),
    '[': limit('since'), ']': limit('until'), '\\': () => range.clear(),
    p: () => pause.toggle(), S: () => change({ wrap: !view.wrap }), r: () => change({ fold: !view.fold }), x: () => change({ reveal: !view.reveal }),
    T: () => change({ clock: clock.clocks[(clock.clocks.indexOf(view.clock) + 1) % clock.clocks.length] ?? 'written' }),
    t: () => menu.nextTheme(),
    v: () => arrange(view.panes === 'merged' ? 'beside' : 'merged'), '=': () => share(!view.shared),
  };
}
