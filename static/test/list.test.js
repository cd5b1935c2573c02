import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barOf, extent, fromBar, lowest, settle, tallest } from '../js/list/anchor.js';

const view = 750;
/** All rows there are are held. */
const all = { before: 0, within: 1, behind: 0 };
const fixed = (first, end) => ({ first, end, height: () => 20, typical: 20 });
const uneven = (first, end) => ({ first, end, height: (row) => 20 * (1 + (row % 5)), typical: 60 });

test('an anchor settles inside its row', () => {
  const rows = fixed(0, 1000);
  assert.deepEqual(settle({ row: 10, px: 45 }, rows, view).anchor, { row: 12, px: 5 });
  assert.deepEqual(settle({ row: 10, px: -45 }, rows, view).anchor, { row: 7, px: 15 });
  assert.deepEqual(settle({ row: 3, px: -500 }, rows, view).anchor, { row: 0, px: 0 });
});

test('an anchor beyond the end is the lowest', () => {
  for (const rows of [fixed(0, 1000), uneven(0, 1000)]) {
    const last = lowest(rows, view);
    for (const anchor of [{ row: 999, px: 0 }, { row: 5000, px: 0 }, { row: 900, px: 1e6 }, last]) {
      assert.deepEqual(settle(anchor, rows, view), { anchor: last, bottom: true });
    }
    let below = -last.px;
    for (let row = last.row; row < rows.end; row++) below += rows.height(row);
    assert.equal(below, view);
  }
});

test('rows that were let go are not stood at', () => {
  assert.deepEqual(settle({ row: 10, px: 7 }, fixed(500, 1000), view).anchor, { row: 500, px: 0 });
});

test('few rows and none', () => {
  for (const rows of [fixed(0, 3), fixed(7, 7)]) {
    assert.deepEqual(settle({ row: 9, px: 3 }, rows, view), { anchor: { row: rows.first, px: 0 }, bottom: true });
    assert.equal(extent(rows, view, all), view);
    assert.ok(barOf({ row: rows.first, px: 0 }, rows, view, all) <= 0);
  }
});

test('where rows are alike the bar is the place in pixels', () => {
  const rows = fixed(100, 10_100);
  for (const [row, px] of [[100, 0], [101, 5], [5000, 19], [10_062, 10]]) {
    assert.ok(Math.abs(barOf({ row, px }, rows, view, all) - ((row - 100) * 20 + px)) < 1e-6, `${row}`);
  }
});

test('bar and anchor agree from one end to the other', () => {
  for (const rows of [fixed(0, 200_000), uneven(50, 90_000), fixed(0, 50_000_000)]) {
    const room = extent(rows, view, all) - view;
    assert.ok(extent(rows, view, all) <= tallest);
    assert.deepEqual(fromBar(0, rows, view, all), { row: rows.first, px: 0 });
    assert.equal(settle(fromBar(room, rows, view, all), rows, view).bottom, true);
    for (let top = 0; top <= room; top += room / 97) {
      const { anchor } = settle(fromBar(top, rows, view, all), rows, view);
      assert.ok(Math.abs(barOf(anchor, rows, view, all) - top) <= room / 1000 + 1, `${top}`);
    }
  }
});

test('every row can be reached by small steps from anywhere', () => {
  const rows = uneven(0, 50_000_000);
  let { anchor } = settle(fromBar(4_000_000, rows, view, all), rows, view);
  const from = anchor.row;
  const seen = new Set();
  for (let i = 0; i < 200; i++) {
    seen.add(anchor.row);
    anchor = settle({ row: anchor.row, px: anchor.px - 15 }, rows, view).anchor;
  }
  for (let row = from; row > anchor.row; row--) assert.ok(seen.has(row), `${row}`);
});

test('the bar spans what is not held, too', () => {
  const rows = fixed(-500, 500);
  const bar = { before: 4e9, within: 1e5, behind: 6e9 };
  assert.equal(extent(rows, view, bar), tallest);
  const at = barOf({ row: 0, px: 0 }, rows, view, bar) / (tallest - view);
  assert.ok(Math.abs(at - 0.4) < 1e-4, `${at}`);
  assert.equal(fromBar(0, rows, view, bar), 0);
  assert.equal(fromBar(tallest - view, rows, view, bar), 1);
  const half = fromBar((tallest - view) / 2, rows, view, bar);
  assert.ok(Math.abs(Number(half) - 0.5) < 1e-9);
  // Where the rows begin or end it is they that are gone to.
  assert.equal(typeof fromBar(0, rows, view, { ...bar, before: 0 }), 'object');
  assert.equal(typeof fromBar(tallest - view, rows, view, { ...bar, behind: 0 }), 'object');
});
