// @ts-check
/** The page: its parts and how they are wired. */

import * as clock from './text/clock.js';
import * as server from './server.js';
import * as views from './view.js';
import * as words from './words.js';
import { Alerts, filterOf } from './bar/alert.js';
import { Filters } from './bar/filter.js';
import { Heads } from './list/heads.js';
import { LineMap } from './list/map.js';
import { List } from './list/list.js';
import { Menu } from './bar/menu.js';
import { Reader } from './reader.js';
import { Search } from './bar/search.js';
import { Status } from './bar/status.js';
import { Streams } from './panel/streams.js';
import { Strip } from './list/strip.js';
import { TokenDialog } from './bar/token.js';
import { Watch } from './watch.js';
import { find, make, save, write } from './dom.js';
import { keeper } from './keeper/spawn.js';
import { density, rowHeights } from './keep/settings.js';
import { levels } from './text/level.js';
import { listen } from './keys.js';

/** @typedef {import('./keeper/protocol.js').Frame} Frame */
/** @typedef {import('./keeper/protocol.js').Answer} Answer */
/** @typedef {import('./keeper/protocol.js').Wish} Wish */

/** Lines of each stream that are asked for at first. */
const backlog = 5000;
/** The colour of what is searched for, among those of highlights. */
const searchColour = 7;

/** Lines wrap by themselves where the screen is narrow. */
const wraps = matchMedia('(max-width: 620px)').matches;
const view = views.read(location.search, wraps);
/** @type {Frame | null} */
let frame = null;
/** Counts the wishes to watch; frames say which one they belong to. */
let watch = 0;

/** @param {Wish} wish */
const send = (wish) => keeper.postMessage(wish);

const scroller = find('lines', HTMLElement);
const parts = { scroller, spacer: find('spacer', HTMLElement), view: find('view', HTMLElement), sheet: find('sheet', HTMLElement) };
const list = new List(parts, send, showFollowing);
const status = new Status(() => send({ do: 'wake' }));
const filters = new Filters(filtered);
const search = new Search(searched, (by) => next(by), () => scroller.focus({ preventScroll: true }));
const heads = new Heads(list, toggleColumn);
const map = new LineMap();
const strip = new Strip((number) => {
  list.leave();
  list.reveal(number, 'middle');
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
  list, send, streams: () => view.streams, columns: () => view.columns,
  filter: (text, kind) => filters.add({ text, regex: false, cased: false }, kind),
  column: toggleColumn,
  link: (stream, cursor) => server.address('./').href + views.write({ ...view, typed: { ...view.typed, text: '' }, conditions: [], line: { stream, cursor } }, wraps),
  unfiltered,
  sought: (answer) => (search.open ? search.found(answer) : reader.say(words.sought(answer.state, answer.share))),
});
const streams = new Streams(find('streams', HTMLElement), find('find', HTMLInputElement), choose);
const tokens = new TokenDialog(() => server_.poll());
const server_ = new Watch({ send, view, frame: () => frame, streams, tokens, first: chooseFirst, told: showEmpty });

keeper.onmessage = (/** @type {MessageEvent<Frame | Answer>} */ { data }) => {
  switch (data.is) {
    case 'text': list.selected.take(data); break;
    case 'found': reader.found(data); break;
    case 'line': reader.tell(data); break;
    case 'survey':
      map.survey(data.marks);
      search.survey(data);
      break;
    case 'alert': alerts.came(data.count, data.stream, data.text); break;
    case 'map':
      map.take(data);
      strip.take(data.generation === frame?.generation ? data.buckets : []);
      break;
    case 'frame':
      if (data.watch === watch) take(data);
      else send({ do: 'drawn' });
  }
};

/** @param {Frame} next */
function take(next) {
  const told = String(next.conditions);
  if (frame && told !== String(frame.conditions)) void server_.poll();
  frame = next;
  list.take(next);
  reader.take(next);
  filters.show(next);
  map.follow(next);
  heads.show(view.columns, view.clock);
  status.show(next, view.streams.length, server_.trouble);
  alerts.count(next.ever);
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
  drawer('shut');
  if (how === 'alone') view.streams = [name];
  else if (view.streams.includes(name)) view.streams = view.streams.filter((other) => other !== name);
  else view.streams = [...view.streams, name];
  view.line = null;
  history.pushState(null, '', views.write(view, wraps) || location.pathname);
  begin();
  scroller.focus({ preventScroll: true });
}

/** begin watches the streams of the view. */
function begin() {
  resume();
  list.draws({ streams: view.streams });
  reader.forget();
  streams.selected = view.streams;
  server_.begin();
  send({ do: 'watch', watch: ++watch, streams: view.streams, backlog });
  if (view.line) {
    list.leave();
    send({ do: 'goto', ...view.line });
  }
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
  list.wrap = view.wrap;
  list.draws({ clock: view.clock, reveal: view.reveal ? 'all' : 'hostile', columns: view.columns });
  strip.zone = view.clock === 'utc' ? 'utc' : 'local';
  heads.show(view.columns, view.clock);
  sendQuery();
  sendLook();
  showView();
}

function sendQuery() {
  status.filters = filters.query.filter((c) => c.on).length + Number(view.level > 0);
  send({ do: 'query', query: { conditions: filters.query, level: view.level, fold: view.fold }, keep: list.keep });
}

function sendLook() {
  const found = search.filter ? [{ ...search.filter, colour: searchColour }] : [];
  send({ do: 'look', look: { highlights: [...filters.highlights, ...found], columns: view.columns.length > 0, offset: server_.offset } });
}

function filtered() {
  Object.assign(view, { typed: filters.typed, conditions: filters.conditions, highlights: filters.highlights });
  sendQuery();
  sendLook();
  keepView();
}

function searched() {
  sendLook();
  send({ do: 'map', filter: search.filter });
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
  menu.show({ level: levels[view.level] ?? '', clock: view.clock, toggles: { wrap, fold, reveal } });
}

function dressed() {
  list.rowHeight = rowHeights[density()];
  map.draw();
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
  const newest = find('newest', HTMLButtonElement);
  newest.hidden = list.following || !frame || frame.end === frame.first;
  write(find('newest-text', HTMLElement), frame?.paused ? words.goOn(frame.unseen) : words.unseen(frame?.unseen ?? 0));
  if (!frame) return;
  const rows = Math.max(1, frame.end - frame.first);
  status.stand(frame, (list.inView.first - frame.first) / rows, list.following);
  write(find('doing', HTMLElement), frame.loading ? words.loading[frame.loading] : frame.loadTrouble);
}

function showEmpty() {
  const empty = find('empty', HTMLElement);
  empty.hidden = frame !== null && frame.end > frame.first;
  if (empty.hidden) return;
  if (view.streams.length === 0) write(empty, server_.infos.length > 0 ? words.empty.choose : words.empty.none);
  else if (frame && frame.held > 0) write(empty, words.empty.filtered);
  else write(empty, frame?.phase === 'live' ? words.empty.waiting : words.empty.connecting);
}

function togglePause() {
  const button = find('pause-button', HTMLElement);
  if (button.getAttribute('aria-pressed') === 'true') {
    resume();
    return;
  }
  list.leave();
  send({ do: 'pause' });
  button.setAttribute('aria-pressed', 'true');
}

/** resume goes to the newest line and follows. */
function resume() {
  find('pause-button', HTMLElement).setAttribute('aria-pressed', 'false');
  list.follow();
}

/** chooseFirst watches the stream with the newest line. */
function chooseFirst() {
  const newest = server_.infos.reduce((/** @type {server.Info | undefined} */ best, info) => (
    !best || (info.last_ms ?? 0) > (best.last_ms ?? 0) ? info : best), undefined);
  if (view.streams.length > 0 || watch > 0 || !newest) return;
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
  list.leave();
  send({ do: 'since', time });
  return true;
}

/** @param {string} pattern */
async function setAlert(pattern) {
  await alerts.set(pattern);
  send({ do: 'alert', filter: filterOf(pattern) });
}

/** @param {'file' | 'shown'} what */
function download(what) {
  const [name = 'lines'] = view.streams;
  const file = `${name.slice(name.lastIndexOf('/') + 1)}${what === 'shown' ? '.shown.log' : ''}`;
  if (what === 'file') {
    save(server.address(`api/download/${name.split('/').map(encodeURIComponent).join('/')}`).href, file);
    return;
  }
  list.selected.once((text) => {
    const url = URL.createObjectURL(new Blob([text, '\n'], { type: 'text/plain' }));
    save(url, file);
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  });
  send({ do: 'all', ask: list.selected.asked() });
}

function start() {
  dressed();
  const probe = make('span', { class: 'probe', text: 'x'.repeat(100) });
  parts.sheet.append(probe);
  list.column = probe.getBoundingClientRect().width / 100;
  probe.remove();
  find('help-keys', HTMLElement).append(...words.keys.map(([title, deeds]) => make('section', {}, make('h3', { text: title }),
    make('dl', {}, ...deeds.flatMap(([keys, deed]) => [
      make('dt', {}, ...keys.split('  ').map((key) => make('kbd', { text: key }))), make('dd', { text: deed }),
    ])))));
  send({ do: 'open', url: server.socketAddress(), api: server.address('api/').href });
  filters.set(view);
  apply();
  find('alert', HTMLInputElement).value = alerts.pattern;
  alerts.tell();
  if (alerts.filter) send({ do: 'alert', filter: alerts.filter });
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
  if (view.streams.length > 0 && watch === 0) begin();
}

function wire() {
  const on = (/** @type {string} */ id, /** @type {() => void} */ deed) => find(id, HTMLElement).addEventListener('click', deed);
  const help = find('help-dialog', HTMLDialogElement);
  on('pause-button', togglePause);
  on('search-button', () => search.show());
  on('help-button', () => help.showModal());
  on('newest', resume);
  on('menu-button', () => drawer('open'));
  on('shade', () => drawer('shut'));
  parts.sheet.addEventListener('click', (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const { unfold, trace } = target instanceof HTMLElement ? target.dataset : {};
    if (unfold !== undefined) send({ do: 'unfold', seq: Number(unfold) });
    else if (trace !== undefined) send({ do: 'trace', seq: Number(trace), keep: list.keep });
    else if (!target.closest('a') && list.selected.empty) reader.choose(list.numberOf(target));
  });
  parts.sheet.addEventListener('dblclick', ({ target }) => {
    if (target instanceof Element && target.closest('.row') && getSelection()?.isCollapsed) reader.details();
  });
  const level = (/** @type {number} */ least, /** @type {number} */ most, /** @type {1 | -1} */ by) => () => reader.seek({ find: 'level', level: least, most }, by);
  const vertical = (/** @type {1 | -1} */ by) => () => (reader.drawer.open ? reader.walk(by) : list.move(by));
  listen({
    find: () => {
      drawer('open');
      streams.find();
    },
    filters: () => filters.toggle(),
    escape,
    selectAll: () => list.selected.all(),
    keys: {
      '/': () => search.show(), '?': () => help.showModal(), '&': () => filters.focus(), i: () => filters.focus(),
      g: () => list.top(), Home: () => list.top(), G: resume, End: resume, F: resume,
      f: () => (list.following ? list.leave() : resume()),
      j: vertical(1), ArrowDown: vertical(1), k: vertical(-1), ArrowUp: vertical(-1),
      ' ': () => list.page(1), PageDown: () => list.page(1), b: () => list.page(-1), PageUp: () => list.page(-1),
      n: () => next(1), N: () => next(-1), e: level(6, 7, 1), E: level(6, 7, -1), w: level(5, 5, 1), W: level(5, 5, -1),
      m: () => reader.mark(), u: () => reader.nextMark(1), U: () => reader.nextMark(-1), C: () => reader.forgetMarks(),
      c: () => reader.copyLines(), y: () => reader.link(), Enter: () => reader.details(), '@': () => menu.askTime(),
      p: togglePause, S: () => change({ wrap: !view.wrap }), r: () => change({ fold: !view.fold }), x: () => change({ reveal: !view.reveal }),
      T: () => change({ clock: clock.clocks[(clock.clocks.indexOf(view.clock) + 1) % clock.clocks.length] ?? 'written' }),
      t: () => menu.nextTheme(),
    },
  });
  addEventListener('popstate', open);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', dressed);
  server_.wire(() => {
    // The pill counts down to the next try though no frame comes.
    if (frame?.phase === 'retrying') status.show(frame, view.streams.length, server_.trouble);
  });
}

/** @param {'open' | 'shut'} how */
function drawer(how) {
  document.body.classList.toggle('drawer', how === 'open');
  find('menu-button', HTMLElement).setAttribute('aria-expanded', String(how === 'open'));
}

function escape() {
  drawer('shut');
  send({ do: 'stop' });
  reader.say('');
  if (search.focused || (search.open && !filters.focused)) search.close();
  else if (reader.drawer.open) reader.closeDetails();
  else if (filters.typed.text) filters.clear();
  scroller.focus({ preventScroll: true });
}

start();
