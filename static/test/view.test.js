import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grow, matching } from '../js/panel/tree.js';
import { read, token, write } from '../js/view.js';
import { longest, shortest, wait } from '../js/keeper/backoff.js';
import { shortName, size } from '../js/words.js';

const plain = {
  streams: [], typed: { text: '', regex: false, cased: false }, conditions: [], highlights: [], level: 0, since: '', until: '', clock: 'written',
  columns: [], wrap: false, fold: true, reveal: false, panes: 'merged', shared: false, search: null, line: null, at: null,
};

test('a view is the same after its address', () => {
  for (const view of [
    plain,
    {
      ...plain, streams: ['var/log/syslog', 'a b%20&=#?/\u65e5'], typed: { text: '\\d+ & "x"#', regex: true, cased: true }, wrap: true,
      conditions: [
        { text: 'r:x', regex: false, cased: false, kind: 'in', on: true }, { text: ':', regex: false, cased: false, kind: 'in', on: false },
        { text: 'a|b', regex: true, cased: false, kind: 'out', on: true },
      ],
      highlights: [{ text: 'user', regex: false, cased: true, colour: 1 }], level: 5, since: '2h', until: '2026-11-21T14:30:00Z', clock: 'utc', columns: ['a.b', 'c,d'],
      fold: false, reveal: true, panes: 'beside', shared: true, line: { stream: 'var/log/syslog', cursor: 'AbC-_x.17' },
      search: { text: 'r: 7 & more', regex: true, cased: true }, at: { stream: 'var/log/syslog', cursor: 'AbC-_x.9' },
    },
  ]) {
    for (const wraps of [false, true]) assert.deepEqual(read(write(view, wraps), wraps), view);
  }
});

test('an address stays readable', () => {
  const view = { ...plain, streams: ['var/log/syslog'], conditions: [{ text: 'GET /api', regex: false, cased: false, kind: 'in', on: true }], level: 6 };
  assert.equal(write(view, false), '?stream=var/log/syslog&in=GET+/api&level=error');
  assert.equal(write(plain, false), '');
});

test('an address that makes no sense is a plain view', () => {
  assert.deepEqual(read('?level=nope&time=x&line=%00&columns=,,', false), plain);
});

test('the token leaves the fragment', () => {
  assert.deepEqual(token('#token=abc-_1'), { token: 'abc-_1', rest: '' });
  assert.deepEqual(token('#x=1&token=t'), { token: 't', rest: '#x=1' });
  assert.deepEqual(token(''), { token: '', rest: '' });
});

/** outline returns a tree as labels. */
function outline({ label, folders, leaves }) {
  return { [label]: [...leaves.map((leaf) => leaf.label), ...folders.map(outline)] };
}

test('folders with nothing but a folder are one', () => {
  assert.deepEqual(outline(grow(['var/log/a10', 'var/log/a2', 'var/log/nginx/access', 'web1/srv/app/app', 'stdin'])), {
    '': ['stdin', { 'var/log': ['a2', 'a10', { nginx: ['access'] }] }, { 'web1/srv/app': ['app'] }],
  });
  assert.equal(grow(['a/b', 'a/c/d']).size, 2);
  assert.deepEqual(grow([]).folders, []);
});

test('a stream may bear the name of a folder', () => {
  assert.deepEqual(outline(grow(['a', 'a/b'])), { '': ['a', { a: ['b'] }] });
});

test('finding a stream', () => {
  const names = ['var/log/syslog', 'var/log/nginx/access.log', 'srv/access/app.log', 'srv/my-access.log'];
  assert.deepEqual(matching(names, 'ACCESS'), ['var/log/nginx/access.log', 'srv/my-access.log', 'srv/access/app.log']);
  assert.deepEqual(matching(names, 'srv access'), ['srv/access/app.log', 'srv/my-access.log']);
  assert.deepEqual(matching(names, 'nope'), []);
});

test('waits grow, differ and are bounded', () => {
  assert.equal(wait(1, () => 1), shortest);
  assert.equal(wait(1, () => 0), shortest / 2);
  for (let failures = 1; failures < 2000; failures++) {
    assert.ok(wait(failures, () => 0) <= wait(failures + 1, () => 0));
    assert.ok(wait(failures, () => 1) <= longest);
  }
});

test('names are as short as tells them apart', () => {
  const names = ['web1/app/app.log', 'web2/app/app.log', 'web2/error.log'];
  assert.deepEqual(names.map((name) => shortName(name, names)), ['web1/app/app.log', 'web2/app/app.log', 'error.log']);
  assert.equal(shortName('x', ['x']), 'x');
});

test('sizes', () => {
  assert.deepEqual([1, 18_204, 1_500_000].map(size), ['1 byte', '18,204 bytes', '1.5 MB']);
});
