import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Passed } from '../js/keeper/passed.js';
import { Rate } from '../js/keeper/rate.js';
import { Marker } from '../js/keeper/marker.js';
import { Sieve } from '../js/keeper/sieve.js';
import { Store, perRow } from '../js/keeper/store.js';
import { Unseen } from '../js/keeper/unseen.js';
import { text, whole as entire } from '../js/keeper/rows.js';

const roomy = { rows: 1e9, bytes: 1e12 };
const whole = { continues: false };
const gap = { kind: /** @type {const} */ ('gap'), at: 0 };

/** numbers returns texts n, n+1, ... */
function numbers(from, count) {
  return Array.from({ length: count }, (_, i) => `line ${from + i}`);
}

/** settled waits until a sieve has looked at everything. */
function settled(sieve) {
  return new Promise((done) => {
    const look = () => (sieve.behind === 0 ? done() : setTimeout(look, 1));
    look();
  });
}

test('rows keep their numbers while the oldest go', () => {
  const store = new Store({ rows: 3000, bytes: 1e12 });
  for (let n = 0; n < 10_000; n += 7) store.append(n % 3, numbers(n, 7), whole);
  assert.equal(store.end - store.first, 3000);
  assert.equal(store.lines, 3000);
  assert.equal(store.dropped, store.end - 3000);
  for (const seq of [store.first, store.first + 1500, store.end - 1]) {
    assert.equal(store.text(seq), `line ${seq}`);
    assert.equal(store.stream(seq), (seq - (seq % 7)) % 3);
  }
  assert.throws(() => store.text(store.end), RangeError);
});

test('the bound in bytes holds, also where characters are wide', () => {
  for (const [character, width] of [['a', 1], ['\u65e5', 2]]) {
    const store = new Store({ rows: 1e9, bytes: 1 << 20 });
    for (let n = 0; n < 500; n++) store.append(0, [character.repeat(10_000)], whole);
    assert.ok(store.bytes <= 1 << 20);
    assert.equal(store.lines, Math.floor((1 << 20) / (10_000 * width + perRow)));
  }
});

test('while held nothing goes, after release the bound holds again', () => {
  const store = new Store({ rows: 100, bytes: 1e12 });
  store.hold();
  store.append(0, numbers(0, 250), whole);
  assert.equal(store.lines, 250);
  assert.ok(store.over && store.full);
  store.release();
  assert.equal(store.lines, 100);
  assert.equal(store.dropped, 150);
});

test('dividers are rows but no lines', () => {
  const store = new Store({ rows: 4, bytes: 1e12 });
  store.append(0, numbers(0, 2), whole);
  store.divide(0, gap);
  store.append(0, numbers(2, 1), whole);
  assert.deepEqual([store.end, store.lines, store.isDivider(2)], [4, 3, true]);
  assert.equal(store.divider(2), gap);
  store.append(0, numbers(3, 3), whole);
  assert.equal(store.divider(2), null);
  assert.equal(store.dropped, 2);
});

test('clear keeps counting rows', () => {
  const store = new Store(roomy);
  store.append(0, numbers(0, 1500), whole);
  store.clear();
  store.append(0, ['new'], whole);
  assert.deepEqual([store.first, store.end, store.text(1500), store.lines, store.dropped], [1500, 1501, 'new', 1, 0]);
});

test('passed rows keep their numbers while the oldest go', () => {
  const store = new Store({ rows: 5000, bytes: 1e12 });
  const passed = new Passed(store);
  let told = new Map();
  for (let n = 0; n < 40_000; n++) {
    store.append(0, [`${n}`], whole);
    if (n % 3 === 0) {
      told.set(passed.end, n);
      passed.push(n);
    }
    if (n % 997 !== 0) continue;
    for (let number = passed.first; number < passed.end; number++) assert.equal(passed.seq(number), told.get(number));
    const seq = Math.max(store.first, n - 100);
    assert.ok(passed.find(seq) === passed.end || passed.seq(passed.find(seq)) >= seq);
  }
  assert.equal(passed.linesEver, Math.ceil(40_000 / 3));
});

/** query returns what a reader wants to see, by conditions as +text, -text and /expression/. */
function query(...wanted) {
  const conditions = wanted.map((w) => ({ text: w.slice(1), kind: w.startsWith('-') ? 'out' : 'in', on: true, regex: false, cased: false }));
  return { conditions, level: 0, bounds: { since: NaN, until: NaN, offset: 0 }, fold: true };
}

/** shown returns the texts that a sieve shows. */
function shown(sieve) {
  const list = [];
  for (let n = sieve.shown.first; n < sieve.shown.end; n++) {
    const seq = sieve.shown.seq(n);
    list.push(sieve.store.isDivider(seq) ? '--' : sieve.store.text(seq));
  }
  return list;
}

test('filters show what holds their text, and every divider', async () => {
  const store = new Store(roomy);
  store.append(0, ['One', 'two', '\u001b[31mo\u001b[0mne'], whole);
  store.divide(0, gap);
  store.append(0, numbers(0, 50_000), whole);
  const sieve = new Sieve(store, () => {});
  sieve.set(query('+one'));
  await settled(sieve);
  assert.deepEqual(shown(sieve), ['One', '\u001b[31mo\u001b[0mne', '--']);
  assert.deepEqual([store.passing, sieve.counts], [2, [2]]);
  store.append(0, ['again: one'], whole);
  sieve.advance();
  await settled(sieve);
  assert.equal(store.passing, 3);
  assert.deepEqual(new Marker().marks(sieve, [], ['one + ONE']), [[0, 3, 0, 6, 9, 0]]);
  sieve.set(query('+line', '-1', '+2'));
  await settled(sieve);
  assert.deepEqual(shown(sieve).slice(0, 4), ['--', 'line 2', 'line 20', 'line 22']);
  // A condition that is off hides nothing and is counted.
  const off = query('+one');
  off.conditions[0].on = false;
  sieve.set(off);
  await settled(sieve);
  assert.deepEqual([store.passing, sieve.counts], [store.lines, [3]]);
});

test('plain text is not an expression', async () => {
  const store = new Store(roomy);
  store.append(0, ['a.c', 'abc', '(a|b)', '[x]$'], whole);
  const sieve = new Sieve(store, () => {});
  for (const [wanted, count] of [['+a.c', 1], ['+(a|b)', 1], ['+[x]$', 1], ['+.*', 0]]) {
    sieve.set(query(wanted));
    await settled(sieve);
    assert.equal(store.passing, count, wanted);
  }
});

const trace = ['INFO begin', 'ERROR boom', '\tat one', '\tat two', 'Caused by: x', '\tat three', 'INFO end'];

test('traces are folded behind their first line, and open', async () => {
  const store = new Store(roomy);
  store.append(0, trace, whole);
  const sieve = new Sieve(store, () => {});
  await settled(sieve);
  assert.deepEqual(shown(sieve), ['INFO begin', 'ERROR boom', '\tat one', 'INFO end']);
  assert.equal(store.passing, 7);
  assert.equal(store.level(5), 6);
  // What is folded is copied whole.
  assert.equal(text(sieve, { number: 0, offset: 0 }, { number: 3, offset: Infinity }), trace.join('\n'));
  assert.deepEqual([0, 1, 2, 3].map((number) => entire(sieve, number).split('\n')), [trace.slice(0, 1), trace.slice(1, 6), trace.slice(2, 6), trace.slice(6)]);
  sieve.open(2);
  assert.deepEqual(shown(sieve), trace);
  assert.deepEqual([1, 2, 4].map((number) => entire(sieve, number).split('\n')), [trace.slice(1, 6), trace.slice(2, 3), trace.slice(4, 5)]);
  assert.equal(text(sieve, { number: 0, offset: 0 }, { number: 6, offset: Infinity }), trace.join('\n'));
  sieve.open(2);
  assert.equal(shown(sieve).length, 4);
  // Where all are open one is folded alone.
  sieve.set({ ...query(), fold: false });
  await settled(sieve);
  assert.deepEqual(shown(sieve), trace);
  sieve.open(2);
  assert.equal(shown(sieve).length, 4);
});

test('a trace that comes in parts is one, and so is one whose end was there before', async () => {
  const store = new Store(roomy);
  const panic = ['panic: x', '', 'goroutine 1 [running]:', 'main.main()', '\t/srv/x.go:8', 'exit status 2', 'INFO end'];
  for (const line of panic.slice(3)) store.append(0, [line], whole);
  store.prepend(0, panic.slice(0, 3).map((text) => ({ text, cursor: 'x.1' })));
  const belong = () => Array.from({ length: store.end - store.first }, (_, i) => Number(store.isTrace(store.first + i)));
  // What says nothing by itself is known by what was before it.
  assert.deepEqual(belong(), [0, 1, 1, 0, 1, 0, 0]);
  store.clear();
  for (const line of panic) store.append(0, [line], whole);
  assert.deepEqual(belong(), [0, 1, 1, 1, 1, 1, 0]);
  store.divide(0, { kind: 'gap', at: 0 });
  store.append(0, ['\tat a', '\tat b'], whole);
  assert.deepEqual(belong().slice(-2), [0, 1]);
});

test('a trace goes with its line, and brings it along', async () => {
  const store = new Store(roomy);
  store.append(0, trace, whole);
  const sieve = new Sieve(store, () => {});
  for (const [wanted, lines] of [['+boom', 5], ['+Caused', 3], ['-boom', 2]]) {
    sieve.set({ ...query(wanted), fold: false });
    await settled(sieve);
    assert.equal(shown(sieve).length, lines, wanted);
  }
  sieve.set({ ...query(), level: 6, fold: false });
  await settled(sieve);
  assert.equal(shown(sieve).length, 5);
});

test('rows before the oldest get lower numbers, and are looked at', async () => {
  const store = new Store(roomy);
  store.append(0, numbers(30_000, 100), whole);
  const sieve = new Sieve(store, () => {});
  sieve.set(query('+7'));
  await settled(sieve);
  const [first, before] = [sieve.shown.first, shown(sieve)];
  const earlier = numbers(0, 30_000).map((line, i) => ({ text: line, cursor: `base.${i}` }));
  store.prepend(0, earlier);
  store.prependDivider(0, gap);
  sieve.advance();
  await settled(sieve);
  assert.deepEqual(shown(sieve), ['--', ...numbers(0, 30_000).filter((line) => line.includes('7')), ...before]);
  assert.equal(store.text(sieve.shown.seq(first)), before[0]);
  assert.deepEqual([store.first, store.cursor(-30_000), store.text(-1)], [-30_001, 'base.0', 'line 29999']);
  store.forget(-10);
  sieve.truncate(-10);
  assert.equal(store.text(sieve.shown.seq(sieve.shown.end - 1)), 'line 29987');
  store.letGo(-5000);
  assert.equal(shown(sieve)[0], 'line 25007');
});

test('unseen lines are counted truly while old ones go and filters change', async () => {
  const store = new Store({ rows: 10_000, bytes: 1e12 });
  const sieve = new Sieve(store, () => {});
  const reading = { tail: store, live: sieve };
  const unseen = new Unseen();
  store.append(0, numbers(0, 500), whole);
  sieve.advance();
  await settled(sieve);
  const since = store.linesEver;
  assert.equal(unseen.count(since, reading), 0);
  store.divide(0, gap);
  store.append(0, numbers(0, 5000), whole);
  sieve.advance();
  await settled(sieve);
  assert.equal(unseen.count(since, reading), 5000);
  assert.equal(unseen.count(-1, reading), 0);
  sieve.set(query('+line 499'));
  await settled(sieve);
  assert.equal(unseen.count(since, reading), 11);
});

test('text of a selection', async () => {
  const store = new Store(roomy);
  store.append(0, ['first', '\u001b[31msecond\u001b[0m', 'long'], whole);
  store.divide(0, gap);
  store.append(0, ['er', 'last'], { continues: true });
  const sieve = new Sieve(store, () => {});
  await settled(sieve);
  const range = (a, b, c, d) => text(sieve, { number: a, offset: b }, { number: c, offset: d });
  assert.equal(range(0, 0, 5, Infinity), 'first\nsecond\nlong\ner\nlast');
  assert.equal(range(0, 2, 1, 3), 'rst\nsec');
  assert.equal(range(1, 2, 1, 4), 'co');
  const joined = new Store(roomy);
  joined.append(0, ['a', 'long'], whole);
  joined.append(0, ['er', 'z'], { continues: true });
  const other = new Sieve(joined, () => {});
  await settled(other);
  assert.equal(text(other, { number: 0, offset: 0 }, { number: 3, offset: Infinity }), 'a\nlonger\nz');
});

test('the rate is of the last two seconds', () => {
  const rate = new Rate();
  for (let now = 10_000; now < 13_000; now += 10) rate.add(10, now);
  assert.ok(Math.abs(rate.of(13_000) - 1000) < 60, String(rate.of(13_000)));
  assert.equal(rate.of(16_000), 0);
});
