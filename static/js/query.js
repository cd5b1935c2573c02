// @ts-check
/** What the panes are asked to show, as the view says: which lines, what in them is coloured, and how they are drawn. */

import { density, rowHeights } from './keep/settings.js';
import { find, make } from './dom.js';
import { levels } from './text/level.js';

/**
 * Parts are what the view is changed with, as they stand.
 *
 * @typedef {object} Parts
 * @property {import('./view.js').View} view
 * @property {import('./panes.js').Panes} panes
 * @property {import('./bar/filter.js').Filters} filters
 * @property {import('./bar/search.js').Search} search
 * @property {import('./bar/range.js').TimeRange} range
 * @property {() => import('./text/clock.js').Offset} offset of stamps that name no zone
 */

/** The colour of what is searched for, among those of highlights. */
const searchColour = 7;

export class Query {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** How many filters hide lines. */
  get filters() {
    const { view, filters, range } = this.#parts;
    return filters.query.filter((c) => c.on).length + Number(view.level > 0) + Number(range.on);
  }

  /** Which filters there are, as one text. */
  get asked() {
    const { view, filters, range } = this.#parts;
    return JSON.stringify([filters.query, view.level, range.bounds]);
  }

  /** The filters as the server is asked for the lines that they leave; all history where there are none. */
  get parameters() {
    const { view, filters, range } = this.#parts;
    const parameters = new URLSearchParams();
    for (const condition of filters.query) {
      if (condition.on) parameters.append(condition.kind === 'in' ? 'grep' : 'not', expressionOf(condition));
    }
    if (view.level > 0) parameters.set('level', levels[view.level] ?? '');
    for (const bound of /** @type {const} */ (['since', 'until'])) {
      const time = range.bounds[bound];
      if (!Number.isNaN(time)) parameters.set(bound, new Date(time).toISOString());
    }
    if (parameters.size === 0) parameters.set('all', '1');
    return parameters;
  }

  /** lines asks for those that the filters leave. */
  lines() {
    const { view, panes, filters, range, offset } = this.#parts;
    const bounds = { ...range.bounds, offset: offset() };
    panes.tell({ do: 'query', query: { conditions: filters.query, level: view.level, bounds, fold: view.fold }, keep: null });
  }

  /** colours asks for highlights, columns and times. */
  colours() {
    const { view, panes, filters, search, offset } = this.#parts;
    const found = search.filter ? [{ ...search.filter, colour: searchColour }] : [];
    panes.tell({ do: 'look', look: { highlights: [...filters.highlights, ...found], columns: view.columns.length > 0, offset: offset() } });
  }

  /** draw has the lists draw as the view says. */
  draw() {
    const { view, panes } = this.#parts;
    for (const { list } of panes.all) {
      list.wrap = view.wrap;
      list.draws({ clock: view.clock, reveal: view.reveal ? 'all' : 'hostile', columns: view.columns });
    }
  }

  /** measure has the lists go by the sizes that the reader chose. */
  measure() {
    const character = width();
    for (const { list, map } of this.#parts.panes.all) {
      list.rowHeight = rowHeights[density()];
      list.breadth.character = character;
      map.draw();
    }
  }
}

/**
 * expressionOf returns a filter as the server takes it.
 *
 * @param {import('./keeper/expression.js').Filter} filter
 */
function expressionOf({ text, regex, cased }) {
  return (cased ? '' : '(?i)') + (regex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

/** width returns that of a character of a line, in px. */
function width() {
  const probe = make('span', { class: 'probe', text: 'x'.repeat(100) });
  find('panes', HTMLElement).append(probe);
  const px = probe.getBoundingClientRect().width / 100;
  probe.remove();
  return px;
}
