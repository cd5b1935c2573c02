// @ts-check
/** Downloads: the file of a stream as it is, or the lines that a pane shows. */

import { address } from '../server.js';
import { save } from '../dom.js';

/** How long the browser may take to begin with a file, in ms. */
const patience = 60_000;

/**
 * download has the browser save something of a pane.
 *
 * @param {import('../pane.js').Pane} pane
 * @param {'file' | 'shown' | 'selected'} what
 * @param {() => void} nothing called where nothing is selected
 */
export function download(pane, what, nothing) {
  const [name = 'lines'] = pane.streams;
  const file = name.slice(name.lastIndexOf('/') + 1);
  if (what === 'file') {
    save(address(`api/download/${name.split('/').map(encodeURIComponent).join('/')}`).href, file);
    return;
  }
  const { copying } = pane.list.selected;
  const give = (/** @type {string | null} */ text) => {
    if (text === null) {
      nothing();
      return;
    }
    const url = URL.createObjectURL(new Blob([text, '\n'], { type: 'text/plain' }));
    save(url, `${file}.${what}.log`);
    setTimeout(() => URL.revokeObjectURL(url), patience);
  };
  if (what === 'selected') copying.text(give);
  else pane.send({ do: 'all', ask: copying.asked(give) });
}
