// @ts-check
/**
 * The keeper: a worker that holds the connection and the lines of one tab, and
 * hands the page what it can see. protocol.js says how they talk.
 */

import { Connection } from './connection.js';
import { Rate } from './rate.js';
import { Sieve } from './sieve.js';
import { Store } from './store.js';
import { Unseen } from './unseen.js';
import { bound } from './protocol.js';
import * as view from './rows.js';

/** @typedef {import('./protocol.js').Wish} Wish */
/** @typedef {import('./protocol.js').Frame} Frame */
/** @typedef {import('./protocol.js').Window} Window */

/**
 * Shortest time between two frames, in ms: short while a reader can follow with
 * the eye, longer while the lines rush past.
 */
const beat = { calm: 8, rush: 40 };
/** Lines a second from which on nobody reads them one by one. */
const rush = 200;
/** How often the rate is told while lines come, in ms. */
const rateBeat = 500;

const store = new Store(bound);
const sieve = new Sieve(store, dirty);
const rate = new Rate();
const unseen = new Unseen();
/** @type {Connection | null} */
let connection = null;

/** @type {string[]} */
let streams = [];
let watch = 0;
/** @type {Map<string, {condition: string, reason: string}>} */
const conditions = new Map();
/** @type {Set<number>} */
const unfolded = new Set();
let gaps = 0;
let lost = 0;
let lostMore = false;
let more = false;
let backlog = 0;

/** The row where the reader paused, or -1. */
let paused = -1;
let full = false;

/** @type {Window} */
let wanted = { follow: true, count: 0, from: 0, generation: 0, since: -1 };
/** A row whose place the page wants to know in the next generation, or -1. */
let keep = -1;
let told = 0;

let changed = false;
/** Whether the reader did something that the next frame answers. */
let asked = false;
/** The rows of the last frame: those that the page has need not come again. */
let had = '';
let pending = false;
let drawn = true;
let sent = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {ReturnType<typeof setInterval> | undefined} */
let rateTimer;

self.onmessage = (/** @type {MessageEvent<Wish>} */ event) => hear(event.data);

/** @param {Wish} wish */
function hear(wish) {
  switch (wish.do) {
    case 'open':
      connection = new Connection(wish.url, sink, {
        open: (url) => new WebSocket(url, 'tailbeam.v1'), now: Date.now, random: Math.random,
      });
      break;
    case 'watch': begin(wish); break;
    case 'window': wanted = wish.window; break;
    case 'drawn':
      drawn = true;
      if (changed) dirty();
      return;
    case 'filter':
      keep = wish.keep;
      sieve.set(wish.filter);
      break;
    case 'unfold': if (!unfolded.delete(wish.seq)) unfolded.add(wish.seq); break;
    case 'pause': hold(); break;
    case 'resume': release(); break;
    case 'wake': connection?.wake(); return;
    case 'renew': connection?.renew(wish.reason); return;
    case 'text': {
      const stale = wish.generation !== sieve.generation;
      postMessage({ is: 'text', ask: wish.ask, text: stale ? '' : view.text(store, sieve, wish.start, wish.end) });
      return;
    }
  }
  asked = true;
  clearTimeout(timer);
  timer = undefined;
  had = '';
  dirty();
}

/** @param {Extract<Wish, {do: 'watch'}>} wish */
function begin(wish) {
  release();
  streams = wish.streams;
  watch = wish.watch;
  backlog = wish.backlog;
  gaps = lost = 0;
  lostMore = more = false;
  conditions.clear();
  unfolded.clear();
  keep = -1;
  rate.clear();
  store.clear();
  sieve.set(sieve.filter);
  connection?.watch(streams, backlog);
}

/** @type {import('./connection.js').Sink} */
const sink = {
  lines(stream, message) {
    store.append(streams.indexOf(stream), message.lines, message);
    if (message.time > 0) rate.add(message.lines.length, Date.now());
    rateTimer ??= setInterval(tick, rateBeat);
    arrived();
  },
  gap(stream, gap) {
    gaps++;
    if (gap.bytes === null) lostMore = true;
    else lost += gap.bytes;
    divide(stream, { kind: 'gap', at: Date.now(), bytes: gap.bytes, reason: gap.reason });
  },
  notice(stream, { event, condition, reason }) {
    const before = conditions.get(stream);
    conditions.set(stream, { condition, reason });
    const same = !before || before.condition === condition;
    if (event === 'changed' && same && (before || condition === 'live')) return;
    divide(stream, { kind: 'notice', at: Date.now(), event, condition, reason });
  },
  reconnected(away) {
    if (away >= 5000) divide(streams[0] ?? '', { kind: 'reconnected', at: Date.now(), away });
  },
  restarted(stream, reason) {
    gaps++;
    lostMore = true;
    divide(stream, { kind: 'restarted', at: Date.now(), reason });
  },
  caught(_, lines) {
    if (backlog > 0 && lines >= backlog) more = true;
  },
  changed: dirty,
};

/**
 * @param {string} stream
 * @param {import('./store.js').Divider} divider
 */
function divide(stream, divider) {
  store.divide(streams.indexOf(stream), divider);
  arrived();
}

function arrived() {
  sieve.advance();
  if (paused >= 0 && !full && store.full) {
    full = true;
    connection?.pause();
  }
  dirty();
}

function tick() {
  if (rate.of(Date.now()) === 0) {
    clearInterval(rateTimer);
    rateTimer = undefined;
  }
  dirty();
}

function hold() {
  if (paused >= 0) return;
  paused = store.end;
  store.hold();
}

function release() {
  if (paused < 0) return;
  paused = -1;
  store.release();
  if (full) connection?.resume();
  full = false;
}

/** dirty has the page told, not more often than it draws and the beat allows. */
function dirty() {
  changed = true;
  if (pending || !drawn || timer !== undefined) return;
  const least = !asked && rate.of(Date.now()) > rush ? beat.rush : beat.calm;
  timer = setTimeout(tell, Math.max(0, least - (Date.now() - sent)));
}

async function tell() {
  timer = undefined;
  pending = true;
  changed = asked = false;
  const frame = await frameOf();
  pending = false;
  drawn = false;
  sent = Date.now();
  postMessage(frame);
}

/** @returns {Promise<Frame>} */
async function frameOf() {
  const { shown, generation } = sieve;
  const { first } = shown;
  const end = paused >= 0 ? shown.find(paused) : shown.end;
  let kept = -1;
  if (told !== generation && keep >= 0) {
    kept = shown.find(keep);
    told = generation;
  }
  const least = wanted.follow ? end - wanted.count : wanted.generation === generation ? wanted.from : kept - wanted.count / 3;
  const from = Math.min(end, Math.max(first, Math.floor(least)));
  const to = Math.min(end, from + wanted.count);
  /** @type {Frame} */
  const frame = {
    is: 'frame', watch, generation, first, end, kept,
    newest: store.end, shown: shown.lines, held: store.lines, dropped: store.dropped, behind: sieve.behind,
    unseen: unseen.count(wanted.since, store, sieve), paused: paused >= 0,
    gaps, lost, lostMore, rate: rate.of(Date.now()), trouble: sieve.trouble,
    phase: connection?.phase ?? 'idle', reason: connection?.reason ?? '', next: connection?.next ?? 0, full, more,
    refusals: [...connection?.refusals ?? []],
    conditions: [...conditions].map(([stream, c]) => [stream, c.condition, c.reason]),
    from, rows: [],
  };
  const has = `${watch} ${generation} ${from} ${to}`;
  if (wanted.follow || has !== had) frame.rows = await view.rows(store, sieve, unfolded, from, to);
  had = has;
  return frame;
}
