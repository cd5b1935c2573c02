// @ts-check
/** How several streams are shown: merged, or side by side with or without one clock. */

import { Segments } from './segments.js';
import { find } from '../dom.js';
import * as words from '../words.js';

export class Together {
  #parts = [find('together', HTMLElement), find('menu-together', HTMLElement)];
  #segments;
  #share = find('share-button', HTMLElement);

  /** @param {(how: 'merged' | 'beside') => void} arrange */
  constructor(arrange) {
    this.#segments = ['together', 'together-menu'].map((id) => (
      new Segments(find(id, HTMLElement), words.panes.names, (how) => arrange(how === 'beside' ? 'beside' : 'merged'))));
  }

  /** @param {import('../view.js').View} view */
  show({ streams, panes, shared }) {
    for (const part of this.#parts) part.hidden = streams.length < 2;
    for (const segments of this.#segments) segments.value = panes;
    this.#share.hidden = streams.length < 2 || panes === 'merged';
    this.#share.setAttribute('aria-pressed', String(shared));
  }
}
