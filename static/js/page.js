// @ts-check
/** The page: its parts and how they are wired. */

import * as server from './server.js';
import * as theme from './bar/theme.js';
import * as views from './view.js';
import * as words from './words.js';
import { bound } from './keeper/protocol.js';
import { FilterField } from './bar/filter.js';
import { List } from './list/list.js';
import { Status } from './bar/status.js';
import { Streams } from './panel/streams.js';
import { TokenDialog } from './bar/token.js';
import { find, make, write } from './dom.js';
import { listen } from './keys.js';

/** @typedef {import('./keeper/protocol.js').Frame} Frame */
/** @typedef {import('./keeper/protocol.js').Text} Text */
/** @typedef {import('./keeper/protocol.js').Wish} Wish */

/** Lines of each stream that are asked for at first. */
const backlog = 5000;
/** How often the streams are asked for, in view and out of view, in ms. */
const beat = { seen: 2000, hidden: 15_000 };
/** A pause of the page's clock that means that the machine slept, in ms. */
const sleep = 20_000;

/** Lines wrap by themselves where the screen is narrow. */
const wraps = matchMedia('(max-width: 620px)').matches;
const view = views.read(location.search, wraps);
/** @type {server.Info[]} */
let infos = [];
/** Counts the wishes to watch; frames say which one they belong to. */
let watch = 0;
/** @type {Frame | null} */
let frame = null;
/** What is wrong with the list of streams, or ''. */
let trouble = '';
/** Lines of the watched streams when the server was asked last. */
let before = { lines: -1, held: -1 };
let lastBeat = Date.now();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pollTimer;

const keeper = new Worker(new URL('./keeper/keeper.js', import.meta.url), { type: 'module', name: 'keeper' });
/** @param {Wish} wish */
const send = (wish) => keeper.postMessage(wish);

const scroller = find('lines', HTMLElement);
const parts = { scroller, spacer: find('spacer', HTMLElement), view: find('view', HTMLElement), sheet: find('sheet', HTMLElement) };
const list = new List(parts, send, showFollowing);
const status = new Status(() => send({ do: 'wake' }));
const filter = new FilterField((value) => {
  view.filter = value?.text ?? '';
  view.regex = value?.regex ?? false;
  view.cased = value?.cased ?? false;
  send({ do: 'filter', filter: value, keep: list.keep });
  keepView();
});
const streams = new Streams(find('streams', HTMLElement), find('find', HTMLInputElement), choose);
const tokens = new TokenDialog(() => poll());

keeper.onmessage = (/** @type {MessageEvent<Frame | Text>} */ { data }) => {
  if (data.is === 'text') list.selected.take(data);
  else if (data.watch === watch) take(data);
  else send({ do: 'drawn' });
};

/** @param {Frame} next */
function take(next) {
  const told = String(next.conditions);
  if (frame && told !== String(frame.conditions)) void poll();
  frame = next;
  list.take(next);
  filter.show(next);
  status.show(next, view.streams.length, trouble);
  showFollowing();
  showEmpty();
}

/**
 * choose watches a stream, alone or beside those that are watched; one that is
 * watched beside others is taken away again.
 *
 * @param {string} name
 * @param {'alone' | 'beside'} how
 */
function choose(name, how) {
  document.body.classList.remove('drawer');
  if (how === 'alone') view.streams = [name];
  else if (view.streams.includes(name)) view.streams = view.streams.filter((other) => other !== name);
  else view.streams = [...view.streams, name];
  history.pushState(null, '', views.write(view, wraps) || location.pathname);
  begin(backlog);
  scroller.focus({ preventScroll: true });
}

/** @param {number} lines of backlog */
function begin(lines) {
  resume();
  list.streams = view.streams;
  list.follow();
  streams.selected = view.streams;
  before = { lines: -1, held: -1 };
  send({ do: 'watch', watch: ++watch, streams: view.streams, backlog: lines });
  showName();
}

function keepView() {
  history.replaceState(null, '', (views.write(view, wraps) || location.pathname) + location.hash);
}

function showName() {
  const [name = '', ...others] = view.streams;
  const crumb = find('crumb', HTMLElement);
  const last = name.slice(name.lastIndexOf('/') + 1);
  const bdi = make('bdi', {});
  if (others.length > 0) bdi.append(make('b', { text: words.merged(view.streams.length) }));
  else bdi.append(name.slice(0, name.length - last.length).replaceAll('/', ' / '), make('b', { text: last }));
  crumb.replaceChildren(bdi);
  crumb.title = view.streams.join('\n');
  document.title = last ? `${others.length > 0 ? words.merged(view.streams.length) : last} · tailbeam` : 'tailbeam';
}

function showFollowing() {
  const newest = find('newest', HTMLButtonElement);
  newest.hidden = list.following || !frame || frame.end === frame.first;
  write(find('newest-text', HTMLElement), frame?.paused ? words.goOn(frame.unseen) : words.unseen(frame?.unseen ?? 0));
  const earlier = find('earlier', HTMLButtonElement);
  earlier.hidden = !frame?.more || frame.dropped > 0 || !list.atTop;
}

function showEmpty() {
  const empty = find('empty', HTMLElement);
  empty.hidden = frame !== null && frame.end > frame.first;
  if (empty.hidden) return;
  if (view.streams.length === 0) write(empty, infos.length > 0 ? words.empty.choose : words.empty.none);
  else if (frame && frame.held > 0) write(empty, words.empty.filtered);
  else write(empty, frame?.phase === 'live' ? words.empty.waiting : words.empty.connecting);
}

function pause() {
  list.leave();
  send({ do: 'pause' });
  find('pause-button', HTMLElement).setAttribute('aria-pressed', 'true');
}

function resume() {
  send({ do: 'resume' });
  find('pause-button', HTMLElement).setAttribute('aria-pressed', 'false');
  list.follow();
}

function togglePause() {
  if (find('pause-button', HTMLElement).getAttribute('aria-pressed') === 'true') resume();
  else pause();
}

/** @param {boolean} on */
function wrap(on) {
  view.wrap = on;
  list.wrap = on;
  find('wrap-button', HTMLElement).setAttribute('aria-pressed', String(on));
}

function nextTheme() {
  const next = theme.after(theme.current());
  theme.apply(next);
  showTheme();
}

function showTheme() {
  const now = theme.current();
  find('theme-button', HTMLElement).title = words.theme(now);
}

/** poll asks for the streams, shows them, and has itself called again. */
async function poll() {
  clearTimeout(pollTimer);
  const now = Date.now();
  if (now - lastBeat > sleep + beat.hidden) send({ do: 'renew', reason: words.slept });
  lastBeat = now;
  const listing = await server.list();
  trouble = listing.is === 'silent' ? listing.reason || words.noAnswer : '';
  if (listing.is === 'locked') tokens.ask('needed');
  if (listing.is === 'streams') {
    tokens.close();
    infos = listing.streams;
    streams.show(infos);
    if (view.streams.length === 0 && watch === 0) chooseFirst();
    notice();
  }
  showEmpty();
  clearTimeout(pollTimer);
  pollTimer = setTimeout(poll, document.hidden ? beat.hidden : beat.seen);
}

/** chooseFirst watches the stream with the newest line. */
function chooseFirst() {
  const newest = infos.reduce((/** @type {server.Info | undefined} */ best, info) => (
    !best || (info.last_ms ?? 0) > (best.last_ms ?? 0) ? info : best), undefined);
  if (!newest) return;
  view.streams = [newest.name];
  keepView();
  begin(backlog);
}

/**
 * notice finds a connection that has died without a word: the server read lines
 * of the streams that are watched, and none came here.
 */
function notice() {
  const watched = infos.filter(({ name }) => view.streams.includes(name));
  const lines = watched.reduce((sum, info) => sum + info.lines, 0);
  const held = frame ? frame.held + frame.dropped : 0;
  const silent = before.lines >= 0 && lines > before.lines && held === before.held;
  if (silent && frame?.phase === 'live' && !frame.full && !document.hidden) send({ do: 'renew', reason: words.silent });
  before = { lines, held };
}

function start() {
  theme.apply(theme.current());
  showTheme();
  const probe = make('span', { class: 'probe', text: 'x'.repeat(100) });
  parts.sheet.append(probe);
  list.column = probe.getBoundingClientRect().width / 100;
  probe.remove();
  for (const [keys = '', deed = ''] of words.keys) {
    const names = keys.split('  ').map((key) => make('kbd', { text: key }));
    find('help-keys', HTMLElement).append(make('dt', {}, ...names), make('dd', { text: deed }));
  }
  send({ do: 'open', url: server.socketAddress() });
  wrap(view.wrap);
  filter.value = { text: view.filter, regex: view.regex, cased: view.cased };
  if (view.streams.length > 0) begin(backlog);
  wire();
  const { token, rest } = views.token(location.hash);
  if (token) {
    history.replaceState(null, '', location.pathname + location.search + rest);
    tokens.use(token);
  } else {
    poll();
  }
}

function wire() {
  const on = (/** @type {string} */ id, /** @type {() => void} */ deed) => find(id, HTMLElement).addEventListener('click', deed);
  const help = find('help-dialog', HTMLDialogElement);
  const toggleWrap = () => {
    wrap(!view.wrap);
    keepView();
  };
  on('pause-button', togglePause);
  on('wrap-button', toggleWrap);
  on('theme-button', nextTheme);
  on('help-button', () => help.showModal());
  on('newest', resume);
  on('earlier', () => begin(bound.rows));
  on('menu-button', () => drawer(true));
  on('shade', () => drawer(false));
  parts.sheet.addEventListener('click', ({ target }) => {
    const seq = target instanceof HTMLElement ? target.dataset['unfold'] : undefined;
    if (seq !== undefined) send({ do: 'unfold', seq: Number(seq) });
  });
  listen({
    find: () => {
      drawer(true);
      streams.find();
    },
    filter: () => filter.focus(),
    escape,
    top: () => list.top(),
    follow: resume,
    toggleFollow: () => (list.following ? list.leave() : resume()),
    move: (rows) => list.move(rows),
    page: (pages) => list.page(pages),
    pause: togglePause,
    wrap: toggleWrap,
    theme: nextTheme,
    help: () => help.showModal(),
    selectAll: () => list.selected.all(),
  });
  addEventListener('popstate', () => {
    const { streams: names, ...rest } = views.read(location.search, wraps);
    Object.assign(view, rest, { streams: names });
    wrap(view.wrap);
    filter.value = { text: view.filter, regex: view.regex, cased: view.cased };
    begin(backlog);
  });
  const wake = () => {
    if (document.hidden) return;
    send({ do: 'wake' });
    poll();
  };
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  // The pill counts down to the next try though no frame comes.
  setInterval(() => {
    if (frame?.phase === 'retrying') status.show(frame, view.streams.length, trouble);
  }, 250);
}

/** @param {boolean} open */
function drawer(open) {
  document.body.classList.toggle('drawer', open);
  find('menu-button', HTMLElement).setAttribute('aria-expanded', String(open));
}

function escape() {
  drawer(false);
  if (filter.focused || document.activeElement === scroller || document.activeElement === document.body) filter.clear();
  scroller.focus({ preventScroll: true });
}

start();
