// @ts-check
/** What the keys do that mean something wherever nobody types. */

import * as clock from './text/clock.js';

/**
 * bindings returns what each key does, by its name; words/keys.js tells the reader.
 *
 * @param {import('./commands.js').Page} page
 * @param {() => void} help shows the help
 * @returns {Record<string, () => void>}
 */
export function bindings({ view, panes, reader, filters, range, search, menu, change, arrange, share, next, pause }, help) {
  const resume = () => pause.resume();
  const lines = () => panes.active.list;
  const level = (/** @type {number} */ least, /** @type {number} */ most, /** @type {1 | -1} */ by) => () => reader.seek({ find: 'level', level: least, most }, by);
  const vertical = (/** @type {1 | -1} */ by) => () => (reader.drawer.open ? reader.walk(by) : lines().move(by));
  const limit = (/** @type {import('./bar/range.js').Bound} */ bound) => () => range.limit(bound, reader.time);
  return {
    '/': () => search.show(), '?': help, '&': () => filters.focus(), i: () => filters.focus(),
    g: () => lines().top(), Home: () => lines().top(), G: resume, End: resume, F: resume,
    f: () => (lines().following ? lines().leave() : resume()),
    j: vertical(1), ArrowDown: vertical(1), k: vertical(-1), ArrowUp: vertical(-1),
    ' ': () => lines().page(1), PageDown: () => lines().page(1), b: () => lines().page(-1), PageUp: () => lines().page(-1),
    n: () => next(1), N: () => next(-1), e: level(6, 7, 1), E: level(6, 7, -1), w: level(5, 5, 1), W: level(5, 5, -1),
    m: () => reader.mark(), u: () => reader.nextMark(1), U: () => reader.nextMark(-1), C: () => reader.forgetMarks(),
    c: () => reader.copyLines(), y: () => reader.link(), Enter: () => reader.details(), '@': () => menu.askTime(),
    '[': limit('since'), ']': limit('until'), '\\': () => range.clear(),
    p: () => pause.toggle(), S: () => change({ wrap: !view.wrap }), r: () => change({ fold: !view.fold }), o: () => reader.open(), x: () => change({ reveal: !view.reveal }),
    T: () => change({ clock: clock.clocks[(clock.clocks.indexOf(view.clock) + 1) % clock.clocks.length] ?? 'written' }),
    t: () => menu.nextTheme(),
    v: () => arrange(view.panes === 'merged' ? 'beside' : 'merged'), '=': () => share(!view.shared),
  };
}

/**
 * shifted returns what keys do together with Shift: they select whole lines.
 *
 * @param {import('./commands.js').Page} page
 * @returns {Record<string, () => void>}
 */
export function shifted({ panes, reader }) {
  const select = (/** @type {number} */ by) => () => panes.active.list.selected.extend(reader.number, by);
  const page = (/** @type {1 | -1} */ by) => () => {
    const { first, last } = panes.active.list.inView;
    panes.active.list.selected.extend(reader.number, by * Math.max(1, last - first - 1));
  };
  return {
    ArrowDown: select(1), ArrowUp: select(-1), PageDown: page(1), PageUp: page(-1), Home: select(-Infinity), End: select(Infinity),
  };
}
