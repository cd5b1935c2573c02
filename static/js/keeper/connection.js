// @ts-check
/**
 * The connection to the server: one WebSocket with a subscription for each stream
 * that is watched. It comes back by itself, each stream from the cursor where
 * it was, so that nothing is lost or doubled.
 *
 * Watching other streams means another socket: what is still on its way on the
 * old one can then not be taken for an answer to the new wish.
 */

import { parse } from './message.js';
import { wait } from './backoff.js';
import { trouble } from '../words/trouble.js';

/** @typedef {import('./message.js').Lines} Lines */
/** @typedef {import('./message.js').Beginning} Beginning */
/** @typedef {import('./message.js').Gap} Gap */
/** @typedef {import('./message.js').Notice} Notice */

/**
 * Phase is what the connection is doing: nothing to watch; opening; receiving
 * the backlog; live; waiting to try again; done, because the server said that
 * nothing more will come.
 *
 * @typedef {'idle' | 'connecting' | 'catching' | 'live' | 'retrying' | 'ended'} Phase
 */

/**
 * Sink takes what the connection delivers, in order.
 *
 * @typedef {object} Sink
 * @property {(stream: string, lines: Lines) => void} lines
 * @property {(stream: string, beginning: Beginning) => void} begun of a line that is still being written
 * @property {(stream: string, gap: Gap) => void} gap
 * @property {(stream: string, notice: Notice) => void} notice
 * @property {(away: number, reason: string) => void} reconnected after so many ms, and why the connection was lost: what comes now comes behind that
 * @property {(stream: string, message: string) => void} restarted a position could not be resumed
 * @property {(stream: string, lines: number) => void} caught the backlog is complete
 * @property {(stream: string) => void} refused the server does not send this stream
 * @property {() => void} changed phase, reason or refusals changed
 */

/**
 * Place is where the connection gets what it cannot make: tests give another.
 *
 * @typedef {object} Place
 * @property {(url: string) => WebSocket} open
 * @property {() => number} now Unix ms
 * @property {() => number} random
 */

/** The close codes with a meaning of their own here (stream/wire/closecode.go). */
const END = 1000;
const AWAY = 1001;
const POLICY = 1008;
const GAP = 4001;
/** Close codes that say that the two sides do not understand each other. */
const misunderstood = new Set([1002, 1003, 1007, 1009]);

/** How long to wait where trying soon is of no use, and for a stream that is not there yet, in ms. */
const later = 5_000;
/** Lines that are asked for at most of a stream whose place is not known. */
const most = 10_000;
/** How long a socket may take to open, in ms. */
const patience = 10_000;

/** One stream that is watched. */
class Subscription {
  /** Where to go on, or '' before the first message. */
  cursor = '';
  live = false;
  /** Whether it was live at any time. */
  caught = false;
  /** Lines since the last subscribe. */
  lines = 0;
  /** Why the server does not send this stream, or ''. */
  refusal = '';

  /**
   * @param {number} id
   * @param {string} stream
   */
  constructor(id, stream) {
    this.id = id;
    this.stream = stream;
  }
}

export class Connection {
  /** @type {Phase} */
  phase = 'idle';
  /** Why there is no connection, for a person; or ''. */
  reason = '';
  /** When the next try is, Unix ms. */
  next = 0;

  #url;
  #sink;
  #place;
  #backlog = 0;
  #paused = false;
  /** By id. @type {Map<number, Subscription>} */
  #subscriptions = new Map();
  /** @type {WebSocket | null} */
  #socket = null;
  #failures = 0;
  /** When the last socket was lost, Unix ms; 0 while connected. */
  #lost = 0;
  /** Why it was. */
  #cause = '';
  /** How often in a row the server said GAP before a line came. */
  #gaps = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} url of the server's /ws
   * @param {Sink} sink
   * @param {Place} place
   */
  constructor(url, sink, place) {
    this.#url = url;
    this.#sink = sink;
    this.#place = place;
  }

  /** Why streams are not sent, by stream. */
  get refusals() {
    const refused = [...this.#subscriptions.values()].filter((s) => s.refusal !== '');
    return new Map(refused.map((s) => [s.stream, s.refusal]));
  }

  /**
   * cursor returns where a stream goes on, or '' where that is not known.
   *
   * @param {string} stream
   */
  cursor(stream) {
    return [...this.#subscriptions.values()].find((s) => s.stream === stream)?.cursor ?? '';
  }

  /**
   * watch begins anew with these streams and that many lines of backlog each.
   *
   * @param {string[]} streams
   * @param {number} backlog lines
   */
  watch(streams, backlog) {
    this.#drop();
    this.#backlog = backlog;
    this.#paused = false;
    this.#failures = this.#gaps = this.#lost = 0;
    this.#subscriptions = new Map(streams.map((stream, i) => [i + 1, new Subscription(i + 1, stream)]));
    if (streams.length === 0) this.#become('idle', '');
    else this.#connect();
  }

  /** pause asks the server to hold back what comes from now on. */
  pause() {
    if (this.#paused) return;
    this.#paused = true;
    for (const id of this.#subscriptions.keys()) this.#send({ pause: id });
  }

  /** resume ends pause. */
  resume() {
    if (!this.#paused) return;
    this.#paused = false;
    for (const id of this.#subscriptions.keys()) this.#send({ resume: id });
  }

  /** wake tries at once where a try is due later: the network or the reader is back. */
  wake() {
    if (this.phase !== 'retrying' && this.phase !== 'ended') return;
    this.#failures = 0;
    this.#connect();
  }

  /**
   * renew gives up a socket that is not to be trusted any more, and goes on from
   * the cursors on another.
   *
   * @param {string} reason
   */
  renew(reason) {
    if (!this.#socket) return;
    this.#drop();
    this.#lose(reason, 0);
  }

  #connect() {
    this.#drop();
    this.#become('connecting', this.reason);
    const socket = this.#place.open(this.#url);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.renew(trouble.noAnswer), patience);
    socket.onopen = () => {
      clearTimeout(this.#timer);
      if (this.#lost) this.#sink.reconnected(this.#place.now() - this.#lost, this.#cause);
      for (const subscription of this.#subscriptions.values()) this.#subscribe(subscription);
      this.#settle();
    };
    socket.onmessage = (event) => this.#hear(event.data);
    socket.onclose = (event) => {
      this.#drop();
      this.#closed(event.code, event.reason);
    };
  }

  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #closed(code, reason) {
    if (code === END) {
      this.#become('ended', reason.startsWith('from=') ? '' : reason);
      return;
    }
    if (code === GAP && ++this.#gaps > 1) this.#skip(reason);
    const told = reason !== '' && !reason.startsWith('from=') ? reason : '';
    if (misunderstood.has(code)) this.#lose(trouble.closed(code, told), later);
    else if (code === POLICY) this.#lose(told || trouble.refused, later);
    else if (code === AWAY) this.#lose(trouble.stopping, 0);
    else if (code === GAP) this.#lose(trouble.behind, 0);
    else this.#lose(told || (this.#lost ? trouble.noAnswer : trouble.cut), 0);
  }

  /**
   * skip goes on where the server says, with a gap: from the cursor of this
   * side it said twice that it cannot.
   *
   * @param {string} reason of the close
   */
  #skip(reason) {
    const [subscription, ...others] = this.#subscriptions.values();
    if (!subscription || others.length > 0 || !reason.startsWith('from=')) return;
    subscription.cursor = reason.slice('from='.length);
    const gap = { bytes: null, reason: trouble.behind, to: subscription.cursor };
    this.#sink.gap(subscription.stream, { kind: 'gap', id: subscription.id, stream: subscription.stream, ...gap });
  }

  /**
   * lose goes over to waiting for the next try.
   *
   * @param {string} reason
   * @param {number} least to wait at least, ms
   */
  #lose(reason, least) {
    if (!this.#lost) this.#cause = reason;
    this.#lost ||= this.#place.now();
    this.#failures++;
    const pause = Math.max(least, wait(this.#failures, this.#place.random));
    this.next = this.#place.now() + pause;
    this.#timer = setTimeout(() => this.#connect(), pause);
    this.#become('retrying', reason);
  }

  /** @param {Subscription} subscription */
  #subscribe(subscription) {
    const { id, stream, cursor } = subscription;
    // A stream that was live and had no line yet: all that it has by now is new,
    // but it may be all of a long history, too.
    const n = subscription.caught ? Math.max(this.#backlog, most) : this.#backlog;
    const where = cursor ? { from: cursor } : { n };
    subscription.live = false;
    subscription.lines = 0;
    this.#send({ subscribe: { id, stream: [stream], ...where } });
    if (this.#paused) this.#send({ pause: id });
  }

  /** @param {object} message */
  #send(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  /** @param {unknown} data */
  #hear(data) {
    if (typeof data !== 'string') return;
    let message;
    try {
      message = parse(data);
    } catch (err) {
      this.#drop();
      this.#lose(trouble.misunderstood(err instanceof Error ? err.message : String(err)), later);
      return;
    }
    if (message.kind === 'unknown') return;
    const subscription = this.#subscriptions.get(message.id);
    if (!subscription) return;
    if (message.kind === 'refusal') {
      this.#refused(subscription, message.status, message.message);
      return;
    }
    subscription.refusal = '';
    if (message.to) subscription.cursor = message.to;
    switch (message.kind) {
      case 'lines':
        this.#gaps = 0;
        subscription.lines += message.lines.length;
        this.#sink.lines(subscription.stream, message);
        break;
      case 'beginning':
        this.#sink.begun(subscription.stream, message);
        break;
      case 'gap':
        this.#sink.gap(subscription.stream, message);
        break;
      case 'notice':
        if (!subscription.live) {
          subscription.live = subscription.caught = true;
          this.#sink.caught(subscription.stream, subscription.lines);
        }
        this.#sink.notice(subscription.stream, message);
        this.#settle();
    }
  }

  /**
   * @param {Subscription} subscription
   * @param {number} status
   * @param {string} message
   */
  #refused(subscription, status, message) {
    subscription.live = false;
    if (status === 400 && subscription.cursor) {
      subscription.cursor = '';
      this.#sink.restarted(subscription.stream, message);
      this.#subscribe(subscription);
      return;
    }
    subscription.refusal = message || `refused with status ${status}`;
    this.#sink.refused(subscription.stream);
    const socket = this.#socket;
    setTimeout(() => {
      if (this.#socket === socket && subscription.refusal !== '') this.#subscribe(subscription);
    }, later);
    this.#settle();
  }

  /** settle finds out whether every stream is live. */
  #settle() {
    const waiting = [...this.#subscriptions.values()].some((s) => !s.live && s.refusal === '');
    if (!waiting) {
      this.#failures = this.#lost = 0;
    }
    this.#become(waiting ? 'catching' : 'live', '');
  }

  /**
   * @param {Phase} phase
   * @param {string} reason
   */
  #become(phase, reason) {
    this.phase = phase;
    this.reason = reason;
    this.#sink.changed();
  }
}
