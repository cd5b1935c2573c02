// @ts-check
/**
 * Far away is what the tab does not hold: the next line of a kind before or
 * behind the rows held is looked for by the server, in each stream that is
 * watched, and the nearest in time is taken.
 */

import { Matching } from './matching.js';
import { each } from './past.js';
import { levelOf } from '../text/level.js';
import { look, wordsOf } from './lookup.js';
import { strip } from '../text/ansi.js';

/** @typedef {import('./lookup.js').Hit} Hit */
/** @typedef {import('./past.js').Past} Past */
/** @typedef {import('./protocol.js').Seek} Seek */
/** @typedef {import('./reading.js').Reading} Reading */

/** Hits that are looked at in one answer of the server: filters may hide those before. */
const most = '10000';
/** The levels that a seek may ask the server for. */
const names = ['', 'trace', 'debug', 'info', 'notice', 'warn', 'error', 'fatal'];

/** @typedef {{stream: string, cursor: string, time: number}} Place */

export class Faraway {
  #reading;
  #past;
  #matching = new Matching();

  /**
   * @param {Reading} reading
   * @param {Past} past
   */
  constructor(reading, past) {
    this.#reading = reading;
    this.#past = past;
  }

  /**
   * next returns the nearest line before or behind the rows held, or null where
   * there is none. It throws what look throws.
   *
   * @param {Seek} seek
   * @param {1 | -1} by
   * @param {AbortSignal} signal
   * @param {(share: number) => void} told how much of what there is was looked at
   * @returns {Promise<Place | null>}
   */
  async next(seek, by, signal, told) {
    const { streams } = this.#reading;
    const edges = this.#reading.edges(by < 0 ? 'before' : 'after');
    if (seek.find === 'cursors') return this.#marked(seek.cursors, edges, by);
    const shares = streams.map(() => 0);
    const found = await each(streams, (stream, i) => this.#first(stream, i, edges[i] ?? '', seek, by, signal, (share) => {
      shares[i] = share;
      told(shares.reduce((a, b) => a + b, 0) / shares.length);
    }));
    return nearest(found, by);
  }

  /**
   * first returns the first line in one stream that the reader's filters do not hide.
   *
   * @param {string} stream
   * @param {number} index
   * @param {string} edge
   * @param {Exclude<Seek, {find: 'cursors'}>} seek
   * @param {1 | -1} by
   * @param {AbortSignal} signal
   * @param {(share: number) => void} told
   * @returns {Promise<Place | null>}
   */
  async #first(stream, index, edge, seek, by, signal, told) {
    const { span: { extents }, sieve } = this.#reading;
    const asked = seek.find === 'match' ? wordsOf(seek.filter) : { level: names[seek.level] ?? '' };
    const from = edge ? { [by < 0 ? 'before' : 'after']: edge } : {};
    const all = by < 0 ? extents.at(stream, edge) : extents.total(stream) - extents.at(stream, edge);
    const order = by < 0 ? 'newest' : 'oldest';
    for await (const step of look(this.#past, stream, { ...asked, ...from, ...sieve.range.asked, order, limit: most }, signal)) {
      if ('progress' in step) told(Math.min(1, step.progress.bytes / (all || 1)));
      if (!('hit' in step) || !await this.#wanted(step.hit, stream, index, edge, seek)) continue;
      return { stream, cursor: step.hit.cursor, time: Date.parse(step.hit.time ?? '') };
    }
    return null;
  }

  /**
   * @param {Hit} hit
   * @param {string} stream
   * @param {number} index
   * @param {string} edge
   * @param {Exclude<Seek, {find: 'cursors'}>} seek
   */
  async #wanted(hit, stream, index, edge, seek) {
    const { span: { extents }, sieve } = this.#reading;
    // The server may begin with the line of the cursor itself, which is held.
    if (edge && extents.at(stream, hit.cursor) === extents.at(stream, edge) && this.#reading.holds(index, hit.cursor)) return false;
    const text = strip(hit.line);
    const { level } = levelOf(text);
    if (seek.find === 'level' && (level < seek.level || level > seek.most)) return false;
    const { conditions, level: least } = sieve.query;
    if (least > 0 && level > 0 && level < least) return false;
    const on = conditions.filter((condition, i) => condition.on && !sieve.slow.has(i));
    if (on.length === 0) return true;
    const [which = 0] = await this.#matching.which(on, [text]);
    return on.every((condition, i) => ((which >> i) & 1) === Number(condition.kind === 'in'));
  }

  /**
   * @param {string[]} cursors of marked lines, of any stream
   * @param {string[]} edges
   * @param {1 | -1} by
   * @returns {Place | null}
   */
  #marked(cursors, edges, by) {
    const { span: { extents }, streams } = this.#reading;
    let best = null;
    let least = Infinity;
    for (const [i, stream] of streams.entries()) {
      const edge = extents.at(stream, edges[i] ?? '');
      for (const cursor of cursors) {
        const far = by * (extents.at(stream, cursor) - edge);
        if (far > 0 && far < least) {
          least = far;
          best = { stream, cursor, time: NaN };
        }
      }
    }
    return best;
  }
}

/**
 * nearest returns the place that comes first in a direction. Those of unknown time
 * come behind the others.
 *
 * @param {(Place | null)[]} places
 * @param {1 | -1} by
 */
function nearest(places, by) {
  const found = /** @type {Place[]} */ (places.filter((place) => place !== null));
  const order = (/** @type {Place} */ place) => (Number.isNaN(place.time) ? Infinity : by * place.time);
  return found.reduce((/** @type {Place | null} */ best, place) => (best && order(best) <= order(place) ? best : place), null);
}
