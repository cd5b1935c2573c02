// @ts-check
/**
 * The view is what the page shows. It lives in the query of the address, so
 * that a link is a saved view.
 */

/**
 * @typedef {object} View
 * @property {string[]} streams
 * @property {string} filter text, or '' for none
 * @property {boolean} regex
 * @property {boolean} cased
 * @property {boolean} wrap
 */

/**
 * read returns the view that a query says.
 *
 * @param {string} query with or without its question mark
 * @param {boolean} wrap what holds where the query does not say
 * @returns {View}
 */
export function read(query, wrap) {
  const parameters = new URLSearchParams(query);
  const streams = [...new Set(parameters.getAll('stream').filter((name) => name !== ''))];
  const on = (/** @type {string} */ name, otherwise = false) => (parameters.has(name) ? parameters.get(name) === '1' : otherwise);
  return { streams, filter: parameters.get('filter') ?? '', regex: on('regex'), cased: on('case'), wrap: on('wrap', wrap) };
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
  if (view.filter) parameters.set('filter', view.filter);
  if (view.filter && view.regex) parameters.set('regex', '1');
  if (view.filter && view.cased) parameters.set('case', '1');
  if (view.wrap !== wrap) parameters.set('wrap', view.wrap ? '1' : '0');
  // Names of streams are paths, and slashes are legal in a query (RFC 3986, 3.4).
  const query = parameters.toString().replaceAll('%2F', '/');
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
