// @ts-check
/** Watch asks the server which streams there are and how they are, and finds connections that died without a word. */

import * as server from './server.js';
import { trouble } from './words/trouble.js';

/** How often the streams are asked for, in view and out of view, in ms. */
const beat = { seen: 2000, hidden: 15_000 };
/** How long after the start of a page that shows lines the streams are shown, in ms. */
const behind = 100;
/** A pause of the page's clock that means that the machine slept, in ms. */
const sleep = 20_000;
/** How often the countdown to the next try is shown anew, in ms. */
const tick = 250;
/** How long it is told that the server was restarted, in ms. */
const recent = 60_000;

/**
 * Watched is what a pane watches, and what came of it.
 *
 * @typedef {{streams: string[], frame: import('./keeper/protocol.js').Frame | null, send: (wish: import('./keeper/protocol.js').Wish) => void}} Watched
 */

/**
 * Place is what Watch needs of the page.
 *
 * @typedef {object} Place
 * @property {(wish: import('./keeper/protocol.js').Wish) => void} send
 * @property {import('./view.js').View} view
 * @property {() => Watched[]} watched
 * @property {import('./panel/streams.js').Streams} streams
 * @property {import('./bar/token.js').TokenDialog} tokens
 * @property {() => void} first called when there are streams to choose from
 * @property {() => void} told
 * @property {() => void} renewed called when the server is another run than before
 * @property {() => void} zoned called when the server says in which zone its logs are
 */

export class Watch {
  /** @type {server.Info[]} */
  infos = [];
  /** What is wrong with the list of streams, or ''. */
  trouble = '';
  /** Of stamps that name no zone. @type {import('./text/zone.js').Offset} */
  offset = null;

  #place;
  /** When the server began, Unix ms; 0 before that is known. */
  #started = 0;
  /** When it was seen to be another, Unix ms. */
  #renewed = -Infinity;
  /** Lines of the streams that a pane watches when the server was asked last. @type {WeakMap<Watched, {lines: number, ever: number}>} */
  #before = new WeakMap();
  #last = Date.now();
  /** Resolves when the first lines are drawn, probably: the tree comes behind them. */
  #lines;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#lines = place.view.streams.length > 0 ? new Promise((done) => setTimeout(done, behind)) : null;
  }

  /** What happened a while ago, for a person; or ''. */
  get news() {
    return Date.now() - this.#renewed < recent ? trouble.restarted : '';
  }

  /** @param {number} started when the server began that answers */
  #server(started) {
    if (this.#started && started !== this.#started) {
      this.#renewed = Date.now();
      this.#place.send({ do: 'restarted' });
      this.#place.renewed();
    }
    this.#started = started;
  }

  /** begin goes with other streams. */
  begin() {
    this.#before = new WeakMap();
  }

  /** @param {() => void} counted called now and then */
  wire(counted) {
    const wake = () => {
      if (document.hidden) return;
      this.#place.send({ do: 'wake' });
      void this.poll();
    };
    addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
    setInterval(counted, tick);
  }

  /** poll asks for the streams, shows them, and has itself called again. */
  async poll() {
    clearTimeout(this.#timer);
    const { send, tokens, streams } = this.#place;
    const now = Date.now();
    if (now - this.#last > sleep + beat.hidden) send({ do: 'renew', reason: trouble.slept });
    this.#last = now;
    const listing = await server.list();
    await this.#lines;
    this.trouble = listing.is === 'silent' ? listing.reason || trouble.noAnswer : '';
    if (listing.is === 'locked') tokens.ask('needed');
    if (listing.is === 'streams') {
      tokens.close();
      this.infos = listing.streams;
      this.#server(listing.started);
      if (listing.offset !== this.offset) {
        this.offset = listing.offset;
        this.#place.zoned();
      }
      streams.show(this.infos);
      this.#place.first();
      this.#notice();
    }
    streams.stale = this.trouble !== '';
    this.#place.told();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.poll(), document.hidden ? beat.hidden : beat.seen);
  }

  /**
   * notice finds a connection that has died without a word: the server read lines
   * of the streams that are watched, and none came here.
   */
  #notice() {
    for (const pane of this.#place.watched()) {
      const { streams, frame } = pane;
      const lines = this.infos.filter(({ name }) => streams.includes(name)).reduce((sum, info) => sum + info.lines, 0);
      const ever = frame?.ever ?? 0;
      const before = this.#before.get(pane);
      const silent = before && lines > before.lines && ever === before.ever;
      if (silent && frame?.phase === 'live' && !frame.full && !document.hidden) pane.send({ do: 'renew', reason: trouble.silent });
      this.#before.set(pane, { lines, ever });
    }
  }
}
