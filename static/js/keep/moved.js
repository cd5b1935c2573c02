// @ts-check
/**
 * Where marked lines are now: a file that was compressed is another one for a server
 * that begins anew, which knows it all the same by the cursors of before.
 */

import { Past, each } from '../keeper/past.js';
import { positionOf } from '../keeper/cursor.js';
import { present } from '../keeper/present.js';

/** Marks of one stream that the server is asked for at most, the newest of them. */
const most = 100;

export class Moved {
  #marks;
  #past;
  /** How many lines are gone, by stream, as asked of this run of the server. @type {Map<string, Promise<number>>} */
  #gone = new Map();

  /**
   * @param {import('./marks.js').Marks} marks
   * @param {string} api address of the server's api/
   */
  constructor(marks, api) {
    this.#marks = marks;
    this.#past = new Past(api);
  }

  /**
   * renew goes with another run of the server.
   *
   * @param {string[]} streams that are watched
   */
  async renew(streams) {
    this.#gone.clear();
    await this.find(streams);
  }

  /**
   * find has the marks of some streams name their lines as the server does now, and
   * returns how many of these lines are gone. Where the server does not answer the
   * next call asks again.
   *
   * @param {string[]} streams
   */
  async find(streams) {
    let gone = 0;
    for (const stream of streams) {
      const asked = this.#gone.get(stream) ?? this.#look(stream);
      this.#gone.set(stream, asked);
      try {
        gone += await asked;
      } catch {
        if (this.#gone.get(stream) === asked) this.#gone.delete(stream);
      }
    }
    return gone;
  }

  /** @param {string} stream */
  async #look(stream) {
    const marks = this.#marks.of([stream]);
    if (marks.length === 0) return 0;
    const files = new Set((await this.#past.extent(stream)).map(({ cursor }) => positionOf(cursor)?.generation));
    const lost = marks.filter((names) => !names.some((name) => files.has(positionOf(name)?.generation)))
      .flatMap(([name]) => (name && positionOf(name) ? [name] : [])).slice(-most);
    const found = await each(lost, async (name) => present(name, await this.#past.page(stream, { after: name, limit: '1' })));
    this.#marks.moved(stream, found.flatMap((now, i) => (now ? [/** @type {[string, string]} */ ([lost[i] ?? '', now])] : [])));
    return found.filter((now) => now === null).length;
  }
}
