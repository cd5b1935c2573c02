import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, parse } from '../js/text/clock.js';
import { isKnown, minutes, moment } from '../js/text/zone.js';
import { Range } from '../js/keeper/range.js';
import { Sieve } from '../js/keeper/sieve.js';
import { Store } from '../js/keeper/store.js';
import { stampOf } from '../js/text/stamp.js';

const berlin = 'Europe/Berlin';
const roomy = { rows: 1e9, bytes: 1e12 };

test('a stamp without a zone is of its own day, in summer and in winter', () => {
  for (const [line, utc] of [
    ['2026-01-15 12:00:00 INFO x', '2026-01-15T11:00:00.000Z'],
    ['2026-07-15 12:00:00 INFO x', '2026-07-15T10:00:00.000Z'],
    ['2026-03-29 01:59:59 INFO x', '2026-03-29T00:59:59.000Z'],
    ['2026-03-29 03:00:00 INFO x', '2026-03-29T01:00:00.000Z'],
    // The hour that comes twice is the first, and what follows it is behind both.
    ['2026-10-25 02:30:00 INFO x', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:00:00 INFO x', '2026-10-25T02:00:00.000Z'],
    ['2026-07-15T12:00:00Z INFO x', '2026-07-15T12:00:00.000Z'],
  ]) {
    const { time } = stampOf(line, { offset: berlin, now: Date.parse('2026-12-01T00:00:00Z') });
    assert.equal(new Date(time).toISOString(), utc, line);
  }
  assert.equal(minutes('Asia/Kolkata', 0), 330);
  assert.equal(minutes(-90, 0), -90);
  assert.equal(moment(60, 3_600_000), 0);
  assert.deepEqual([berlin, 'UTC', '', 'Nowhere/Atall'].map(isKnown), [true, true, false, false]);
});

test('what a person types is in the zone of the page', () => {
  const now = Date.parse('2026-07-15T12:00:00Z');
  for (const [text, zone, utc] of [
    ['13:30', berlin, '2026-07-15T11:30:00.000Z'],
    ['14:30', berlin, '2026-07-14T12:30:00.000Z'],
    ['2026-01-15', berlin, '2026-01-14T23:00:00.000Z'],
    ['2026-01-15 14:30', 0, '2026-01-15T14:30:00.000Z'],
    ['2026-01-15T14:30:00+02:00', berlin, '2026-01-15T12:30:00.000Z'],
    ['2h', berlin, '2026-07-15T10:00:00.000Z'],
  ]) {
    const time = parse(text, now, zone);
    assert.equal(new Date(time).toISOString(), utc, text);
    assert.equal(parse(at(time, zone), now, zone), time, text);
  }
  assert.equal(at(Date.parse('2026-07-15T12:00:00Z'), berlin), '2026-07-15 14:00');
  assert.ok(Number.isNaN(parse('noon', now, 0)));
});

test('a range hides what lies beside it, and lines without a time go with those before', async () => {
  const store = new Store(roomy);
  const lines = ['no time yet', '2026-11-20T10:00:00Z a', '  more of a', '2026-11-20T10:05:00Z b', '  more of b', '2026-11-20T10:10:00Z c', 'c too'];
  store.append(0, lines, { continues: false });
  const shown = async (since, until) => {
    const sieve = new Sieve(store, () => {});
    sieve.set({ conditions: [], level: 0, bounds: { since: Date.parse(since), until: Date.parse(until), offset: 0 }, fold: false });
    while (sieve.behind > 0) await new Promise((done) => setTimeout(done, 1));
    const list = [];
    for (let n = sieve.shown.first; n < sieve.shown.end; n++) list.push(store.text(sieve.shown.seq(n)).trim());
    return list;
  };
  assert.deepEqual(await shown('2026-11-20T10:05:00Z', ''), ['no time yet', '2026-11-20T10:05:00Z b', 'more of b', '2026-11-20T10:10:00Z c', 'c too']);
  assert.deepEqual(await shown('', '2026-11-20T10:04:00Z'), ['no time yet', '2026-11-20T10:00:00Z a', 'more of a']);
  assert.deepEqual(await shown('2026-11-20T10:01:00Z', '2026-11-20T10:06:00Z'), ['no time yet', '2026-11-20T10:05:00Z b', 'more of b']);
  const range = new Range({ since: Date.parse('2026-11-20T11:00:00Z'), until: NaN, offset: 0 });
  assert.deepEqual([range.edge(store, 'oldest'), range.edge(store, 'newest')], ['before', 'before']);
  assert.deepEqual(range.asked, { since: '2026-11-20T11:00:00.000Z' });
});
