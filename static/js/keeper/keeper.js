// @ts-check
/**
 * The keeper: a worker that holds the connection and the lines of one tab, and
 * hands the page what it can see. protocol.js says how they talk.
 */

import { Activity } from './activity.js';
import { Connection } from './connection.js';
import { Cartographer } from './map.js';
import { Excerpts } from './excerpt.js';
import { Files } from './files.js';
import { Intake } from './intake.js';
import { Marker } from './marker.js';
import { Past } from './past.js';
import { Reading } from './reading.js';
import { Seeker } from './seeker.js';
import { Survey } from './survey.js';
import { Travel } from './travel.js';
import { Unseen } from './unseen.js';
import { Watcher } from './watcher.js';
import { fields, json } from '../text/fields.js';
import { bound } from './protocol.js';
import { strip } from '../text/ansi.js';
import * as view from './rows.js';

/** @typedef {import('./protocol.js').Wish} Wish */
/** @typedef {import('./protocol.js').Frame} Frame */
/** @typedef {import('./protocol.js').Answer} Answer */
/** @typedef {import('./protocol.js').Window} Window */
/** @typedef {import('./protocol.js').Look} Look */

/**
 * Shortest time between two frames, in ms: short while a reader can follow with
 * the eye, longer while the lines rush past.
 */
const beat = { calm: 8, rush: 50 };
/** Lines a second from which on nobody reads them one by one. */
const rush = 200;
/** How often the rate is told while lines come, in ms. */
const rateBeat = 500;
/** How near the end of what is held the reader must be for more to be loaded, in rows. */
const near = 400;
/** Fields of one line that its details are told of at most. */
const fieldsTold = 20_000;

const past = new Past('');
const reading = new Reading(past, dirty, cursorOf, () => tellPage({ is: 'gone' }));
const { tail } = reading;
const seeker = new Seeker(reading, past, found);
const excerpts = new Excerpts(reading, past);
const files = new Files(reading.span);
const marker = new Marker();
const survey = new Survey(reading, past, tellPage);
const map = new Cartographer(reading, tellPage);
const activity = new Activity(reading, past, tellPage);
const alarm = new Watcher(tellPage);
const intake = new Intake(tail, {
  arrived, complete, again, changed: dirty, rotated: () => activity.rotated(), fresh: (stream, lines) => void alarm.look(stream, lines),
});
const { rate } = intake;
const travel = new Travel(reading, () => intake.ready || connection?.phase === 'retrying');
const unseen = new Unseen();
/** @type {Connection | null} */
let connection = null;

/** @type {string[]} */
let streams = [];
let watch = 0;
/** @type {Set<number>} */
const unfolded = new Set();
/** @type {Look} */
let look = { highlights: [], columns: false, offset: null };
const fileOf = (/** @type {number} */ stream, /** @type {string} */ cursor) => files.of(streams[stream] ?? '', cursor)?.name ?? '';
/** @type {import('./rows.js').Eye} */
let eye = { ...look, marker, fileOf };

/** How many lines had come when the reader paused, and the row then; or -1. */
let paused = -1;
let full = false;

/** @type {Window} */
let wanted = { follow: true, count: 0, from: 0, at: 0, generation: 0, since: -1 };
/** The rows that the page knows of. */
let known = { first: 0, end: 0 };
/** The generation of the last frame. */
let told = 0;

let changed = false;
/** Whether the reader did something that the next frame answers. */
let asked = false;
/** The rows of the last frame: those that the page has need not come again. */
let had = '';
let pending = false;
/** Whether the page takes a frame: none before it says that it is there. */
let drawn = false;
let sent = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {ReturnType<typeof setInterval> | undefined} */
let rateTimer;

self.onmessage = (/** @type {MessageEvent<Wish>} */ event) => hear(event.data);

/** @param {Answer} answer */
function tellPage(answer) {
  postMessage(answer);
}

/** @param {Wish} wish */
function hear(wish) {
  switch (wish.do) {
    case 'open':
      open(wish);
      drawn = true;
      break;
    case 'watch':
      // What was asked for early is on its way.
      if (watch === 0 && streams.length > 0 && String(streams) === String(wish.streams)) watch = wish.watch;
      else begin(wish);
      break;
    case 'window':
      wanted = wish.window;
      reach();
      break;
    case 'drawn':
      drawn = true;
      if (changed) dirty();
      return;
    case 'query':
      ask(wish);
      break;
    case 'look':
      look = wish.look;
      eye = { ...look, marker, fileOf };
      marker.again();
      activity.offset = intake.offset = look.offset;
      break;
    case 'unfold': if (!unfolded.delete(wish.seq)) unfolded.add(wish.seq); break;
    case 'trace':
      reading.show(wish.keep);
      reading.sieve.open(wish.seq);
      break;
    case 'pause': hold(); break;
    case 'resume': release(); break;
    case 'follow':
      release();
      travel.stay();
      // What comes before the page says which rows it wants must not leave it behind.
      wanted = { ...wanted, follow: true };
      void reading.end();
      break;
    case 'jump': case 'align': case 'since': case 'goto': travel.go(wish, look.offset); break;
    case 'seek': {
      // Where other rows are shown by now it begins at their end.
      const { store, generation } = reading.sieve;
      const from = wish.generation === generation ? seqOf(wish.from) : wish.by > 0 ? store.first - 1 : store.end;
      void seeker.seek(wish.ask, wish.seek, from, wish.by);
      return;
    }
    case 'stop': seeker.stop(); return;
    case 'map':
      map.wanted(wish.filter);
      void survey.begin(wish.filter);
      return;
    case 'alert': alarm.filter = wish.filter; return;
    case 'line': tellLine(wish); return;
    case 'wake': connection?.wake(); return;
    case 'restarted': intake.renewed(connection?.phase ?? 'idle'); break;
    case 'renew': connection?.renew(wish.reason); return;
    case 'all': case 'whole':
      tellPage({ is: 'text', ask: wish.ask, text: view.asked(reading.sieve, wish), state: 'whole', count: 0 });
      return;
    case 'text': void excerpts.text(wish).then((text) => tellPage({ is: 'text', ask: wish.ask, ...text })); return;
    case 'select': excerpts.selection = wish.ends && { about: wish.about, ends: wish.ends }; return;
    case 'where': void excerpts.numbers().then((found) => tellPage({ is: 'where', ...found })); return;
  }
  asked = true;
  clearTimeout(timer);
  timer = undefined;
  had = '';
  dirty();
}

/** @param {{url: string, api: string}} server */
function open({ url, api }) {
  past.api = api;
  connection ??= new Connection(url, intake, { open: (address) => new WebSocket(address, 'tailbeam.v1'), now: Date.now, random: Math.random });
}

/** @param {Extract<Wish, {do: 'query'}>} wish */
function ask(wish) {
  const { query, range: before, slow } = reading.sieve;
  // What is shown already keeps its rows, and what the reader selected in them.
  if (slow.size === 0 && JSON.stringify(query) === JSON.stringify(wish.query)) return;
  reading.show(wish.keep);
  reading.query = wish.query;
  map.changed();
  activity.filter();
  const { range } = reading.sieve;
  if (range.same(before)) return;
  if (wanted.follow) void reading.end();
  else void reading.within();
}

/** @param {number} number of a row that is shown @returns {number} its row in the store, or the one behind it */
function seqOf(number) {
  const { shown, store } = reading.sieve;
  return number < shown.first ? store.first - 1 : number >= shown.end ? store.end : shown.seq(number);
}

/** @param {Extract<Wish, {do: 'line'}>} wish */
function tellLine({ ask, number, generation }) {
  const { sieve } = reading;
  const { shown, store } = sieve;
  const here = generation === sieve.generation && number >= shown.first && number < shown.end;
  const seq = here ? shown.seq(number) : 0;
  if (!here || store.isDivider(seq)) {
    tellPage({ is: 'line', ask, row: null, number, raw: '', fields: [], rest: '' });
    return;
  }
  const row = /** @type {import('./protocol.js').Line} */ (view.rowOf(sieve, seq, unfolded, eye));
  const raw = strip(store.text(seq));
  const object = json(raw);
  const rest = view.whole(sieve, number);
  tellPage({ is: 'line', ask, row, number, raw: object ? JSON.stringify(object, null, 2) : '', fields: fields(raw, fieldsTold), rest });
}

/**
 * @param {number} ask
 * @param {number} seq
 * @param {Extract<Answer, {is: 'found'}>['state']} state
 * @param {number} share
 */
function found(ask, seq, state, share) {
  const { sieve } = reading;
  const number = state === 'found' ? sieve.shown.find(seq) : -1;
  // What the page does not know of yet it cannot go to by itself.
  if (state === 'found' && (number < known.first || number >= known.end)) {
    reading.keep = seq;
    reading.keptAt = 'middle';
    dirty();
  }
  tellPage({ is: 'found', ask, number, seq, generation: sieve.generation, state, share });
}

/** @param {Extract<Wish, {do: 'watch'}>} wish */
function begin(wish) {
  release();
  streams = wish.streams;
  watch = wish.watch;
  unfolded.clear();
  intake.begin(streams, wish.backlog);
  travel.stay();
  seeker.stop();
  survey.stop();
  reading.watch(streams);
  map.begin();
  activity.begin();
  connection?.watch(streams, wish.backlog);
  void reading.span.measure();
}

/** complete goes to the end of the range of time, where one was asked for from the beginning. */
function complete() {
  if (wanted.follow && reading.sieve.range.on) void reading.end();
  travel.arrived(look.offset);
  // Before the page is there it takes one frame, that of all that was asked for early.
  if (watch === 0 && wanted.count > 0) drawn = true;
  dirty();
}

/** @param {string} stream @returns {string} where the next line at the live end begins */
function cursorOf(stream) {
  return intake.cursor(stream) || (connection?.cursor(stream) ?? '');
}

/** again lets the rows of the live end go, so that they come in another order, and returns what is to be done then; null where they have to stay. */
function again() {
  return paused >= 0 ? null : reading.rearrange(wanted.follow ? 'end' : 'row');
}

function arrived() {
  activity.came();
  if (rate.of(Date.now()) > 0) rateTimer ??= setInterval(tick, rateBeat);
  reading.live.advance();
  travel.arrived(look.offset);
  const crowded = tail.end - tail.first > 0.9 * bound.rows || tail.bytes > 0.9 * bound.bytes;
  if (crowded && !wanted.follow && paused < 0 && !reading.detached) reading.leaveBehind(Math.min(tail.end - 1, Math.max(tail.first, reading.top)));
  if (paused >= 0 && !full && tail.full) {
    full = true;
    connection?.pause();
  }
  dirty();
}

/** reach has what is near the reader loaded. */
function reach() {
  const { sieve } = reading;
  // Before that it is not known what the streams have in common.
  if (streams.length > 1 && !intake.ready) return;
  if (wanted.generation !== sieve.generation && !wanted.follow) return;
  reading.top = wanted.follow ? reading.store.end - 1 : Math.min(reading.store.end - 1, seqOf(wanted.at));
  const { shown } = sieve;
  const few = wanted.follow ? shown.end - shown.first < wanted.count : wanted.from - near < shown.first;
  if (few && !reading.start) void reading.near('before');
  else if (!wanted.follow && wanted.from + wanted.count + near > shown.end) void reading.near('after');
}

function tick() {
  if (rate.of(Date.now()) === 0) {
    clearInterval(rateTimer);
    rateTimer = undefined;
  }
  // What the last lines made it stays told.
  void reading.span.measure(rateTimer === undefined ? 'now' : 'sometimes');
  dirty();
}

function hold() {
  if (paused >= 0) return;
  paused = tail.end;
  tail.hold();
}

function release() {
  if (paused < 0) return;
  paused = -1;
  tail.release();
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
  // Where the reader is to see a certain row, it must have been looked at.
  const { generation, behind } = reading.sieve;
  if (reading.keep !== null && told !== generation && behind > 0 && Date.now() - sent < 2000) {
    timer = setTimeout(tell, beat.calm);
    return;
  }
  pending = true;
  changed = asked = false;
  const frame = await frameOf().finally(() => { pending = false; });
  drawn = false;
  sent = Date.now();
  postMessage(frame);
  map.draw();
  reach();
}

/** @returns {Promise<Frame>} */
async function frameOf() {
  const { sieve } = reading;
  const { shown, generation, store } = sieve;
  const { first } = shown;
  const { gaps, lost, lostMore, lag, conditions } = intake;
  const end = paused >= 0 && !reading.detached ? shown.find(paused) : shown.end;
  /** @type {number | null} */
  let kept = null;
  if (reading.keep !== null) {
    kept = Math.min(shown.find(reading.keep), Math.max(first, end - 1));
    reading.keep = null;
  }
  const ends = told === generation ? null : excerpts.ends;
  told = generation;
  known = { first, end };
  const least = wanted.follow && kept === null ? end - wanted.count
    : kept !== null ? kept - wanted.count / 2
      : wanted.generation === generation ? wanted.from : end - wanted.count;
  const from = Math.min(end, Math.max(first, Math.floor(least)));
  const to = Math.min(end, from + wanted.count);
  /** @type {Frame} */
  const frame = {
    is: 'frame', watch, generation, first, end, kept, keptAt: reading.keptAt,
    ever: tail.linesEver, shown: store.passing, held: store.lines, dropped: tail.dropped, behind: sieve.behind, counts: sieve.counts,
    unseen: unseen.count(wanted.since, reading), paused: paused >= 0,
    detached: reading.detached, start: reading.start, loading: reading.loading, loadTrouble: reading.trouble, looked: reading.sifter.share, bar: reading.bar,
    file: streams.length === 1 ? files.at(sieve, wanted.follow || wanted.generation !== generation ? end - 1 : wanted.at, streams) : null,
    gaps, lost, lostMore, rate: rate.of(Date.now()), slow: [...sieve.slow], slowMarks: marker.slow(look.highlights), lag,
    phase: connection?.phase ?? 'idle', reason: connection?.reason ?? '', next: connection?.next ?? 0, full,
    refusals: [...connection?.refusals ?? []],
    conditions: [...conditions].map(([stream, c]) => [stream, c.condition, c.reason]),
    from, rows: [], ends, unfinished: paused < 0 && !reading.detached ? await intake.unfinished.row(sieve, eye) : null,
  };
  const has = `${watch} ${generation} ${from} ${to}`;
  if (wanted.follow || has !== had) frame.rows = await view.rows(sieve, unfolded, eye, from, to);
  had = has;
  return frame;
}

if (self.location.hash) {
  /** @type {import('./protocol.js').Early} */
  const early = JSON.parse(decodeURIComponent(self.location.hash.slice(1)));
  open(early);
  wanted = { ...wanted, count: early.rows };
  begin({ do: 'watch', watch: 0, streams: early.streams, backlog: early.backlog });
}
