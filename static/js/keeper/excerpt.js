// @ts-check
/**
 * An excerpt is the text between two places of the lines, wherever those are: of
 * what this tab holds, and else of what the server has, through the reader's
 * filters all the same.
 */

import { Reach } from './reach.js';
import { Store } from './store.js';
import { Trouble, itemsOf } from './past.js';
import { add, itemsFrom, keyOf, outermost, rowOf } from './seam.js';
import { copyMost } from './protocol.js';
import { text } from './rows.js';

/** @typedef {import('./past.js').Item} Item */
/** @typedef {import('./past.js').Past} Past */
/** @typedef {import('./protocol.js').Answer} Answer */
/** @typedef {import('./protocol.js').End} End */
/** @typedef {import('./protocol.js').Wish} Wish */
/** @typedef {import('./reading.js').Reading} Reading */
/** @typedef {import('./sieve.js').Sieve} Sieve */

/** Lines of each stream that are asked for at a time: the most that the server gives. */
const chunk = 10_000;
/** Rows whose text is made before the reader asks to copy. */
const ahead = 20_000;

/** @typedef {Omit<Extract<Answer, {is: 'text'}>, 'is' | 'ask'>} Text */

/** @type {(state: 'more' | 'gone' | 'failed') => Text} */
const nothing = (state) => ({ text: null, state, count: 0 });

export class Excerpts {
  #reading;
  #past;
  /** What the reader selected. @type {{about: number, ends: [End, End]} | null} */
  selection = null;
  /** Counts the wishes: another ends the one under way. */
  #turn = 0;

  /**
   * @param {Reading} reading
   * @param {Past} past
   */
  constructor(reading, past) {
    this.#reading = reading;
    this.#past = past;
  }

  /**
   * text returns what is between two places.
   *
   * @param {Extract<Wish, {do: 'text'}>} wish
   * @returns {Promise<Text>}
   */
  async text(wish) {
    const turn = ++this.#turn;
    const held = this.#held(wish);
    if (held !== null || wish.what === 'held') return held === null ? nothing('gone') : { text: held, state: 'whole', count: 0 };
    try {
      return await this.#fetch(wish, () => turn === this.#turn);
    } catch (err) {
      if (!(err instanceof Trouble)) throw err;
      return nothing(err.status === 400 || err.status === 404 ? 'gone' : 'failed');
    }
  }

  /** ends returns the numbers that the ends of the selection have now; null where that is not known yet. */
  get ends() {
    const { sieve } = this.#reading;
    if (!this.selection || sieve.behind > 0) return null;
    const { about, ends } = this.selection;
    return { about, numbers: ends.map((end) => this.#number(sieve, end)) };
  }

  /**
   * numbers returns the same once all rows held were looked at, and the generation
   * that they are of.
   */
  async numbers() {
    const reading = this.#reading;
    while (reading.sieve.behind > 0) await rest();
    return { generation: reading.sieve.generation, about: 0, numbers: [], ...this.ends };
  }

  /**
   * @param {Sieve} sieve
   * @param {End} end
   */
  #number({ shown, store }, { number, stream, cursor }) {
    if (!Number.isFinite(number)) return number;
    const seq = cursor ? rowOf(store, stream, cursor) : null;
    if (seq !== null) return Math.min(shown.end - 1, shown.find(seq));
    const { span: { extents }, streams, detached } = this.#reading;
    const name = streams[stream] ?? '';
    const [at, oldest] = [extents.at(name, cursor), extents.at(name, this.#reading.edges('before')[stream] ?? '')];
    // A line that is not held and newer than all that is known is farther on, unless this is the live end.
    if (Number.isNaN(at) || Number.isNaN(oldest)) return detached && Number.isNaN(at) ? Infinity : -Infinity;
    return at < oldest ? -Infinity : Infinity;
  }

  /**
   * held returns the text where both places are held, or null.
   *
   * @param {Extract<Wish, {do: 'text'}>} wish
   */
  #held({ start, end, generation, what }) {
    const reading = this.#reading;
    const { sieve } = reading;
    const outer = { first: reading.start, last: !reading.detached };
    const from = placeIn(sieve, start, generation, outer.first ? 'all' : 'a part', 1);
    const to = placeIn(sieve, end, generation, outer.last ? 'all' : 'a part', -1);
    if (!from || !to || (what === 'held' && to.number - from.number > ahead)) return null;
    return text(sieve, from, to);
  }

  /**
   * @param {Extract<Wish, {do: 'text'}>} wish
   * @param {() => boolean} current
   * @returns {Promise<Text>}
   */
  async #fetch({ start, end }, current) {
    const reading = this.#reading;
    const outermost = start.number === -Infinity && end.number === Infinity;
    if (outermost && await this.#total() > copyMost) return this.#rest();
    const store = new Store({ rows: Infinity, bytes: Infinity });
    const state = await this.#gather(store, start, end, current);
    if (state === 'more' && outermost) return this.#rest();
    if (state !== 'whole') return nothing(state);
    const sieve = reading.live.other(store);
    try {
      while (sieve.behind > 0) await rest();
      const { shown } = sieve;
      if (shown.end === shown.first) return { text: '', state, count: 0 };
      const [first, last] = [rowOf(store, start.stream, start.cursor), rowOf(store, end.stream, end.cursor)];
      const from = first !== null && shown.seq(shown.first) === first ? start.offset : 0;
      const to = last !== null && shown.seq(shown.end - 1) === last ? end.offset : Infinity;
      return { text: text(sieve, { number: shown.first, offset: from }, { number: shown.end - 1, offset: to }), state, count: store.lines };
    } finally {
      sieve.end();
    }
  }

  /** total returns how many bytes of history there are. */
  async #total() {
    const { span, streams } = this.#reading;
    await span.measure('now');
    return streams.reduce((sum, stream) => sum + span.extents.total(stream), 0);
  }

  /** rest returns what is held of all that there is. @returns {Text} */
  #rest() {
    const { sieve } = this.#reading;
    const { first, end } = sieve.shown;
    return { text: text(sieve, { number: first, offset: 0 }, { number: end - 1, offset: Infinity }), state: 'held', count: sieve.store.passing };
  }

  /**
   * gather puts the lines between two places into a store: those of the server, and
   * from where they reach them those of the live end.
   *
   * @param {Store} store
   * @param {End} start
   * @param {End} end
   * @param {() => boolean} current
   * @returns {Promise<'whole' | 'more' | 'gone' | 'failed'>}
   */
  async #gather(store, start, end, current) {
    const { tail, streams } = this.#reading;
    const last = rowOf(tail, end.stream, end.cursor);
    const key = keyOf(end.stream, end.cursor);
    const reach = new Reach(this.#past, streams, await this.#begin(start), 'after');
    // The oldest line of each stream that the live end holds: from there on it has them all.
    const meets = outermost(tail, streams.length, 'oldest').map((seq, i) => (Number.isNaN(seq) ? '' : keyOf(i, tail.cursor(seq))));
    const met = meets.map((oldest) => oldest === '');
    let size = 0;
    while (current()) {
      const items = await reach.next(chunk);
      const wanted = [];
      for (const item of items) {
        const own = 'text' in item ? keyOf(item.stream, item.cursor) : '';
        if (own !== '' && own === meets[item.stream]) met[item.stream] = true;
        if (met[item.stream] && meets[item.stream] !== '') continue;
        wanted.push(item);
        size += 'text' in item ? item.text.length + 1 : 0;
        if (own === '' || own !== key) continue;
        add(store, wanted);
        return 'whole';
      }
      add(store, wanted);
      if (size > copyMost) return 'more';
      if (met.every((is, i) => is && meets[i] !== '') || (reach.exhausted && met.some((is, i) => is && meets[i] !== ''))) {
        if (last === null && end.number !== Infinity) return 'gone';
        add(store, itemsFrom(tail, tail.first).slice(0, last === null ? undefined : last - tail.first + 1));
        return 'whole';
      }
      if (reach.exhausted) return end.number === Infinity ? 'whole' : 'gone';
    }
    return 'failed';
  }

  /**
   * begin returns the cursors of the lines to begin with, for each stream: those of
   * the others of the same time.
   *
   * @param {End} start
   * @returns {Promise<string[]>}
   */
  async #begin(start) {
    const { streams } = this.#reading;
    const first = async (/** @type {string} */ stream, /** @type {Record<string, string>} */ where) => {
      const page = await this.#past.page(stream, { ...where, limit: '1' });
      return { cursor: page.before, item: itemsOf(page, 0).find((item) => 'text' in item) };
    };
    if (start.number === -Infinity) return Promise.all(streams.map(async (stream) => (await first(stream, { at: '0' })).cursor));
    if (streams.length === 1) return [start.cursor];
    const own = await first(streams[start.stream] ?? '', { after: start.cursor });
    const time = own.item?.time ?? NaN;
    return Promise.all(streams.map(async (stream, i) => {
      if (i === start.stream) return start.cursor;
      return Number.isNaN(time) ? '' : (await first(stream, { since: new Date(time).toISOString() })).cursor;
    }));
  }
}

/**
 * placeIn returns where a place is among the rows shown, or null.
 *
 * @param {Sieve} sieve
 * @param {End} end
 * @param {number} generation that its number is of
 * @param {'all' | 'a part'} held of history in that direction
 * @param {1 | -1} by where the next row shown is taken for one that filters hide
 */
function placeIn(sieve, { number, offset, stream, cursor }, generation, held, by) {
  const { shown, store } = sieve;
  if (!Number.isFinite(number)) {
    if (held === 'a part') return null;
    return { number: number < 0 ? shown.first : shown.end - 1, offset };
  }
  if (generation === sieve.generation && number >= shown.first && number < shown.end) {
    const seq = shown.seq(number);
    if (!cursor || (store.stream(seq) === stream && store.cursor(seq) === cursor)) return { number, offset };
  }
  const seq = cursor ? rowOf(store, stream, cursor) : null;
  if (seq === null) return null;
  const found = shown.find(seq);
  if (found < shown.end && shown.seq(found) === seq) return { number: found, offset };
  return by > 0 ? { number: found, offset: 0 } : { number: found - 1, offset: Infinity };
}

/** rest lets other work of this worker go first. */
function rest() {
  return new Promise((done) => setTimeout(done, 4));
}
