// @ts-check
/** What the page says about its state: the pill above, the footer below. */

import { Said } from './said.js';
import { find, write } from '../dom.js';
import * as words from '../words.js';
import { states } from '../words.js';

/** @typedef {import('../keeper/protocol.js').Frame} Frame */

/**
 * State is what the pill says. A kind is a colour: it is 'live' only where lines
 * really come from every stream.
 *
 * @typedef {object} State
 * @property {'live' | 'busy' | 'held' | 'warn' | 'bad' | 'off'} kind
 * @property {string} short
 * @property {string} reason
 */

/** Lines that come later than this after the server read them are told to be late, in ms. */
const late = 3000;

/**
 * stateOf returns the state that a frame tells.
 *
 * @param {Frame} frame
 * @param {number} streams how many are watched
 * @param {number} now Unix ms
 * @param {{condition: string, reason: string}[]} told of the streams by the server, beside the connection
 * @returns {State}
 */
export function stateOf(frame, streams, now, told) {
  const { phase, reason } = frame;
  if (phase === 'retrying') {
    const left = Math.max(0, Math.ceil((frame.next - now) / 1000));
    return { kind: 'bad', short: left > 0 ? states.retrying(left) : states.reconnecting, reason };
  }
  if (phase === 'connecting') return { kind: reason ? 'bad' : 'busy', short: reason ? states.reconnecting : states.connecting, reason };
  if (phase === 'idle') return { kind: 'off', short: states.idle, reason: '' };
  if (frame.paused) {
    const held = frame.full ? states.full : states.kept;
    return { kind: 'held', short: states.paused(frame.unseen), reason: held };
  }
  if (phase === 'catching') {
    // Lines of a stream that waits for its file or host may be long in coming.
    const held = told.find(({ condition }) => condition === 'failed' || condition === 'waiting');
    return { kind: held ? 'warn' : 'busy', short: held?.condition ?? states.loading, reason: held?.reason ?? '' };
  }
  if (phase === 'ended') return { kind: 'off', short: states.ended, reason };
  return ofStreams(frame, streams);
}

/**
 * ofStreams returns the worst condition of the streams, while connected.
 *
 * @param {Frame} frame
 * @param {number} streams
 * @returns {State}
 */
function ofStreams(frame, streams) {
  const refused = frame.refusals[0];
  if (refused) return { kind: 'bad', short: states.refused, reason: refused[1] };
  const worst = (/** @type {string} */ condition) => frame.conditions.find(([, c]) => c === condition);
  const alive = frame.conditions.filter(([, c]) => c === 'live').length;
  const some = streams > 1 ? states.some(alive, streams) : '';
  const failed = worst('failed');
  if (failed) return { kind: 'bad', short: states.failed + some, reason: failed[2] };
  const waiting = worst('waiting');
  if (waiting) return { kind: 'warn', short: states.waiting + some, reason: waiting[2] };
  if (alive === 0) return { kind: 'off', short: states.ended, reason: worst('ended')?.[2] ?? '' };
  const behind = frame.lag > late && frame.rate > 0;
  if (behind) return { kind: 'warn', short: states.behind(frame.lag), reason: words.rate(frame.rate) };
  return { kind: 'live', short: states.rate(frame.rate), reason: '' };
}

export class Status {
  #pill = find('state', HTMLButtonElement);
  #short = find('state-short', HTMLElement);
  #reason = find('state-reason', HTMLElement);
  #said = new Said();
  #held = find('held', HTMLElement);
  #hidden = find('hidden', HTMLElement);
  #lost = find('lost', HTMLElement);
  #place = find('place', HTMLElement);
  #file = find('file', HTMLElement);
  /** How many filters are on. */
  filters = 0;
  /** Which they are. */
  asked = '';

  /**
   * stand says where in history the reader is.
   *
   * @param {Frame} frame
   * @param {number} share of the rows held that lie before the view
   * @param {boolean} following
   */
  stand({ bar, detached }, share, following) {
    const all = bar.before + bar.within + bar.behind;
    // Where nothing is, the bar is one byte long, so that a share can be told of it.
    const at = bar.before + share * bar.within;
    write(this.#place, all > 1 ? words.place(at, all, following && !detached ? 'live' : 'past') : '');
  }

  /** @param {() => void} retry called when the reader wants a try at once */
  constructor(retry) {
    this.#pill.addEventListener('click', retry);
  }

  /**
   * show says a frame.
   *
   * @param {Frame} frame
   * @param {number} streams
   * @param {{trouble: string, news: string}} server what else is wrong, or happened; or ''
   * @param {{condition: string, reason: string}[]} told of the streams by the server
   */
  show(frame, streams, { trouble, news }, told) {
    const state = stateOf(frame, streams, Date.now(), told);
    const reason = state.reason || trouble || news;
    write(this.#short, state.short);
    write(this.#reason, reason);
    this.#pill.dataset['kind'] = state.kind === 'live' && trouble ? 'warn' : state.kind;
    this.#pill.title = frame.phase === 'retrying' ? `${reason}\n${states.retry}` : reason;
    // A screen reader hears changes of kind, not every rate.
    this.#said.state(state.kind, [state.kind === 'live' ? states.live : state.short, reason].filter(Boolean).join(': '));
    this.#said.lines(frame.ever);
    write(this.#file, frame.file ? words.file(frame.file) : '');
    this.#file.title = frame.file?.name ?? '';
    write(this.#held, streams > 1 ? `${words.held(frame)} · ${words.order}` : words.held(frame));
    this.#held.title = words.came(frame);
    write(this.#hidden, this.filters > 0 ? words.hidden(frame, this.filters) : '');
    this.#said.filters(this.asked, () => this.#hidden.textContent || words.held(frame));
    write(this.#lost, words.lost(frame));
    this.#lost.classList.toggle('some', frame.gaps > 0);
  }
}
