// @ts-check
/** The help: all keys and what they do. */

import { find, make } from '../dom.js';
import { keys } from '../words/keys.js';

const dialog = find('help-dialog', HTMLDialogElement);
find('help-keys', HTMLElement).append(...keys.map(([title, deeds]) => make('section', {}, make('h3', { text: title }),
  make('dl', {}, ...deeds.flatMap(([names, deed]) => [
    make('dt', {}, ...names.split('  ').map((key) => make('kbd', { text: key }))), make('dd', { text: deed }),
  ])))));

export function showHelp() {
  dialog.showModal();
}
