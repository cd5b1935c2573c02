// @ts-check
/** Pausing holds the lines in view still, in all panes; nothing is lost meanwhile. */

import { find } from './dom.js';

export class Pause {
  #button = find('pause-button', HTMLElement);
  #panes;

  /** @param {import('./panes.js').Panes} panes */
  constructor(panes) {
    this.#panes = panes;
  }

  toggle() {
    if (this.#on) {
      this.resume();
      return;
    }
    for (const pane of this.#panes.all) {
      pane.list.leave();
      pane.send({ do: 'pause' });
    }
    this.#button.setAttribute('aria-pressed', 'true');
  }

  /** resume goes to the newest line and follows. */
  resume() {
    const paused = this.#on;
    this.#button.setAttribute('aria-pressed', 'false');
    for (const pane of paused ? this.#panes.all : []) pane.resume();
    this.#panes.resume();
  }

  get #on() {
    return this.#button.getAttribute('aria-pressed') === 'true';
  }
}
