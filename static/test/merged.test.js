import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Intake } from '../js/keeper/intake.js';
import { Reading } from '../js/keeper/reading.js';
import { Trouble } from '../js/keeper/past.js';
import { setTimeout as rest } from 'node:timers/promises';

/** chance returns numbers from 0 to 1 that are the same every time. */
function chance(seed) {
  return () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
}

const begin = Date.parse('2026-11-21T10:00:00Z');
const cursorOf = (stream, off) => `cccccc${stream.padEnd(11, 'x')}A.${off}`;
const offOf = (cursor) => Number(cursor.split('.')[1]);

/** A log of lines at some times; NaN for a line that says none. */
function log(stream, times) {
  return times.map((time, i) => ({
    cursor: cursorOf(stream, i),
    line: Number.isNaN(time) ? `${stream} ${i}` : `${new Date(time).toISOString()} ${stream} ${i}`,
    ...(Number.isNaN(time) ? {} : { time: new Date(time).toISOString() }),
  }));
}

/** every returns times that a line is written at, every step ms or so. */
function every(step, count, from, random) {
  let at = from;
  return Array.from({ length: count }, () => (at += Math.round(step * 2 * random())));
}

/** Server answers as the real one does, of logs by name. */
class Server {
  constructor(logs) {
    this.logs = logs;
  }

  async page(stream, { before, after, since, at, limit }) {
    const lines = this.logs[stream];
    if (!lines) throw new Trouble(404, `no stream ${stream}`);
    const most = Number(limit);
    let from = 0;
    let to = lines.length;
    if (before) [from, to] = [Math.max(0, offOf(before) - most), offOf(before)];
    else if (after) from = offOf(after);
    else if (since) from = Math.max(0, lines.findIndex(({ time }) => Date.parse(time) >= Date.parse(since)) >= 0 ? lines.findIndex(({ time }) => Date.parse(time) >= Date.parse(since)) : lines.length);
    else if (at) from = Math.floor(Number(at) * lines.length);
    if (!before) to = Math.min(lines.length, from + most);
    return { lines: lines.slice(from, to), before: cursorOf(stream, from), after: cursorOf(stream, to), start: from === 0, end: to === lines.length };
  }

  async pages(streams, where) {
    return Promise.all(streams.map((stream, i) => this.page(stream, where(stream, i)).catch(() => ({ lines: [], before: '', after: '', start: true, end: true }))));
  }

  async extent(stream) {
    const lines = this.logs[stream];
    if (!lines) throw new Trouble(404, `no stream ${stream}`);
    return [{ cursor: cursorOf(stream, 0), bytes: lines.length, estimated: false, name: stream }];
  }
}

/** shown opens the streams of a server with a backlog. */
function shown(server, backlog, refused = []) {
  const streams = [...Object.keys(server.logs), ...refused];
  let live = () => '';
  const reading = new Reading(server, () => {}, (stream) => live(stream));
  const intake = new Intake(reading.tail, {
    arrived: () => {}, complete: () => {}, changed: () => {}, rotated: () => {}, fresh: () => {},
    again: () => reading.rearrange('end'),
  });
  live = (stream) => intake.cursor(stream) || cursorOf(stream, server.logs[stream]?.length ?? 0);
  intake.begin(streams, backlog);
  reading.watch(streams);
  return { reading, intake, streams };
}

/** sends has a stream's backlog come. */
function sends(intake, server, stream, backlog) {
  const lines = server.logs[stream];
  const from = Math.max(0, lines.length - backlog);
  const some = lines.slice(from);
  if (some.length > 0) intake.lines(stream, { lines: some.map(({ line }) => line), base: `cccccc${stream.padEnd(11, 'x')}A`, off: some.map((_, i) => from + i), continues: false, time: 0 });
  intake.caught(stream, some.length);
}

const rowsOf = (store) => Array.from({ length: store.end - store.first }, (_, i) => store.text(store.first + i));

/** ordered checks that rows are all lines of some logs, in the order of time. */
function ordered(rows, logs, what) {
  const all = Object.values(logs).flat().map(({ line }) => line);
  assert.equal(new Set(rows).size, rows.length, `${what}: each line once`);
  assert.equal(rows.length, all.length, `${what}: all lines`);
  inTime(rows, what);
}

function inTime(rows, what) {
  let last = '';
  const lines = new Map();
  for (const row of rows) {
    const [, stamp, stream, number] = /^(?:(\d\S*) )?(\S+) (\d+)$/.exec(row);
    assert.ok(Number(number) > (lines.get(stream) ?? -1), `${what}: ${stream} in its order at ${row}`);
    lines.set(stream, Number(number));
    if (!stamp) continue;
    assert.ok(stamp >= last, `${what}: ${row} behind ${last}`);
    last = stamp;
  }
}

async function back(reading) {
  for (let n = 0; n < 3000 && !reading.start; n++) {
    await reading.near('before');
    assert.equal(reading.trouble, '');
  }
}

async function forth(reading) {
  for (let n = 0; n < 3000 && reading.detached; n++) {
    await reading.near('after');
    reading.top = reading.store.end - 1;
  }
  assert.ok(!reading.detached, 'the live end is reached');
}

const random = chance(7);
const cases = {
  'two of different rates': () => ({ fast: log('fast', every(10, 9000, begin, random)), slow: log('slow', every(7000, 30, begin - 60_000, random)) }),
  'ten of different rates': () => Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`s${i}`, log(`s${i}`, every(20 * 2 ** i, Math.ceil(5000 / 2 ** i), begin, random))])),
  'one that says no times': () => ({ stamped: log('stamped', every(10, 4000, begin, random)), bare: log('bare', new Array(3000).fill(NaN)) }),
  'one that ended long ago': () => ({ now: log('now', every(10, 7000, begin, random)), old: log('old', every(10, 4000, begin - 9e8, random)) }),
  'traces between': () => ({
    a: log('a', every(50, 5000, begin, random).map((time, i) => (i % 7 > 3 ? NaN : time))),
    b: log('b', every(30, 5000, begin, random).map((time, i) => (i % 1500 > 300 ? NaN : time))),
  }),
  'equal times': () => ({ a: log('a', every(1, 4000, begin, random).map((t) => t - (t % 1000))), b: log('b', every(1, 4000, begin, random).map((t) => t - (t % 1000))) }),
};

for (const [what, make] of Object.entries(cases)) {
  test(`merged history is in order and whole: ${what}`, async () => {
    const server = new Server(make());
    const { reading, intake, streams } = shown(server, 1000);
    for (const stream of streams) sends(intake, server, stream, 1000);
    for (let n = 0; n < 30 && reading.tail.lines === 0; n++) await rest(50);
    await rest(450);
    inTime(rowsOf(reading.store), 'the live end');
    await back(reading);
    assert.ok(reading.start);
    if (!reading.detached) ordered(rowsOf(reading.store), server.logs, 'back to the beginning');
    reading.follow();
    for (const share of [0, 0.3, 0.7, 0.97]) {
      await reading.span.measure('now');
      await reading.jump(share);
      await back(reading);
      inTime(rowsOf(reading.store), `from ${share} back`);
      const first = rowsOf(reading.store)[0];
      await forth(reading);
      inTime(rowsOf(reading.store), `from ${share} on`);
      await back(reading);
      if (!reading.detached) ordered(rowsOf(reading.store), server.logs, `from ${share}`);
      assert.equal(rowsOf(reading.store)[0], first, 'the beginning');
      reading.follow();
    }
    // To a line of each stream, and from there to both ends.
    for (const stream of streams) {
      const lines = server.logs[stream];
      const line = lines[Math.floor(lines.length / 3)];
      await reading.goto(stream, line.cursor);
      assert.equal(reading.store.text(reading.keep), line.line, 'the line that is gone to');
      inTime(rowsOf(reading.store), `around ${line.line}`);
      await back(reading);
      await forth(reading);
      if (!reading.detached) await back(reading);
      ordered(rowsOf(reading.store), server.logs, `from ${line.line}`);
      reading.follow();
    }
  });
}

test('a stream that is not served, and one that is slow, do not hold the others back', async () => {
  const server = new Server({ a: log('a', every(10, 900, begin, random)), b: log('b', every(30, 900, begin, random)), late: log('late', every(20, 900, begin, random)) });
  const { reading, intake } = shown(server, 1000, ['gone']);
  intake.refused('gone');
  sends(intake, server, 'a', 1000);
  sends(intake, server, 'b', 1000);
  for (let n = 0; n < 600 && reading.tail.lines < 1800; n++) await rest(50);
  assert.equal(reading.tail.lines, 1800);
  sends(intake, server, 'late', 1000);
  for (let n = 0; n < 600 && reading.tail.lines < 2700; n++) await rest(50);
  ordered(rowsOf(reading.store), server.logs, 'with the late one');
  assert.equal(reading.tail.linesEver, 2700);
  await reading.near('before');
  assert.equal(reading.trouble, '');
  assert.ok(reading.start);
});

test('what happens to a stream has its place among its lines, and those of others wait for it', async () => {
  const server = new Server({ a: log('a', every(10, 50, begin, random)), b: log('b', every(30, 50, begin, random)) });
  const { reading, intake } = shown(server, 1000);
  sends(intake, server, 'a', 1000);
  intake.notice('a', { event: 'rotated', condition: 'live', reason: '' });
  sends(intake, server, 'b', 1000);
  for (let n = 0; n < 600 && reading.tail.end < 101; n++) await rest(50);
  const rows = rowsOf(reading.store);
  const at = Array.from(rows, (_, i) => reading.store.divider(reading.store.first + i) !== null).indexOf(true);
  inTime(rows.filter((_, i) => i !== at), 'all lines');
  assert.equal(rows.slice(0, at).filter((row) => row.includes(' a ')).length, 50);
});
