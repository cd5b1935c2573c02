import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateOf } from '../js/bar/status.js';

const live = {
  phase: 'live', reason: '', next: 0, paused: false, full: false, unseen: 0, refusals: [], conditions: [['app', 'live', '']], lag: 0, rate: 3,
};
const kinds = (frame, streams = 1, told = []) => {
  const { kind, short, reason } = stateOf({ ...live, ...frame }, streams, 10_000, told);
  return [kind, short, reason];
};

test('the state is green only where lines really come', () => {
  assert.deepEqual(kinds({}), ['live', 'live · 3/s', '']);
  assert.deepEqual(kinds({ conditions: [['app', 'failed', 'permission denied']] }), ['bad', 'failed', 'permission denied']);
  assert.deepEqual(kinds({ conditions: [['app', 'live', ''], ['b', 'waiting', 'no such file']] }, 2), ['warn', 'waiting · 1 of 2 live', 'no such file']);
  assert.deepEqual(kinds({ lag: 9000 }), ['warn', '9 s behind', '3/s']);
  assert.deepEqual(kinds({ refusals: [['app', 'gone']] }), ['bad', 'not served', 'gone']);
  assert.deepEqual(kinds({ phase: 'retrying', reason: 'cut', next: 13_500 }), ['bad', 'reconnecting in 4 s', 'cut']);
  assert.deepEqual(kinds({ paused: true, unseen: 1200 }), ['held', 'paused · 1,200 waiting', 'lines are kept for you']);
});

test('what is long in loading says what it waits for', () => {
  assert.deepEqual(kinds({ phase: 'catching' }), ['busy', 'loading', '']);
  assert.deepEqual(kinds({ phase: 'catching' }, 1, [{ condition: 'live', reason: '' }]), ['busy', 'loading', '']);
  assert.deepEqual(kinds({ phase: 'catching' }, 1, [{ condition: 'waiting', reason: 'web3 does not answer; next try in 8 s' }]), ['warn', 'waiting', 'web3 does not answer; next try in 8 s']);
});
