// @ts-check
/**
 * A pane is a list of lines with a keeper of its own: of one stream, or of several
 * merged by time.
 */

import { Heads } from './list/heads.js';
import { LineMap } from './list/map.js';
import { List } from './list/list.js';
import { UnfinishedLine } from './list/unfinished.js';
import { icon, make, write } from './dom.js';
import { same } from './keeper/cursor.js';
import { stateOf } from './bar/status.js';
import * as words from './words.js';

/** @typedef {import('./keeper/protocol.js').Frame} Frame */
/** @typedef {import('./keeper/protocol.js').Answer} Answer */
/** @typedef {import('./keeper/protocol.js').Wish} Wish */

/** Lines of each stream that are asked for at first. */
const backlog = 5000;

/**
 * Goal is a line to begin at, and where in the view it is to be.
 *
 * @typedef {{stream: string, cursor: string, where: 'top' | 'middle'}} Goal
 */

/**
 * Deeds are what a pane has the page do.
 *
 * @typedef {object} Deeds
 * @property {(pane: Pane, answer: Answer | Frame) => void} heard called with what its keeper says, once the pane has taken its part
 * @property {(pane: Pane) => void} changed called when following begins or ends
 * @property {(pane: Pane) => void} drawn called after each drawing of its lines
 * @property {(pane: Pane) => void} touched called when the reader does something in it
 * @property {(pane: Pane) => void} close
 * @property {(name: string) => void} column shows or drops one
 * @property {(names: string[]) => void} columns shows these, in this order
 * @property {(stream: string, cursor: string) => boolean} marked whether the reader marked a line
 * @property {(streams: string[]) => import('./server.js').Info[]} told what the server says of streams
 * @property {(text: string) => void} say something to the reader
 * @property {() => boolean} any whether there are streams to choose from
 */

export class Pane {
  /** @type {Frame | null} */
  frame = null;
  /** How many lines there were when, as last told. @type {import('./keeper/protocol.js').Activity | null} */
  activity = null;
  /** @type {string[]} */
  streams = [];
  scroller;
  list;
  heads;
  map;
  element;
  #keeper;
  #deeds;
  #caption;
  #name;
  #state;
  #empty;
  #newest;
  #unfinished;
  /** Counts the wishes to watch; frames say which one they belong to. */
  #watch = 0;
  /** What the keeper was asked for and said early. */
  #early;
  /** Whether frames of the early wish are of the streams that are watched. */
  #foreseen = false;

  /**
   * @param {HTMLElement} element of the page, made by body or there from the beginning
   * @param {import('./keeper/spawn.js').First} early its keeper
   * @param {Deeds} deeds
   */
  constructor(element, early, deeds) {
    const { keeper } = early;
    this.element = element;
    this.#early = early;
    this.#keeper = keeper;
    this.#deeds = deeds;
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (element.querySelector(name));
    this.scroller = part('.scroller');
    this.list = new List({ pane: element, scroller: this.scroller, spacer: part('.spacer'), view: part('.view'), sheet: part('.sheet') },
      (wish) => this.send(wish), () => this.#moved());
    this.heads = new Heads(element, this.list, { drop: deeds.column, order: deeds.columns });
    this.list.drawn = () => {
      this.heads.place();
      deeds.drawn(this);
    };
    this.list.selected.copying.say = deeds.say;
    this.list.draws({ marked: (row) => deeds.marked(this.streams[row.stream] ?? '', row.cursor) });
    this.map = new LineMap(/** @type {HTMLCanvasElement} */ (part('.map')));
    this.#unfinished = new UnfinishedLine(part('.view'));
    this.#empty = part('.empty');
    this.#newest = part('.newest');
    this.#name = make('b', {});
    this.#state = make('span', { class: 'caption-state' });
    const close = make('button', { class: 'key', type: 'button', 'aria-label': words.panes.close, title: words.panes.close }, icon('cross'));
    close.addEventListener('click', () => deeds.close(this));
    this.#caption = part('.caption');
    this.#caption.append(make('span', { class: 'dot' }), this.#name, this.#state, close);
    this.#newest.addEventListener('click', () => {
      deeds.touched(this);
      this.resume();
    });
    for (const event of ['pointerdown', 'wheel', 'focusin', 'touchstart']) element.addEventListener(event, () => deeds.touched(this), { passive: true });
    keeper.onmessage = (/** @type {MessageEvent<Frame | Answer>} */ { data }) => this.#hear(data);
  }

  /** @param {Wish} wish */
  send(wish) {
    this.#keeper.postMessage(wish);
  }

  /** end goes away. */
  end() {
    this.#keeper.terminate();
    this.element.remove();
  }

  /** Whether anything was watched yet. */
  get begun() {
    return this.#watch > 0;
  }

  /**
   * begin watches streams.
   *
   * @param {string[]} streams
   * @param {Goal | null} goal
   * @param {'alone' | 'beside'} how
   */
  begin(streams, goal, how) {
    this.streams = streams;
    this.element.classList.toggle('captioned', how === 'beside');
    const [name = ''] = streams;
    write(this.#name, name);
    this.#caption.title = name;
    this.scroller.setAttribute('aria-label', how === 'beside' ? words.panes.lines(name) : words.panes.all);
    this.resume();
    this.list.draws({ streams });
    this.send({ do: 'watch', watch: ++this.#watch, streams, backlog });
    this.#foreseen = this.#watch === 1 && String(streams) === String(this.#early.streams);
    if (this.#foreseen) for (const said of this.#early.heard) this.#hear(said);
    if (goal && streams.includes(goal.stream)) {
      this.list.leave();
      this.send({ do: 'goto', ...goal });
    }
  }

  /** resume goes to the newest line and follows. */
  resume() {
    this.list.follow();
  }

  /**
   * Where the reader is: the first line in view. null where the newest is followed, or
   * the rows that are wanted are still on their way.
   */
  get place() {
    const { list, frame } = this;
    if (list.following || !frame || frame.loading === 'jump') return null;
    const { first, last } = list.inView;
    for (let number = first; number <= last; number++) {
      const row = list.rowAt(number);
      if (row && 'text' in row && row.cursor) return { stream: this.streams[row.stream] ?? '', cursor: row.cursor };
    }
    return null;
  }

  /** @param {import('./view.js').Place} place @returns {boolean} whether that line is in view */
  sees({ cursor }) {
    const { first, last } = this.list.inView;
    for (let number = first; number <= last; number++) {
      const row = this.list.rowAt(number);
      if (row && 'text' in row && same(row.cursor, cursor)) return true;
    }
    return false;
  }

  /** The time of the first line in view that has one, or NaN. */
  get time() {
    const { first, last } = this.list.inView;
    for (let number = first; number <= last; number++) {
      const row = this.list.rowAt(number);
      if (row && 'text' in row && !Number.isNaN(row.stamp.time)) return row.stamp.time;
    }
    return NaN;
  }

  /** @param {Frame | Answer} data */
  #hear(data) {
    switch (data.is) {
      case 'text': this.list.selected.copying.take(data); break;
      case 'where': this.list.selected.numbered(data); break;
      case 'map': this.map.take(data); break;
      case 'activity': this.activity = data; break;
      case 'survey': this.map.survey(data.marks); break;
      case 'frame':
        if (data.watch === 0 && this.#foreseen) data.watch = this.#watch;
        if (data.watch !== this.#watch) {
          this.send({ do: 'drawn' });
          return;
        }
        this.frame = data;
        this.list.take(data);
        this.map.follow(data);
        this.show();
    }
    this.#deeds.heard(this, data);
  }

  /** show says how the pane stands. */
  show() {
    const { frame, list } = this;
    this.#newest.hidden = list.following || !frame || frame.end === frame.first;
    write(/** @type {Element} */ (this.#newest.querySelector('span')), frame?.paused ? words.goOn(frame.unseen) : words.unseen(frame?.unseen ?? 0));
    this.#empty.hidden = frame !== null && frame.end > frame.first;
    if (!this.#empty.hidden) write(this.#empty, this.#nothing());
    if (!frame) return;
    this.#unfinished.show(list.following ? frame.unfinished : null, list.setting);
    const state = stateOf(frame, this.streams.length, Date.now(), this.#deeds.told(this.streams));
    this.#caption.dataset['kind'] = state.kind;
    write(this.#state, [state.short, state.reason].filter(Boolean).join(' · '));
  }

  /** What the list says while it has nothing to show. */
  #nothing() {
    const { frame } = this;
    if (this.streams.length === 0) return this.#deeds.any() ? words.empty.choose : words.empty.none;
    const state = frame && stateOf(frame, this.streams.length, Date.now(), this.#deeds.told(this.streams));
    if (state?.reason && (state.kind === 'bad' || state.kind === 'warn')) return words.empty.trouble(state);
    if (frame && !Number.isNaN(frame.looked)) return words.sifting(frame.looked);
    if (frame?.loading) return words.loading[frame.loading];
    if (frame && frame.held > 0) return frame.start && !frame.detached ? words.empty.nowhere : words.empty.filtered;
    return frame?.phase === 'live' ? words.empty.waiting : words.empty.connecting;
  }

  #moved() {
    this.show();
    this.#deeds.changed(this);
  }
}

/** body returns the elements of another pane. */
export function body() {
  return make('section', { class: 'pane' },
    make('div', { class: 'caption' }),
    make('div', { class: 'heads', hidden: '' }),
    make('div', { class: 'ground' },
      make('div', { class: 'scroller', role: 'log', 'aria-live': 'off', tabindex: '0' },
        make('div', { class: 'spacer' }, make('div', { class: 'view' }, make('div', { class: 'sheet' })))),
      make('canvas', { class: 'map', 'aria-hidden': 'true' }),
      make('p', { class: 'empty', hidden: '' }),
      make('button', { class: 'newest float down', type: 'button', hidden: '' }, icon('down'), make('span', {}))));
}
