// @ts-check
/** The page: its parts and how they are wired. */

import './keeper/spawn.js';
import * as clock from './text/clock.js';
import * as server from './server.js';
import * as views from './view.js';
import * as words from './words.js';
import { Alerts, filterOf } from './bar/alert.js';
import { Filters } from './bar/filter.js';
import { Heads } from './list/heads.js';
import { Menu } from './bar/menu.js';
import { Panes } from './panes.js';
import { Reader } from './reader.js';
import { Search } from './bar/search.js';
import { Segments } from './bar/segments.js';
import { Status } from './bar/status.js';
import { Streams } from './panel/streams.js';
import { Strip } from './list/strip.js';
import { TokenDialog } from './bar/token.js';
import { Watch } from './watch.js';
import { find, make, save, write } from './dom.js';
import { density, rowHeights } from './keep/settings.js';
import { levels } from './text/level.js';
import { listen } from './keys.js';

/** @typedef {import('./keeper/protocol.js').Frame} Frame */
/** @typedef {import('./keeper/protocol.js').Answer} Answer */
/** @typedef {import('./keeper/protocol.js').Wish} Wish */

/** The colour of what is searched for, among those of highlights. */
const searchColour = 7;

/** Lines wrap by themselves where the screen is narrow. */
/** The width of a character of a line, in px. */
let column = 7.5;
const wraps = matchMedia('(max-width: 620px)').matches;
const view = views.read(location.search, wraps);

/** @type {Panes} */
const panes = new Panes({
  heard, changed: (pane) => pane === panes.active && showFollowing(), drawn: (pane) => pane === panes.active && reader.place(),
  touched, close: (pane) => take(view.streams.filter((name) => !pane.streams.includes(name))),
  any: () => server_.infos.length > 0, marked: (stream, cursor) => reader.marks.has(stream, cursor),
});
const lines = () => panes.active.list;
const status = new Status(() => panes.tell({ do: 'wake' }));
const filters = new Filters(filtered);
const search = new Search(searched, (by) => next(by), focusLines);
const heads = new Heads(lines, toggleColumn);
const strip = new Strip((number) => {
  lines().leave();
  lines().reveal(number, 'middle');
});
const menu = new Menu({
  level: (name) => change({ level: Math.max(0, levels.findIndex((level) => level === name)) }),
  clock: (name) => change({ clock: clock.clocks.find((c) => c === name) ?? 'written' }),
  toggle: (name) => change({ [name]: !view[name] }),
  dressed, since, alert: setAlert, download,
  query: () => views.write({ ...view, line: null }, wraps),
  open: (query) => {
    history.pushState(null, '', query || location.pathname);
    open();
  },
});
const alerts = new Alerts((text) => menu.tell(text));
const reader = new Reader({
  pane: () => panes.active, columns: () => view.columns,
  filter: (text, kind) => filters.add({ text, regex: false, cased: false }, kind),
  column: toggleColumn,
  link: (stream, cursor) => server.address('./').href + views.write({ ...view, typed: { ...view.typed, text: '' }, conditions: [], line: { stream, cursor } }, wraps),
  unfiltered,
  sought: (answer) => (search.open ? search.found(answer) : reader.say(words.sought(answer.state, answer.share))),
});
const streams = new Streams(find('streams', HTMLElement), find('find', HTMLInputElement), choose);
const tokens = new TokenDialog(() => server_.poll());
const server_ = new Watch({ send: (wish) => panes.tell(wish), view, watched: () => panes.all, streams, tokens, first: chooseFirst, zoned: sendLook, told: () => panes.all.forEach((pane) => pane.show()) });

const together = ['together', 'together-menu'].map((id) => (
  new Segments(find(id, HTMLElement), words.panes.names, (how) => arrange(how === 'beside' ? 'beside' : 'merged'))));

/**
 * heard takes what a keeper says, beside what its pane does with it.
 *
 * @param {import('./pane.js').Pane} pane
 * @param {Frame | Answer} data
 */
function heard(pane, data) {
  if (data.is === 'alert') alerts.came(data.count, data.stream, data.text);
  if (data.is === 'frame') showFrame(pane, data);
  if (pane !== panes.active) return;
  switch (data.is) {
    case 'found': reader.found(data); break;
    case 'line': reader.tell(data); break;
    case 'survey': search.survey(data); break;
    case 'map': strip.take(data.generation === pane.frame?.generation ? data.buckets : []);
  }
}

/** What was told of the conditions of each pane's streams. @type {WeakMap<object, string>} */
const conditions = new WeakMap();

/**
 * @param {import('./pane.js').Pane} pane
 * @param {Frame} frame
 */
function showFrame(pane, frame) {
  const told = String(frame.conditions);
  if ((conditions.get(pane) ?? told) !== told) void server_.poll();
  conditions.set(pane, told);
  alerts.count(panes.all.reduce((sum, { frame: other }) => sum + (other?.ever ?? 0), 0));
  if (pane !== panes.active) return;
  reader.take(frame);
  filters.show(frame);
  heads.show(view.columns, view.clock);
  showStatus();
}

/** showStatus says how the active pane stands. */
function showStatus() {
  const { frame, streams: names } = panes.active;
  if (frame) status.show(frame, names.length, server_.trouble);
  showFollowing();
}

/** touched has the page's tools mean another pane. */
function touched() {
  for (const pane of panes.all) if (pane !== panes.active) reader.leave(pane);
  reader.forget();
  strip.take([]);
  panes.active.send({ do: 'map', filter: search.filter });
  showStatus();
}

function focusLines() {
  panes.active.scroller.focus({ preventScroll: true });
}

/**
 * choose watches a stream, alone or beside those that are watched; one that is
 * watched beside others is taken away again.
 *
 * @param {string} name
 * @param {'alone' | 'beside'} how
 */
function choose(name, how) {
  drawer('shut');
  if (how === 'alone') take([name]);
  else take(view.streams.includes(name) ? view.streams.filter((other) => other !== name) : [...view.streams, name]);
}

/** @param {string[]} names of the streams to watch from now on */
function take(names) {
  view.streams = names;
  view.line = null;
  history.pushState(null, '', views.write(view, wraps) || location.pathname);
  begin();
  focusLines();
}

/** @param {'merged' | 'beside'} how several streams are shown */
function arrange(how) {
  if (view.streams.length < 2) {
    reader.say(words.panes.few);
    return;
  }
  view.panes = how;
  keepView();
  begin();
  focusLines();
}

/** @param {boolean} on whether panes share the clock */
function share(on) {
  view.shared = panes.shared = on;
  showView();
  keepView();
  panes.align();
}

/** begin watches the streams of the view. */
function begin() {
  resume();
  reader.forget();
  streams.selected = view.streams;
  server_.begin();
  panes.shared = view.shared;
  panes.begin(view.streams, view.line, view.panes);
  dressed();
  look();
  showName();
  showView();
}

/** open shows the view of the address. */
function open() {
  Object.assign(view, views.read(location.search, wraps));
  filters.set(view);
  apply();
  begin();
}

/** @param {Partial<views.View>} part of the view that changes */
function change(part) {
  Object.assign(view, part);
  apply();
  keepView();
}

/** apply has everything look as the view says. */
function apply() {
  look();
  strip.zone = view.clock === 'utc' ? 'utc' : 'local';
  heads.show(view.columns, view.clock);
  sendQuery();
  sendLook();
  showView();
}

/** look has the lists draw as the view says. */
function look() {
  for (const { list } of panes.all) {
    list.wrap = view.wrap;
    list.draws({ clock: view.clock, reveal: view.reveal ? 'all' : 'hostile', columns: view.columns });
  }
}

function sendQuery() {
  status.filters = filters.query.filter((c) => c.on).length + Number(view.level > 0);
  panes.tell({ do: 'query', query: { conditions: filters.query, level: view.level, fold: view.fold }, keep: null });
}

function sendLook() {
  const found = search.filter ? [{ ...search.filter, colour: searchColour }] : [];
  panes.tell({ do: 'look', look: { highlights: [...filters.highlights, ...found], columns: view.columns.length > 0, offset: server_.offset } });
}

function filtered() {
  Object.assign(view, { typed: filters.typed, conditions: filters.conditions, highlights: filters.highlights });
  sendQuery();
  sendLook();
  keepView();
}

function searched() {
  sendLook();
  panes.tell({ do: 'map', filter: search.filter });
}

/** @param {1 | -1} by to the next match of the search */
function next(by) {
  if (!search.filter) search.show();
  else reader.seek({ find: 'match', filter: search.filter }, by);
}

function unfiltered() {
  filters.set({ typed: { text: '', regex: false, cased: false }, conditions: view.conditions.map((c) => ({ ...c, on: false })), highlights: view.highlights });
  Object.assign(view, { typed: filters.typed, conditions: filters.conditions, level: 0 });
  sendQuery();
  keepView();
  showView();
}

/** @param {string} name of a field */
function toggleColumn(name) {
  const columns = view.columns.includes(name) ? view.columns.filter((other) => other !== name) : [...view.columns, name].slice(0, 12);
  change({ columns });
  if (reader.drawer.open) reader.details();
}

function keepView() {
  history.replaceState(null, '', (views.write(view, wraps) || location.pathname) + location.hash);
}

function showView() {
  const { wrap, fold, reveal } = view;
  const several = view.streams.length > 1;
  find('together', HTMLElement).hidden = !several;
  find('menu-together', HTMLElement).hidden = !several;
  for (const segments of together) segments.value = view.panes;
  const clocked = find('share-button', HTMLElement);
  clocked.hidden = !several || view.panes === 'merged';
  clocked.setAttribute('aria-pressed', String(view.shared));
  menu.show({ level: levels[view.level] ?? '', clock: view.clock, toggles: { wrap, fold, reveal } });
}

function dressed() {
  for (const { list, map } of panes.all) {
    list.rowHeight = rowHeights[density()];
    list.column = column;
    map.draw();
  }
  strip.draw();
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
  alerts.title = last ? `${others.length > 0 ? words.merged(view.streams.length) : last} · tailbeam` : 'tailbeam';
}

function showFollowing() {
  const { frame, list } = panes.active;
  if (!frame) return;
  const rows = Math.max(1, frame.end - frame.first);
  status.stand(frame, (list.inView.first - frame.first) / rows, list.following);
  write(find('doing', HTMLElement), frame.loading ? words.loading[frame.loading] : frame.loadTrouble);
}

function togglePause() {
  const button = find('pause-button', HTMLElement);
  if (button.getAttribute('aria-pressed') === 'true') {
    resume();
    return;
  }
  for (const pane of panes.all) {
    pane.list.leave();
    pane.send({ do: 'pause' });
  }
  button.setAttribute('aria-pressed', 'true');
}

/** resume goes to the newest line and follows. */
function resume() {
  const button = find('pause-button', HTMLElement);
  const paused = button.getAttribute('aria-pressed') === 'true';
  button.setAttribute('aria-pressed', 'false');
  for (const pane of paused ? panes.all : []) pane.resume();
  panes.resume();
}

/** chooseFirst watches the stream with the newest line. */
function chooseFirst() {
  const newest = server_.infos.reduce((/** @type {server.Info | undefined} */ best, info) => (
    !best || (info.last_ms ?? 0) > (best.last_ms ?? 0) ? info : best), undefined);
  if (view.streams.length > 0 || panes.active.begun || !newest) return;
  view.streams = [newest.name];
  keepView();
  begin();
}

/** @param {string} text a moment that the reader typed */
function since(text) {
  const time = clock.parse(text, Date.now(), view.clock === 'utc' ? 'utc' : 'local');
  if (Number.isNaN(time)) {
    reader.say(words.noTime);
    return false;
  }
  for (const pane of panes.shared ? panes.all : [panes.active]) {
    pane.list.leave();
    pane.send({ do: 'since', time });
  }
  return true;
}

/** @param {string} pattern */
async function setAlert(pattern) {
  await alerts.set(pattern);
  panes.tell({ do: 'alert', filter: filterOf(pattern) });
}

/** @param {'file' | 'shown'} what */
function download(what) {
  const [name = 'lines'] = panes.active.streams;
  const file = `${name.slice(name.lastIndexOf('/') + 1)}${what === 'shown' ? '.shown.log' : ''}`;
  if (what === 'file') {
    save(server.address(`api/download/${name.split('/').map(encodeURIComponent).join('/')}`).href, file);
    return;
  }
  const { selected } = lines();
  selected.once((text) => {
    const url = URL.createObjectURL(new Blob([text, '\n'], { type: 'text/plain' }));
    save(url, file);
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  });
  panes.active.send({ do: 'all', ask: selected.asked() });
}

function start() {
  const probe = make('span', { class: 'probe', text: 'x'.repeat(100) });
  find('panes', HTMLElement).append(probe);
  column = probe.getBoundingClientRect().width / 100;
  probe.remove();
  dressed();
  find('help-keys', HTMLElement).append(...words.keys.map(([title, deeds]) => make('section', {}, make('h3', { text: title }),
    make('dl', {}, ...deeds.flatMap(([keys, deed]) => [
      make('dt', {}, ...keys.split('  ').map((key) => make('kbd', { text: key }))), make('dd', { text: deed }),
    ])))));
  panes.tell({ do: 'open', url: server.socketAddress(), api: server.address('api/').href });
  filters.set(view);
  apply();
  find('alert', HTMLInputElement).value = alerts.pattern;
  alerts.tell();
  if (alerts.filter) panes.tell({ do: 'alert', filter: alerts.filter });
  wire();
  const { token, rest } = views.token(location.hash);
  if (token) {
    history.replaceState(null, '', location.pathname + location.search + rest);
    // Nothing is asked for before the server knows who asks.
    void tokens.use(token).then(beginFirst);
  } else {
    beginFirst();
    void server_.poll();
  }
}

/** beginFirst watches what the address says, unless that has begun. */
function beginFirst() {
  if (view.streams.length > 0 && !panes.active.begun) begin();
}

function wire() {
  const on = (/** @type {string} */ id, /** @type {() => void} */ deed) => find(id, HTMLElement).addEventListener('click', deed);
  const help = find('help-dialog', HTMLDialogElement);
  on('pause-button', togglePause);
  on('search-button', () => search.show());
  on('help-button', () => help.showModal());
  on('share-button', () => share(!view.shared));
  on('menu-button', () => drawer('open'));
  on('shade', () => drawer('shut'));
  find('panes', HTMLElement).addEventListener('click', (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const { list } = panes.active;
    const { unfold, trace } = target instanceof HTMLElement ? target.dataset : {};
    if (unfold !== undefined) panes.active.send({ do: 'unfold', seq: Number(unfold) });
    else if (trace !== undefined) panes.active.send({ do: 'trace', seq: Number(trace), keep: list.keep });
    else if (!target.closest('a') && list.selected.empty) reader.choose(list.numberOf(target));
  });
  find('panes', HTMLElement).addEventListener('dblclick', ({ target }) => {
    if (target instanceof Element && target.closest('.row') && getSelection()?.isCollapsed) reader.details();
  });
  const level = (/** @type {number} */ least, /** @type {number} */ most, /** @type {1 | -1} */ by) => () => reader.seek({ find: 'level', level: least, most }, by);
  const vertical = (/** @type {1 | -1} */ by) => () => (reader.drawer.open ? reader.walk(by) : lines().move(by));
  listen({
    find: () => {
      drawer('open');
      streams.find();
    },
    filters: () => filters.toggle(),
    escape,
    selectAll: () => lines().selected.all(),
    keys: {
      '/': () => search.show(), '?': () => help.showModal(), '&': () => filters.focus(), i: () => filters.focus(),
      g: () => lines().top(), Home: () => lines().top(), G: resume, End: resume, F: resume,
      f: () => (lines().following ? lines().leave() : resume()),
      j: vertical(1), ArrowDown: vertical(1), k: vertical(-1), ArrowUp: vertical(-1),
      ' ': () => lines().page(1), PageDown: () => lines().page(1), b: () => lines().page(-1), PageUp: () => lines().page(-1),
      n: () => next(1), N: () => next(-1), e: level(6, 7, 1), E: level(6, 7, -1), w: level(5, 5, 1), W: level(5, 5, -1),
      m: () => reader.mark(), u: () => reader.nextMark(1), U: () => reader.nextMark(-1), C: () => reader.forgetMarks(),
      c: () => reader.copyLines(), y: () => reader.link(), Enter: () => reader.details(), '@': () => menu.askTime(),
      p: togglePause, S: () => change({ wrap: !view.wrap }), r: () => change({ fold: !view.fold }), x: () => change({ reveal: !view.reveal }),
      T: () => change({ clock: clock.clocks[(clock.clocks.indexOf(view.clock) + 1) % clock.clocks.length] ?? 'written' }),
      t: () => menu.nextTheme(),
      v: () => arrange(view.panes === 'merged' ? 'beside' : 'merged'), '=': () => share(!view.shared),
    },
  });
  addEventListener('popstate', open);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', dressed);
  server_.wire(() => {
    // The pill counts down to the next try though no frame comes.
    if (panes.all.some(({ frame }) => frame?.phase === 'retrying')) {
      for (const pane of panes.all) pane.show();
      showStatus();
    }
  });
}

/** @param {'open' | 'shut'} how */
function drawer(how) {
  document.body.classList.toggle('drawer', how === 'open');
  find('menu-button', HTMLElement).setAttribute('aria-expanded', String(how === 'open'));
}

function escape() {
  drawer('shut');
  panes.tell({ do: 'stop' });
  reader.say('');
  if (search.focused || (search.open && !filters.focused)) search.close();
  else if (reader.drawer.open) reader.closeDetails();
  else if (filters.typed.text) filters.clear();
  focusLines();
}

start();
