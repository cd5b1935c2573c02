import assert from 'node:assert/strict';
import test from 'node:test';
import { Axis, bars } from '../js/keeper/axis.js';
import { asked, joined } from '../js/keeper/histogram.js';

const line = { lines: 1, warn: 0, error: 0 };
const sum = (/** @type {Axis} */ axis) => axis.bars.reduce((all, bar) => all + bar.lines, 0);

test('an axis grows, and halves where it would have too many bars', () => {
  const axis = new Axis(1000, 10);
  axis.add(1005, line);
  axis.add(500, { lines: 2, warn: 1, error: 0 });
  assert.deepEqual(axis.bars[0], { lines: 3, warn: 1, error: 0 });
  axis.add(1000 + 10 * bars * 2 - 1, line);
  assert.equal(axis.bars.length, 2 * bars);
  axis.add(1000 + 10 * bars * 2, line);
  assert.equal(axis.width, 20);
  assert.equal(axis.bars.length, bars + 1);
  axis.add(1e12, { lines: 1, warn: 0, error: 1 });
  assert.ok(axis.bars.length <= 2 * bars && axis.until > 1e12);
  assert.equal(axis.bars.at(-1)?.error, 1);
  assert.equal(sum(axis), 6);
});

test('an axis that has nothing begins with its first line', () => {
  const axis = new Axis(NaN, 1000, []);
  axis.add(5000, line);
  axis.add(7999, line);
  assert.deepEqual([axis.since, axis.bars.length, sum(axis)], [5000, 3, 2]);
});

test('streams are put on one axis without a line lost', () => {
  const of = (/** @type {string} */ since, /** @type {number} */ seconds, /** @type {number[]} */ lines) => ({
    by: /** @type {const} */ ('time'), since, seconds, lines: 1, estimated: false, to: 'c',
    buckets: lines.map((n) => ({ lines: n, levels: { error: Math.floor(n / 2), warn: 1 } })),
  });
  const bare = { by: /** @type {const} */ ('bytes'), seconds: 0, lines: 5, estimated: true, buckets: [] };
  const { axis, by, left, estimated } = joined([of('2026-01-01T00:00:00Z', 3600, [7, 0, 5]), of('2026-01-01T01:00:00Z', 7, [101, 99]), bare, null], 0);
  assert.deepEqual([by, left, estimated, sum(axis), axis.since], ['time', 1, true, 212, Date.parse('2026-01-01T00:00:00Z')]);
  assert.equal(axis.bars.reduce((all, { error }) => all + error, 0), 3 + 2 + 50 + 49);
  const places = joined([{ ...bare, buckets: [{ lines: 2, levels: {} }, { lines: 3, levels: {} }] }], 1000);
  assert.deepEqual([places.by, places.axis.width, sum(places.axis)], ['bytes', 500, 5]);
  assert.equal(joined([null], 0).empty, true);
});

test('the server is asked in its own words', () => {
  const filter = { text: 'a.b', regex: false, cased: false, kind: /** @type {const} */ ('in'), on: true };
  const bounds = { since: NaN, until: NaN, offset: null };
  const conditions = [filter, { ...filter, kind: /** @type {const} */ ('out'), regex: true, cased: true }, { ...filter, on: false }];
  assert.deepEqual(asked({ conditions, level: 5, bounds, fold: true }), [['grep', '(?i)a\\.b'], ['not', 'a.b'], ['level', 'warn']]);
});
