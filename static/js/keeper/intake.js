// @ts-check
/**
 * What comes over the connection on its way into the rows of the live end: lines
 * of several streams wait for one another, what happened becomes dividers, and what
 * is missing is counted.
 */

import { Merge, reorder } from './merge.js';
import { Rate } from './rate.js';
import { Unfinished } from './unfinished.js';
import { divide, positionOf } from './cursor.js';

/** @typedef {import('./connection.js').Sink} Sink */
/** @typedef {import('./message.js').Beginning} Beginning */
/** @typedef {import('./message.js').Gap} Gap */
/** @typedef {import('./message.js').Lines} Lines */
/** @typedef {import('./message.js').Notice} Notice */
/** @typedef {import('./store.js').Divider} Divider */
/** @typedef {import('./store.js').Store} Store */

/** How long an absence lies back at most that a new server is the reason of, in ms. */
const recent = 60_000;
/** How long the backlogs of several streams wait for that of another, in ms. */
const patience = 4000;

/**
 * Deeds are what the intake has its keeper do.
 *
 * @typedef {object} Deeds
 * @property {() => void} arrived there are more rows
 * @property {() => void} rotated another file begins
 * @property {() => void} complete the backlog of every stream came
 * @property {(stream: string, lines: string[]) => void} fresh called with lines that were written just now
 * @property {() => void} changed the connection's phase changed
 * @property {() => (() => void) | null} again has the rows of the live end come anew, and returns what is to be done then; null where they stay
 */

/** @implements {Sink} */
export class Intake {
  rate = new Rate();
  unfinished = new Unfinished();
  /** Of stamps without a zone. @type {import('../text/zone.js').Offset} */
  offset = null;
  /** As last told, by stream. @type {Map<string, {condition: string, reason: string}>} */
  conditions = new Map();
  gaps = 0;
  /** Bytes in gaps of known size, and whether there are others. */
  lost = 0;
  lostMore = false;
  /** How long ago the server read the newest line when it came here, ms. */
  lag = 0;

  #tail;
  #deeds;
  #merge = new Merge();
  /** @type {string[]} */
  #streams = [];
  /** Those whose backlog came, or does not come: until all did, lines wait for one another. */
  #caught = new Set();
  /** Lines of each stream that were asked for. */
  #backlog = 0;
  /** Those of which the server has more than that. @type {Set<string>} */
  #deep = new Set();
  /** Whether rows were given: since when the first lines wait before, Unix ms. */
  #given = false;
  #since = 0;
  /** The last absence, and how many lines had come then. @type {{divider: Divider, lines: number} | null} */
  #absence = null;
  /** Whether the absence under way is one of a server that is another by now. */
  #renewed = false;
  #lines = 0;
  /** The files that lines of each stream came from. @type {Map<number, Set<string>>} */
  #files = new Map();
  /** Those whose next file was told of. */
  #told = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Store} tail
   * @param {Deeds} deeds
   */
  constructor(tail, deeds) {
    this.#tail = tail;
    this.#deeds = deeds;
    this.changed = deeds.changed;
  }

  /**
   * @param {string[]} streams that come from now on
   * @param {number} backlog lines of each that are asked for
   */
  begin(streams, backlog) {
    this.#streams = streams;
    this.#backlog = backlog;
    this.#deep = new Set();
    this.#given = false;
    this.#since = 0;
    this.#absence = null;
    this.#files.clear();
    this.#told.clear();
    this.gaps = this.lost = this.lag = 0;
    this.lostMore = false;
    this.#caught = new Set();
    this.conditions.clear();
    this.unfinished.clear();
    this.rate.clear();
    this.#merge.clear();
  }

  /**
   * @param {string} stream
   * @param {Lines} message
   */
  lines(stream, message) {
    const index = this.#streams.indexOf(stream);
    const now = Date.now();
    this.unfinished.over(index);
    this.#lines += message.lines.length;
    this.#border(stream, index, message.base);
    if (message.time > 0) {
      this.rate.add(message.lines.length, now);
      this.lag = Math.max(0, now - message.time);
      this.#deeds.fresh(stream, message.lines);
    }
    if (this.#streams.length === 1) {
      this.#tail.append(index, message.lines, message);
      this.#deeds.arrived();
      return;
    }
    this.#since ||= now;
    this.#merge.add(index, message.lines, message, now, this.offset);
    this.#timer ??= setTimeout(() => this.#merged(), reorder / 3);
  }

  /**
   * border tells where lines begin that are of another file, unless a notice did: what
   * happened while nobody was connected is not told by any.
   *
   * @param {string} stream
   * @param {number} index
   * @param {string} base of the cursors of the lines that come next
   */
  #border(stream, index, base) {
    const file = positionOf(base)?.generation;
    if (!file) return;
    const known = this.#files.get(index);
    if (!known) this.#files.set(index, new Set([file]));
    // The last lines of one file may come after the first of the next.
    if (!known || known.has(file)) return;
    known.add(file);
    if (!this.#told.delete(index)) this.#divide(stream, { kind: 'generation', at: 0 });
  }

  /**
   * cursor returns where the lines of a stream begin that came and wait for those of
   * others; '' where none does.
   *
   * @param {string} stream
   */
  cursor(stream) {
    return this.#merge.size > 0 ? this.#merge.cursor(this.#streams.indexOf(stream)) : '';
  }

  /**
   * @param {string} stream
   * @param {Beginning} beginning
   */
  begun(stream, { text, more }) {
    this.unfinished.grew(this.#streams.indexOf(stream), text, more);
    this.#deeds.arrived();
  }

  /**
   * @param {string} stream
   * @param {Gap} gap
   */
  gap(stream, gap) {
    this.gaps++;
    if (gap.bytes === null) this.lostMore = true;
    else this.lost += gap.bytes;
    this.#divide(stream, { kind: 'gap', at: Date.now(), bytes: gap.bytes, reason: gap.reason });
  }

  /**
   * @param {string} stream
   * @param {Notice} notice
   */
  notice(stream, { event, condition, reason }) {
    const before = this.conditions.get(stream);
    this.unfinished.over(this.#streams.indexOf(stream));
    this.conditions.set(stream, { condition, reason });
    const same = !before || before.condition === condition;
    if (event === 'changed' && same && (before || condition === 'live')) return;
    this.#divide(stream, { kind: 'notice', at: Date.now(), event, condition, reason });
    if (event === 'rotated' || event === 'truncated') this.#told.add(this.#streams.indexOf(stream));
    if (event === 'rotated') this.#deeds.rotated();
  }

  /**
   * @param {number} away ms
   * @param {string} reason
   */
  reconnected(away, reason) {
    const last = this.#absence;
    // Where no line came in between it is one absence.
    if (last && this.#lines === last.lines) Object.assign(last.divider, { at: Date.now(), times: (last.divider.times ?? 1) + 1, away, reason });
    else this.#left({ kind: 'reconnected', at: Date.now(), away, reason });
    if (this.#renewed && this.#absence) this.#absence.divider.renewed = true;
    this.#renewed = false;
    this.#deeds.arrived();
  }

  /**
   * renewed takes that the server is another than it was.
   *
   * @param {import('./connection.js').Phase} phase of the connection: while there is none to the new server, it is the absence to come
   */
  renewed(phase) {
    const last = this.#absence;
    if (phase === 'retrying' || phase === 'connecting') this.#renewed = true;
    else if (last && Date.now() - last.divider.at < recent) last.divider.renewed = true;
    else this.#left({ kind: 'reconnected', at: Date.now(), renewed: true });
  }

  /** @param {Divider} divider of an absence */
  #left(divider) {
    this.#absence = { divider, lines: this.#lines };
    this.#divide(this.#streams[0] ?? '', divider);
  }

  /**
   * @param {string} stream
   * @param {string} reason
   */
  restarted(stream, reason) {
    this.gaps++;
    this.lostMore = true;
    this.#divide(stream, { kind: 'restarted', at: Date.now(), reason });
  }

  /**
   * @param {string} stream
   * @param {number} lines
   */
  caught(stream, lines) {
    const first = !this.#caught.has(stream);
    if (first && lines >= this.#backlog) this.#deep.add(stream);
    if (first && lines > 0 && this.#given) this.#again();
    this.#come(stream);
  }

  /** @param {string} stream that the server does not send: the others do not wait for it */
  refused(stream) {
    if (!this.#caught.has(stream)) this.#come(stream);
  }

  /** @param {string} stream whose backlog is here, as far as there is one */
  #come(stream) {
    this.#caught.add(stream);
    if (this.#streams.length > 1) this.#merged();
    if (this.#complete) this.#deeds.complete();
  }

  /** Whether rows come: the backlog of all streams is here, or some waited long enough for that of others. */
  get ready() {
    return this.#complete || this.#given;
  }

  get #complete() {
    return this.#caught.size >= this.#streams.length;
  }

  /** merged takes the lines of several streams that waited long enough for one another. */
  #merged() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = Date.now();
    if (this.#complete || this.#given || (this.#since > 0 && now - this.#since > patience)) this.#take(now);
    if (this.#merge.size > 0) this.#timer = setTimeout(() => this.#merged(), reorder / 3);
    this.#deeds.arrived();
  }

  /** @param {number} now */
  #take(now) {
    if (!this.#given) this.#merge.level([...this.#deep].map((stream) => this.#streams.indexOf(stream)));
    this.#given = true;
    for (const { stream, line, divider, continues, base, off } of this.#merge.take(now)) {
      if (divider) this.#tail.divide(stream, divider);
      else this.#tail.append(stream, [line], { continues, base, off: [off] });
    }
  }

  /** again puts a backlog that came after the others in its place among them. */
  #again() {
    const tail = this.#tail;
    const merge = new Merge();
    // Those that were given need not wait again.
    const now = Date.now();
    const past = now - reorder;
    for (let seq = tail.first; seq < tail.end; seq++) {
      const divider = tail.divider(seq);
      const { base, off } = divide(tail.cursor(seq));
      if (divider) merge.divide(tail.stream(seq), divider, past);
      else merge.add(tail.stream(seq), [tail.text(seq)], { continues: tail.continues(seq), base, off: [off] }, past, this.offset);
    }
    const { linesEver, lines } = tail;
    const settle = this.#deeds.again();
    if (!settle) return;
    tail.linesEver = linesEver - lines;
    merge.join(this.#merge);
    this.#merge = merge;
    this.#given = false;
    this.#take(now);
    settle();
    this.#deeds.arrived();
  }

  /**
   * @param {string} stream
   * @param {Divider} divider
   */
  #divide(stream, divider) {
    const index = this.#streams.indexOf(stream);
    this.unfinished.over(index);
    if (this.#streams.length === 1) this.#tail.divide(index, divider);
    else this.#wait(index, divider);
    this.#deeds.arrived();
  }

  /**
   * @param {number} stream
   * @param {Divider} divider that keeps its place behind the lines of its stream
   */
  #wait(stream, divider) {
    const now = Date.now();
    this.#since ||= now;
    this.#merge.divide(stream, divider, now);
    this.#timer ??= setTimeout(() => this.#merged(), reorder / 3);
  }
}
