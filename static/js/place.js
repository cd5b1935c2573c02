// @ts-check
/** The place keeps in the view where the reader is, so that the address opens there. */

/** @typedef {import('./panes.js').Panes} Panes */
/** @typedef {import('./view.js').View} View */

/** How long the lines rest before it does, in ms. */
const rest = 500;

export class Place {
  #view;
  #panes;
  #changed;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {View} view
   * @param {() => Panes} panes
   * @param {() => void} changed called when the view says another place
   */
  constructor(view, panes, changed) {
    this.#view = view;
    this.#panes = panes;
    this.#changed = changed;
  }

  /** moved goes with lines that were drawn. */
  moved() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), rest);
  }

  /** The line to begin at. @returns {import('./pane.js').Goal | null} */
  get goal() {
    const { line, at } = this.#view;
    return line ? { ...line, where: 'middle' } : at && { ...at, where: 'top' };
  }

  #keep() {
    const view = this.#view;
    const pane = this.#panes().active;
    const { place } = pane;
    if (!pane.begun || (!place && !pane.list.following)) return;
    // A line that was gone to says where that is while it is seen.
    const line = view.line && pane.sees(view.line) ? view.line : null;
    const at = line ? null : place;
    if (line === view.line && at?.cursor === view.at?.cursor) return;
    Object.assign(view, { line, at });
    this.#changed();
  }
}
