// @ts-check
/**
 * The view is what the page shows. It lives in the query of the address, so
 * that a link is a saved view.
 */

import { clocks } from './text/clock.js';
import { levels } from './text/level.js';

/** @typedef {import('./keeper/expression.js').Filter} Filter */
/** @typedef {import('./keeper/expression.js').Condition} Condition */
/** @typedef {import('./keeper/expression.js').Highlight} Highlight */

/** @typedef {{stream: string, cursor: string}} Place a line */

/**
 * @typedef {object} View
 * @property {string[]} streams
 * @property {Filter} typed what stands in the filter's field
 * @property {Condition[]} conditions
 * @property {Highlight[]} highlights
 * @property {number} level the least; 0 for all
 * @property {string} since the moment from which on lines are shown, as a person or the address writes it; '' for none
 * @property {string} until
 * @property {import('./text/clock.js').Clock} clock
 * @property {string[]} columns
 * @property {boolean} wrap
 * @property {boolean} fold stack traces
 * @property {boolean} reveal characters that are not seen
 * @property {'merged' | 'beside'} panes how several streams are shown
 * @property {boolean} shared whether panes share the clock
 * @property {Filter | null} search what is searched for
 * @property {Place | null} line to open at, chosen
 * @property {Place | null} at the first line in view; null where the newest is followed
 */

/** Conditions and highlights that a view may have. */
const most = 24;
/** Letters before a colon that say how a filter is meant. */
const flags = /^([rcx]*):/;

/**
 * filterOf reads a filter of the address: the text, or flags, a colon and the text. r is
 * a regular expression, c says that capitals count, x that it is off.
 *
 * @param {string} written
 */
export function filterOf(written) {
  const found = flags.exec(written);
  const letters = found?.[1] ?? '';
  return {
    text: found ? written.slice(found[0].length) : written,
    regex: letters.includes('r'), cased: letters.includes('c'), on: !letters.includes('x'),
  };
}

/**
 * written returns how a filter stands in the address.
 *
 * @param {Filter & {on?: boolean}} filter
 */
export function written({ text, regex, cased, on = true }) {
  const letters = (regex ? 'r' : '') + (cased ? 'c' : '') + (on ? '' : 'x');
  return letters || flags.test(text) ? `${letters}:${text}` : text;
}

/**
 * read returns the view that a query says.
 *
 * @param {string} query with or without its question mark
 * @param {boolean} wrap what holds where the query does not say
 * @returns {View}
 */
export function read(query, wrap) {
  const parameters = new URLSearchParams(query);
  const all = (/** @type {string} */ name) => parameters.getAll(name).filter((value) => value !== '').slice(0, most);
  const streams = [...new Set(all('stream'))];
  const on = (/** @type {string} */ name, otherwise = false) => (parameters.has(name) ? parameters.get(name) === '1' : otherwise);
  const { text, regex, cased } = filterOf(parameters.get('filter') ?? '');
  const sought = filterOf(parameters.get('search') ?? '');
  /** @param {string} name @returns {Place | null} */
  const place = (name) => {
    const [, index, cursor] = /^(?:(\d+):)?([\w.~-]{1,200})$/.exec(parameters.get(name) ?? '') ?? [];
    const stream = streams[Number(index ?? 0)];
    return cursor && stream ? { stream, cursor } : null;
  };
  return {
    streams,
    typed: { text, regex, cased },
    conditions: [
      ...all('in').map((value) => ({ ...filterOf(value), kind: /** @type {const} */ ('in') })),
      ...all('out').map((value) => ({ ...filterOf(value), kind: /** @type {const} */ ('out') })),
    ].slice(0, most),
    highlights: all('mark').map((value, i) => {
      const filter = filterOf(value);
      return { text: filter.text, regex: filter.regex, cased: filter.cased, colour: 1 + (i % 6) };
    }),
    level: Math.max(0, levels.findIndex((level) => level !== '' && level === parameters.get('level'))),
    since: (parameters.get('since') ?? '').slice(0, 40), until: (parameters.get('until') ?? '').slice(0, 40),
    clock: clocks.find((clock) => clock === parameters.get('time')) ?? 'written',
    columns: (parameters.get('columns') ?? '').split(',').filter((name) => name !== '').map((name) => name.replaceAll('%2C', ',')).slice(0, 12),
    wrap: on('wrap', wrap), fold: on('fold', true), reveal: on('reveal'),
    panes: parameters.has('panes') ? 'beside' : 'merged',
    shared: parameters.get('panes') === 'time',
    search: sought.text ? { text: sought.text, regex: sought.regex, cased: sought.cased } : null,
    line: place('line'), at: place('at'),
  };
}

/**
 * write returns the query for a view, '' or with its question mark.
 *
 * @param {View} view
 * @param {boolean} wrap what holds where the query does not say
 */
export function write(view, wrap) {
  const parameters = new URLSearchParams();
  for (const name of view.streams) parameters.append('stream', name);
  for (const condition of view.conditions) parameters.append(condition.kind, written(condition));
  for (const highlight of view.highlights) parameters.append('mark', written(highlight));
  if (view.typed.text) parameters.set('filter', written(view.typed));
  if (view.level) parameters.set('level', levels[view.level] ?? '');
  if (view.since) parameters.set('since', view.since);
  if (view.until) parameters.set('until', view.until);
  if (view.clock !== 'written') parameters.set('time', view.clock);
  if (view.columns.length > 0) parameters.set('columns', view.columns.map((name) => name.replaceAll(',', '%2C')).join(','));
  if (view.wrap !== wrap) parameters.set('wrap', view.wrap ? '1' : '0');
  if (!view.fold) parameters.set('fold', '0');
  if (view.reveal) parameters.set('reveal', '1');
  if (view.panes === 'beside') parameters.set('panes', view.shared ? 'time' : 'beside');
  if (view.search) parameters.set('search', written(view.search));
  for (const name of /** @type {const} */ (['line', 'at'])) {
    const place = view[name];
    if (place) parameters.set(name, `${Math.max(0, view.streams.indexOf(place.stream))}:${place.cursor}`);
  }
  // Names of streams are paths, and slashes and colons are legal in a query (RFC 3986, 3.4).
  const query = parameters.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
  return query && '?' + query;
}

/**
 * token takes the server's token out of a fragment. rest is the fragment
 * without it.
 *
 * @param {string} fragment with its number sign
 */
export function token(fragment) {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  const found = parameters.get('token') ?? '';
  parameters.delete('token');
  const rest = parameters.toString();
  return { token: found, rest: rest && '#' + rest };
}
