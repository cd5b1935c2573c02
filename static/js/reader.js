// @ts-check
/**
 * The reader's place among the lines: the line that is chosen, what is looked for
 * from there, marks, details and links.
 */

import { Drawer } from './detail/drawer.js';
import { Marks } from './keep/marks.js';
import { Moved } from './keep/moved.js';
import { copy } from './clipboard.js';
import { address } from './server.js';
import { find, write } from './dom.js';
import * as words from './words.js';

/** @typedef {import('./keeper/protocol.js').Answer} Answer */
/** @typedef {import('./keeper/protocol.js').Frame} Frame */
/** @typedef {import('./keeper/protocol.js').Line} Line */
/** @typedef {import('./keeper/protocol.js').Seek} Seek */

/**
 * Page is what the reader's deeds need of the page.
 *
 * @typedef {object} Page
 * @property {() => import('./pane.js').Pane} pane the active one
 * @property {() => string[]} columns
 * @property {(text: string, kind: 'in' | 'out' | 'mark') => void} filter
 * @property {(name: string) => void} column
 * @property {(stream: string, cursor: string) => string} link
 * @property {() => void} unfiltered
 * @property {(answer: Extract<Answer, {is: 'found'}>) => void} sought
 */

/** How long a word to the reader stays, in ms. */
const patience = 2600;

export class Reader {
  marks = new Marks(() => this.#page.pane().list.draws({}));
  moved = new Moved(this.marks, address('api/').href);
  drawer;
  #page;
  /** The row that is chosen: of the store, and its number; NaN where there is none. */
  #seq = NaN;
  #number = NaN;
  #ask = 0;
  /** How many marked lines are gone, where a mark is what is looked for; else null. @type {number | null} */
  #gone = null;
  /** What the details are of. */
  #asked = 0;
  #tools = find('line-tools', HTMLElement);
  #toast = find('toast', HTMLElement);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.drawer = new Drawer({
      walk: (by) => this.walk(by),
      close: () => this.closeDetails(),
      filter: page.filter,
      column: page.column,
      mark: () => this.mark(),
      link: () => this.link(),
      copy: (text, what) => void this.copy(text, what),
      context: () => this.context(),
    });
    const on = (/** @type {string} */ id, /** @type {() => void} */ deed) => find(id, HTMLElement).addEventListener('click', deed);
    on('line-detail', () => this.details());
    on('line-mark', () => this.mark());
    on('line-copy', () => this.copyLines());
    on('line-link', () => this.link());
    this.#listen(find('panes', HTMLElement));
  }

  /** @param {HTMLElement} panes whose lines are clicked on */
  #listen(panes) {
    panes.addEventListener('click', ({ target }) => {
      if (!(target instanceof Element)) return;
      const pane = this.#page.pane();
      const { unfold, trace } = target instanceof HTMLElement ? target.dataset : {};
      if (unfold !== undefined) pane.send({ do: 'unfold', seq: Number(unfold) });
      else if (trace !== undefined) pane.send({ do: 'trace', seq: Number(trace), keep: pane.list.keep });
      else if (!target.closest('a') && !pane.list.selected.dragged) this.choose(pane.list.numberOf(target));
    });
    panes.addEventListener('dblclick', ({ target }) => {
      if (target instanceof Element && target.closest('.row') && getSelection()?.isCollapsed) this.details();
    });
  }

  /** The line that is chosen, where it is near. @returns {Line | null} */
  get line() {
    const row = this.#page.pane().list.rowAt(this.#number);
    return row && 'text' in row && row.seq === this.#seq ? row : null;
  }

  /** Number of the chosen line where it is near, else of the first row in view, or of the newest while following. */
  get number() {
    const { following, inView } = this.#page.pane().list;
    return this.line ? this.#number : following ? inView.last : inView.first;
  }

  /** When the chosen line was written, or the first in view: as it says, or a line before it. Unix ms, or NaN. */
  get time() {
    const { list, time } = this.#page.pane();
    if (!this.line) return time;
    for (let number = this.#number; ; number--) {
      const row = list.rowAt(number);
      if (!row) return time;
      if ('text' in row && !Number.isNaN(row.stamp.time)) return row.stamp.time;
    }
  }

  /**
   * take goes with a new frame: numbers may mean other rows.
   *
   * @param {Frame} frame
   */
  take(frame) {
    const at = frame.rows.findIndex((row) => row.seq === this.#seq);
    if (at >= 0) this.#number = frame.from + at;
    if (frame.kept !== null && frame.keptAt === 'middle') this.choose(frame.kept);
  }

  /** @param {import('./pane.js').Pane} pane that the reader leaves for another */
  leave(pane) {
    this.#seq = this.#number = NaN;
    pane.list.draws({ current: () => false });
    this.#tools.hidden = true;
  }

  /** forget goes with other streams. */
  forget() {
    this.#seq = this.#number = NaN;
    this.closeDetails();
  }

  /**
   * choose makes a row the reader's.
   *
   * @param {number} number
   */
  choose(number) {
    const row = this.#page.pane().list.rowAt(number);
    if (!row || !('text' in row)) return;
    this.#seq = row.seq;
    this.#number = number;
    this.#draw();
    if (this.drawer.open) this.details();
  }

  /**
   * seek goes to the next of something.
   *
   * @param {Seek} seek
   * @param {1 | -1} by
   */
  seek(seek, by) {
    this.#gone = null;
    this.#seek(seek, by);
  }

  /**
   * @param {Seek} seek
   * @param {1 | -1} by
   */
  #seek(seek, by) {
    const pane = this.#page.pane();
    const { list } = pane;
    if (!list.frame) return;
    const { first, last } = list.inView;
    const inside = this.line && this.#number >= first && this.#number <= last;
    const from = inside ? this.#number : by > 0 ? first - 1 : last + 1;
    pane.send({ do: 'seek', ask: ++this.#ask, seek, from, by, generation: list.frame.generation });
  }

  /** @param {Extract<Answer, {is: 'found'}>} answer */
  found(answer) {
    if (answer.ask !== this.#ask) return;
    if (this.#gone === null) this.#page.sought(answer);
    else this.say(answer.state === 'none' ? words.noMarks(this.#gone) : words.sought(answer.state, answer.share));
    // The line is not held yet: it comes with a frame that says where it is to be seen.
    if (answer.state === 'went') this.#page.pane().list.leave();
    if (answer.state !== 'found') return;
    this.#seq = answer.seq;
    this.#number = answer.number;
    this.#page.pane().list.leave();
    const { frame } = this.#page.pane().list;
    if (frame && answer.number >= frame.first && answer.number < frame.end) this.#page.pane().list.reveal(answer.number, 'middle');
    this.#draw();
    if (this.drawer.open) this.details();
  }

  /** @param {1 | -1} by lines, dividers are passed over */
  walk(by) {
    const { list } = this.#page.pane();
    let number = this.line ? this.#number + by : by > 0 ? list.inView.first : list.inView.last;
    while (list.rowAt(number) && !('text' in /** @type {object} */ (list.rowAt(number)))) number += by;
    if (!list.rowAt(number)) return;
    this.choose(number);
    list.leave();
    list.reveal(number, 'near');
  }

  /** details shows all of the chosen line, or of the last in view. */
  details() {
    const pane = this.#page.pane();
    const { list } = pane;
    if (!this.line) this.walk(-1);
    if (!this.line || !list.frame) return;
    pane.send({ do: 'line', ask: ++this.#asked, number: this.#number, generation: list.frame.generation });
  }

  /** @param {Extract<Answer, {is: 'line'}>} answer */
  tell(answer) {
    if (answer.ask !== this.#asked || !answer.row) return;
    const { open } = this.drawer;
    const { list, streams } = this.#page.pane();
    this.drawer.show(answer, streams[answer.row.stream] ?? '', this.#page.columns());
    // The lines have less room now, and know it with the next frame but one.
    if (!open && !list.following) requestAnimationFrame(() => requestAnimationFrame(() => list.reveal(this.#number, 'near')));
  }

  /** open unfolds the trace of the chosen line, or the line itself where it is long; again folds it. */
  open() {
    const pane = this.#page.pane();
    const { list } = pane;
    const { line } = this;
    if (!line) return;
    let at = this.#number;
    // Its trace begins behind the line; within one that is open it began before.
    if (!line.member && this.#lineAt(at + 1)?.trace) at++;
    while (this.#lineAt(at)?.member && !this.#lineAt(at)?.trace) at--;
    const head = this.#lineAt(at);
    if (line.folded > 0 || line.unfolded) pane.send({ do: 'unfold', seq: line.seq });
    else if (head?.trace) {
      if (at < this.#number) this.choose(at);
      pane.send({ do: 'trace', seq: head.seq, keep: list.keep });
    }
  }

  /** @param {number} number @returns {Line | null} */
  #lineAt(number) {
    const row = this.#page.pane().list.rowAt(number);
    return row && 'text' in row ? row : null;
  }

  closeDetails() {
    this.drawer.close();
    this.#page.pane().list.draw();
  }

  /** mark marks the chosen line, or takes its mark away. */
  mark() {
    const { line } = this;
    const stream = this.#page.pane().streams[line?.stream ?? -1];
    if (!line || !stream || !line.cursor) return;
    const how = this.marks.toggle(stream, line.cursor);
    this.#draw(how === 'marked' ? line.stamp.time : NaN);
  }

  /** @param {1 | -1} by to the next marked line */
  async nextMark(by) {
    const { streams } = this.#page.pane();
    const gone = await this.moved.find(streams);
    if (streams !== this.#page.pane().streams) return;
    this.#gone = gone;
    const cursors = this.marks.of(streams).flat();
    if (cursors.length === 0) this.say(words.noMarks(0));
    else this.#seek({ find: 'cursors', cursors }, by);
  }

  forgetMarks() {
    this.marks.clear(this.#page.pane().streams);
    this.#draw(NaN);
  }

  /** copyLines copies the chosen line, with the trace that goes on from it. */
  copyLines() {
    const pane = this.#page.pane();
    const { list } = pane;
    if (!this.line || !list.frame) return;
    const ask = list.selected.copying.asked((text) => text !== null && void this.copy(text, words.copied.line));
    pane.send({ do: 'whole', ask, number: this.#number, generation: list.frame.generation });
  }

  /** link copies the address of the chosen line. */
  link() {
    const { line } = this;
    const stream = this.#page.pane().streams[line?.stream ?? -1];
    if (!line || !stream || !line.cursor) return;
    void this.copy(this.#page.link(stream, line.cursor), words.copied.link);
  }

  /** context shows the chosen line among its neighbours, without filters. */
  context() {
    const { line } = this;
    const stream = this.#page.pane().streams[line?.stream ?? -1];
    if (!line || !stream) return;
    this.#page.unfiltered();
    this.#page.pane().list.leave();
    this.#page.pane().send({ do: 'goto', stream, cursor: line.cursor, where: 'middle' });
  }

  /**
   * @param {string} text
   * @param {string} what to say then
   */
  async copy(text, what) {
    if (!text) return;
    this.say(await copy(text) === 'copied' ? what : words.copied.failed);
  }

  /** @param {string} text that stays for a moment; '' for none */
  say(text) {
    if (!text) {
      this.#toast.classList.remove('on');
      return;
    }
    write(this.#toast, text);
    this.#toast.classList.add('on');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#toast.classList.remove('on'), patience);
  }

  /** @param {number} [since] time of a line that was marked just now */
  #draw(since) {
    const { list } = this.#page.pane();
    list.draws({
      ...(since === undefined ? {} : { since }),
      current: (row) => row.seq === this.#seq,
    });
  }

  /** place puts the tools of the chosen line beside it. */
  place() {
    if (!this.line) {
      this.#tools.hidden = true;
      return;
    }
    const element = this.#page.pane().list.elementOf(this.#number);
    const stage = this.#tools.parentElement?.getBoundingClientRect();
    const box = element?.getBoundingClientRect();
    const pane = element?.closest('.pane')?.getBoundingClientRect();
    const top = box && stage ? box.top - stage.top : -100;
    this.#tools.hidden = !box || !stage || top < -4 || top > stage.height - 20;
    if (this.#tools.hidden || !stage || !pane) return;
    this.#tools.style.transform = `translate(${Math.round(pane.right - stage.right)}px, ${Math.round(top - 3)}px)`;
  }
}
