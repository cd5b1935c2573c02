// @ts-check
/**
 * The panes side by side: one for each stream, or one for all of them merged. The
 * active one is the one that the reader uses: keys, search and details are of
 * its lines. Panes may share the clock: where the active one goes, the others go
 * to the same time.
 */

import { Pane, body } from './pane.js';
import { find } from './dom.js';
import { first, spawn } from './keeper/spawn.js';

/** Panes there may be: more are merged in the last. */
export const most = 6;
/** What keepers that come later are told, too. */
const lasting = new Set(['open', 'query', 'look', 'alert', 'map']);
/** How often the others are brought to the time of the active one, in ms. */
const beat = 60;

/** @typedef {import('./keeper/protocol.js').Wish} Wish */

export class Panes {
  /** @type {Pane[]} */
  all;
  active;
  /** Whether they share the clock. */
  shared = false;
  #box = find('panes', HTMLElement);
  #deeds;
  /** What each new pane is told first, by what it is about. @type {Map<string, Wish>} */
  #told = new Map();
  /** The time that the others were brought to, or 'end'. @type {number | 'end'} */
  #at = 'end';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import('./pane.js').Deeds} deeds */
  constructor(deeds) {
    this.#deeds = {
      ...deeds,
      touched: (/** @type {Pane} */ pane) => {
        if (pane === this.active) return;
        this.#choose(pane);
        deeds.touched(pane);
      },
      changed: (/** @type {Pane} */ pane) => {
        deeds.changed(pane);
        if (pane === this.active) this.align();
      },
      drawn: (/** @type {Pane} */ pane) => {
        deeds.drawn(pane);
        if (pane === this.active) this.align();
      },
    };
    this.active = new Pane(find('pane', HTMLElement), first, this.#deeds);
    this.all = [this.active];
  }

  /**
   * tell says something to the keepers of all panes, those that come later too.
   *
   * @param {Wish} wish
   */
  tell(wish) {
    if (lasting.has(wish.do)) this.#told.set(wish.do, wish);
    for (const pane of this.all) pane.send('keep' in wish ? { ...wish, keep: pane.list.keep } : wish);
  }

  /**
   * begin watches streams.
   *
   * @param {string[]} streams
   * @param {import('./pane.js').Goal | null} goal a line to begin at
   * @param {'merged' | 'beside'} how
   */
  begin(streams, goal, how) {
    const beside = how === 'beside' && streams.length > 1;
    const groups = beside ? [...streams.slice(0, most - 1).map((name) => [name]), ...(streams.length >= most ? [streams.slice(most - 1)] : [])] : [streams];
    while (this.all.length > groups.length) this.all.pop()?.end();
    while (this.all.length < groups.length) this.#add();
    this.#box.classList.toggle('several', groups.length > 1);
    const changes = groups.map((names, i) => {
      const pane = /** @type {Pane} */ (this.all[i]);
      const same = pane.begun && String(names) === String(pane.streams) && pane.element.classList.contains('captioned') === beside;
      return { pane, names, same: same && !goal };
    });
    for (const { pane, names, same } of changes) if (!same) pane.begin(names, goal, beside ? 'beside' : 'alone');
    const holder = goal && this.all.find((pane) => pane.streams.includes(goal.stream));
    this.#choose(holder || (this.all.includes(this.active) ? this.active : /** @type {Pane} */ (this.all[0])));
    this.#at = 'end';
  }

  /** resume has all go to the newest line where they share the clock, else the active one. */
  resume() {
    for (const pane of this.shared ? this.all : [this.active]) pane.resume();
  }

  /** align brings the others to the time of the active one, now and then. */
  align() {
    if (!this.shared || this.all.length < 2 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#align();
    }, beat);
  }

  #align() {
    const { active } = this;
    const at = active.list.following ? 'end' : active.time;
    if (at === this.#at || (at !== 'end' && Number.isNaN(at))) return;
    this.#at = at;
    for (const pane of this.all) {
      if (pane === active) continue;
      if (at === 'end') pane.resume();
      else {
        pane.list.leave();
        pane.send({ do: 'align', time: at });
      }
    }
  }

  #add() {
    const element = body();
    this.#box.append(element);
    const pane = new Pane(element, { keeper: spawn(), streams: [], heard: [] }, this.#deeds);
    for (const wish of this.#told.values()) pane.send(wish);
    this.all.push(pane);
  }

  /** @param {Pane} pane */
  #choose(pane) {
    this.active = pane;
    for (const other of this.all) other.element.classList.toggle('active', other === pane);
  }
}
