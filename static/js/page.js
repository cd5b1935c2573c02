// @ts-check
/** The page: its parts and how they are wired. */

import * as clock from './text/clock.js';
import * as server from './server.js';
import * as views from './view.js';
import * as words from './words.js';
import './lettering.js';
import { Alerts } from './bar/alert.js';
import { Filters } from './bar/filter.js';
import { Menu } from './bar/menu.js';
import { Panes } from './panes.js';
import { Pause } from './pause.js';
import { Place } from './place.js';
import { Query } from './query.js';
import { Reader } from './reader.js';
import { Search } from './bar/search.js';
import { Status } from './bar/status.js';
import { Streams } from './panel/streams.js';
import { Strip } from './list/strip.js';
import { TimeRange } from './bar/range.js';
import { Together } from './bar/together.js';
import { TokenDialog } from './bar/token.js';
import { Watch } from './watch.js';
import { contrast, dress } from './keep/settings.js';
import { download } from './keep/download.js';
import { drawer, wire } from './commands.js';
import { find, write } from './dom.js';
import { levels } from './text/level.js';
import { showName } from './bar/crumb.js';

/** @typedef {import('./keeper/protocol.js').Frame} Frame */
/** @typedef {import('./keeper/protocol.js').Answer} Answer */
/** @typedef {import('./keeper/protocol.js').Wish} Wish */

/** Lines wrap by themselves where the screen is narrow. */
const wraps = matchMedia('(max-width: 620px)').matches;
const view = views.read(location.search, wraps);

/** @type {Panes} */
const panes = new Panes({
  heard, changed: (pane) => pane === panes.active && showFollowing(), drawn: (pane) => pane === panes.active && (reader.place(), place.moved()),
  touched, close: (pane) => take(view.streams.filter((name) => !pane.streams.includes(name))),
  say: (text) => reader.say(text), column: toggleColumn, columns: (columns) => change({ columns }), any: () => server_.infos.length > 0, told, marked: (stream, cursor) => reader.marks.has(stream, cursor),
});
const lines = () => panes.active.list;
const status = new Status(() => panes.tell({ do: 'wake' }));
const filters = new Filters(filtered);
const search = new Search(searched, (by) => next(by), focusLines);
const strip = new Strip({
  go: (at, { by, since, width, bars }) => (by === 'time' ? goTo(at) : jump(at / (since + width * bars.length))),
  choose: (from, to) => range.between(from, to),
});
const menu = new Menu({
  level: (name) => change({ level: Math.max(0, levels.findIndex((level) => level === name)) }),
  clock: (name) => change({ clock: clock.clocks.find((c) => c === name) ?? 'written' }),
  toggle: (name) => change({ [name]: !view[name] }),
  dressed, since, alert: setAlert, 
  download: (what) => void download(panes.active, what, query.parameters, { nothing: () => reader.say(words.nothingSelected), held: () => reader.say(words.onlyHeld) }),
  query: () => views.write({ ...view, line: null, at: null }, wraps),
  open: (query) => {
    history.pushState(null, '', query || location.pathname);
    open();
  },
});
const range = new TimeRange({
  zone, changed: (bounds) => change(bounds), say: (text) => reader.say(text), edit: (bound) => menu.askRange(bound),
});
const alerts = new Alerts((text) => menu.tell(text));
const reader = new Reader({
  pane: () => panes.active, columns: () => view.columns,
  filter: (text, kind) => filters.add({ text, regex: false, cased: false }, kind),
  column: toggleColumn,
  link: (stream, cursor) => server.address('./').href + views.write({ ...view, typed: { ...view.typed, text: '' }, conditions: [], line: { stream, cursor }, at: null }, wraps),
  unfiltered,
  sought: (answer) => (search.open ? search.found(answer) : reader.say(words.sought(answer.state, answer.share))),
});
const streams = new Streams(find('streams', HTMLElement), find('find', HTMLInputElement), choose);
const tokens = new TokenDialog(() => server_.poll());
const server_ = new Watch({ send: (wish) => panes.tell(wish), view, watched: () => panes.all, streams, tokens, first: chooseFirst, zoned, told: showAll, renewed: () => void reader.moved.renew(view.streams) });

const together = new Together(arrange);
const pause = new Pause(panes);
const place = new Place(view, () => panes, keepView);
const query = new Query({ view, panes, filters, search, range, offset: () => server_.offset });

/**
 * heard takes what a keeper says, beside what its pane does with it.
 *
 * @param {import('./pane.js').Pane} pane
 * @param {Frame | Answer} data
 */
function heard(pane, data) {
  if (data.is === 'alert' && data.count === 0) reader.say(words.alerts.slow);
  else if (data.is === 'alert') alerts.came(data.count, data.stream, data.text);
  if (data.is === 'frame') showFrame(pane, data);
  if (pane !== panes.active) return;
  switch (data.is) {
    case 'found': reader.found(data); break;
    case 'line': reader.tell(data); break;
    case 'gone': reader.say(words.gone); break;
    case 'survey': search.survey(data); break;
    case 'activity': strip.take(data);
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
  pane.heads.show(view.columns, view.clock);
  if (pane !== panes.active) return;
  reader.take(frame);
  filters.show(frame);
  showStatus();
}

/** @param {string[]} names of streams @returns what the server says of them */
function told(names) {
  return server_.infos.filter(({ name }) => names.includes(name));
}

/** showStatus says how the active pane stands. */
function showStatus() {
  const { frame, streams: names } = panes.active;
  if (frame) status.show(frame, names.length, server_, told(names));
  showFollowing();
}

function showAll() {
  for (const pane of panes.all) pane.show();
  showStatus();
}

/** touched has the page's tools mean another pane. */
function touched() {
  for (const pane of panes.all) if (pane !== panes.active) reader.leave(pane);
  reader.forget();
  strip.take(panes.active.activity);
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
  if (view.at && !names.includes(view.at.stream)) view.at = null;
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
  pause.resume();
  reader.forget();
  streams.selected = view.streams;
  server_.begin();
  panes.shared = view.shared;
  strip.streams = view.streams;
  panes.begin(view.streams, place.goal, view.panes);
  void reader.moved.find(view.streams);
  dressed();
  query.draw();
  const name = showName(view.streams);
  alerts.title = name ? `${name} · tailbeam` : 'tailbeam';
  showView();
}

/** open shows the view of the address. */
function open() {
  Object.assign(view, views.read(location.search, wraps));
  filters.set(view);
  range.set(view);
  search.set(view.search);
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
  query.draw();
  range.draw();
  strip.range = range.bounds;
  strip.zone = view.clock === 'utc' ? 'utc' : 'local';
  for (const pane of panes.all) pane.heads.show(view.columns, view.clock);
  ask();
  query.colours();
  showView();
}

function ask() {
  status.filters = query.filters;
  status.asked = query.asked;
  query.lines();
}

function filtered() {
  Object.assign(view, { typed: filters.typed, conditions: filters.conditions, highlights: filters.highlights });
  ask();
  query.colours();
  keepView();
}

function searched() {
  view.search = search.filter;
  keepView();
  query.colours();
  panes.tell({ do: 'map', filter: search.filter });
}

/** @param {1 | -1} by to the next match of the search */
function next(by) {
  if (!search.filter && !search.again()) search.show();
  else if (search.filter) reader.seek({ find: 'match', filter: search.filter }, by);
}

function unfiltered() {
  filters.set({ typed: { text: '', regex: false, cased: false }, conditions: view.conditions.map((c) => ({ ...c, on: false })), highlights: view.highlights });
  Object.assign(view, { typed: filters.typed, conditions: filters.conditions, level: 0, since: '', until: '' });
  range.set(view);
  ask();
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
  together.show(view);
  menu.show({ level: levels[view.level] ?? '', clock: view.clock, toggles: { wrap, fold, reveal } });
}

function dressed() {
  query.measure();
  strip.draw();
}

function showFollowing() {
  const { frame, list } = panes.active;
  if (!frame) return;
  const share = (list.inView.first - frame.first) / Math.max(1, frame.end - frame.first);
  status.stand(frame, share, list.following);
  const { activity, time } = panes.active;
  strip.stand(activity?.by === 'bytes' ? frame.bar.before + share * frame.bar.within : time);
  write(find('doing', HTMLElement), Number.isNaN(frame.looked) ? (frame.loading ? words.loading[frame.loading] : frame.loadTrouble) : words.sifting(frame.looked));
}

/** chooseFirst watches the stream with the newest line. */
function chooseFirst() {
  const newest = server.newest(server_.infos);
  if (view.streams.length > 0 || panes.active.begun || !newest) return;
  view.streams = [newest.name];
  keepView();
  begin();
}

/** The zone that the reader means: UTC, this browser's, or that of the logs. @returns {clock.Offset} */
function zone() {
  return view.clock === 'utc' ? 0 : view.clock === 'local' ? null : server_.offset;
}

/** zoned goes with what the server says of the zone of its logs. */
function zoned() {
  range.draw();
  if (range.on) ask();
  query.colours();
}

/** @param {string} text a moment that the reader typed */
function since(text) {
  const time = clock.parse(text, Date.now(), zone());
  if (Number.isNaN(time)) {
    reader.say(words.noTime);
    return false;
  }
  const { activity } = panes.active;
  if (activity) reader.say(words.reached(time, activity));
  goTo(time, 'since');
  return true;
}

/**
 * goTo goes to the first line of a time.
 *
 * @param {number} time Unix ms
 * @param {'align' | 'since'} how align keeps the lines that are held where the time is among them
 */
function goTo(time, how = 'align') {
  for (const pane of panes.shared ? panes.all : [panes.active]) {
    pane.list.leave();
    pane.send({ do: how, time });
  }
}

/** @param {number} share of all history to go to */
function jump(share) {
  lines().leave();
  panes.active.send({ do: 'jump', share });
}

/** @param {string} pattern */
async function setAlert(pattern) {
  await alerts.set(pattern);
  panes.tell({ do: 'alert', filter: alerts.filter });
}

function start() {
  dressed();
  panes.tell({ do: 'open', url: server.socketAddress(), api: server.address('api/').href });
  filters.set(view);
  range.set(view);
  search.set(view.search);
  apply();
  find('alert', HTMLInputElement).value = alerts.pattern;
  alerts.tell();
  if (alerts.filter) panes.tell({ do: 'alert', filter: alerts.filter });
  wire({ view, panes, reader, filters, range, search, menu, streams, change, arrange, share, next, pause, focusLines });
  listen();
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

function listen() {
  addEventListener('popstate', open);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', dressed);
  contrast.addEventListener('change', () => {
    dress();
    dressed();
  });
  server_.wire(() => {
    // The pill counts down to the next try though no frame comes.
    if (panes.all.some(({ frame }) => frame?.phase === 'retrying')) showAll();
  });
}

start();
