// @ts-check
/** Downloads: the file of a stream as it is, or the lines that a pane shows. */

import { address } from '../server.js';
import { save } from '../dom.js';

/** How long the browser may take to begin with a file, in ms. */
const patience = 60_000;

/**
 * Words are what the reader is told.
 *
 * @typedef {object} Words
 * @property {() => void} nothing called where nothing is selected
 * @property {() => void} held called where only the lines that the tab holds can be saved
 */

/**
 * download has the browser save something of a pane, for each of its streams a file.
 *
 * @param {import('../pane.js').Pane} pane
 * @param {'file' | 'shown' | 'selected'} what
 * @param {URLSearchParams} shown which lines the server is asked for
 * @param {Words} told
 */
export async function download(pane, what, shown, told) {
  const { copying } = pane.list.selected;
  const kind = what === 'selected' ? what : 'lines';
  const give = (/** @type {string | null} */ text) => (text === null ? told.nothing() : offer(text, `${short(pane.streams[0] ?? '')}.${kind}.log`));
  if (what === 'selected') {
    copying.text(give);
    return;
  }
  const of = (/** @type {string} */ name) => address(`api/download/${name.split('/').map(encodeURIComponent).join('/')}${what === 'file' ? '' : `?${shown}`}`).href;
  if (what === 'shown' && !await answers(of(pane.streams[0] ?? ''))) {
    // Filters that the server does not understand are those of the browser alone.
    told.held();
    pane.send({ do: 'all', ask: copying.asked(give) });
    return;
  }
  for (const name of pane.streams) save(of(name), what === 'file' ? short(name) : `${short(name)}.lines.log`);
}

/** @param {string} url @returns {Promise<boolean>} whether the server gives it */
async function answers(url) {
  try {
    const { ok } = await fetch(url, { method: 'HEAD', cache: 'no-store' });
    return ok;
  } catch {
    return false;
  }
}

/** @param {string} name of a stream */
function short(name) {
  return name.slice(name.lastIndexOf('/') + 1);
}

/**
 * @param {string} text
 * @param {string} file
 */
function offer(text, file) {
  const url = URL.createObjectURL(new Blob([text, '\n'], { type: 'text/plain' }));
  save(url, file);
  setTimeout(() => URL.revokeObjectURL(url), patience);
}
