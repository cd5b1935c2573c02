// @ts-check
/** What is watched, by name, over the lines. */

import { find, make } from '../dom.js';
import * as words from '../words.js';

/**
 * showName says what is watched and returns that for the title of the page: '' for
 * nothing.
 *
 * @param {string[]} streams
 */
export function showName(streams) {
  const [name = '', ...others] = streams;
  const crumb = find('crumb', HTMLElement);
  const last = name.slice(name.lastIndexOf('/') + 1);
  const bdi = make('bdi', {});
  if (others.length > 0) bdi.append(make('b', { text: words.merged(streams.length) }));
  else bdi.append(name.slice(0, name.length - last.length).replaceAll('/', ' / '), make('b', { text: last }));
  crumb.replaceChildren(bdi);
  crumb.title = streams.join('\n');
  return others.length > 0 ? words.merged(streams.length) : last;
}
