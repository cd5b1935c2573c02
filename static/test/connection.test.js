import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Connection } from '../js/keeper/connection.js';

/** Socket stands for a WebSocket: the test plays the server. */
class Socket {
  static all = [];
  readyState = 0;
  sent = [];

  constructor() {
    Socket.all.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  hear(header, body) {
    this.onmessage?.({ data: JSON.stringify(header) + (body === undefined ? '' : '\n' + body) });
  }

  lines(id, stream, to, ...lines) {
    this.hear({ id, stream, n: lines.length, to }, lines.join('\n'));
  }

  live(id, stream) {
    this.hear({ id, stream, notice: { event: 'changed', condition: 'live', reason: '' } });
  }

  end(code, reason = '') {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

let got;
let connection;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  Socket.all = [];
  got = [];
  const sink = {
    lines: (stream, message) => got.push(...message.lines.map((line) => `${stream}: ${line}`)),
    gap: (stream, gap) => got.push(`${stream}: gap ${gap.bytes}`),
    notice: () => {},
    reconnected: (away, reason) => got.push(`away ${away}: ${reason}`),
    restarted: (stream) => got.push(`${stream}: restarted`),
    refused: (stream) => got.push(`${stream}: refused`),
    caught: (stream, lines) => got.push(`${stream}: caught ${lines}`),
    begun: (stream, { text }) => got.push(`${stream}: begun ${text}`),
    changed: () => {},
  };
  connection = new Connection('ws://x/ws', sink, { open: () => new Socket(), now: Date.now, random: () => 1 });
});

/** last returns the newest socket. */
const last = () => Socket.all.at(-1);

test('subscribes each stream and becomes live when all are', () => {
  connection.watch(['a', 'b'], 7);
  assert.equal(connection.phase, 'connecting');
  last().open();
  assert.deepEqual(last().sent, [
    { subscribe: { id: 1, stream: ['a'], n: 7 } }, { subscribe: { id: 2, stream: ['b'], n: 7 } },
  ]);
  last().lines(1, 'a', 'C1', 'x', 'y');
  last().live(1, 'a');
  assert.equal(connection.phase, 'catching');
  last().live(2, 'b');
  assert.equal(connection.phase, 'live');
  assert.deepEqual(got, ['a: x', 'a: y', 'a: caught 2', 'b: caught 0']);
});

test('comes back by itself, each stream from its cursor', () => {
  connection.watch(['a', 'b'], 7);
  last().open();
  last().lines(1, 'a', 'C1', 'x');
  last().live(1, 'a');
  last().live(2, 'b');
  last().end(1006);
  assert.equal(connection.phase, 'retrying');
  assert.equal(Socket.all.length, 1);
  mock.timers.tick(500);
  assert.equal(Socket.all.length, 2);
  last().end(1006);
  mock.timers.tick(999);
  assert.equal(Socket.all.length, 2);
  mock.timers.tick(1);
  last().open();
  // b was live and empty: what it has by now is new, but is not all asked for.
  assert.deepEqual(last().sent, [{ subscribe: { id: 1, stream: ['a'], from: 'C1' } }, { subscribe: { id: 2, stream: ['b'], n: 10_000 } }]);
  last().live(1, 'a');
  last().live(2, 'b');
  assert.equal(connection.phase, 'live');
  assert.deepEqual(got.slice(3), ['away 1500: the connection was cut', 'a: caught 0', 'b: caught 0']);
});

test('a wake tries at once', () => {
  connection.watch(['a'], 7);
  last().open();
  last().end(1001, 'from=C');
  assert.equal(connection.reason, 'the server is stopping');
  connection.wake();
  assert.equal(Socket.all.length, 2);
  mock.timers.tick(1000);
  assert.equal(Socket.all.length, 2);
});

test('a socket that does not open is given up', () => {
  connection.watch(['a'], 7);
  mock.timers.tick(10_000);
  assert.equal(connection.phase, 'retrying');
  assert.equal(Socket.all[0].readyState, 3);
});

test('watching others leaves nothing of the old behind', () => {
  connection.watch(['a'], 7);
  const old = last();
  old.open();
  connection.watch(['b'], 7);
  last().open();
  old.lines(1, 'a', 'C1', 'late');
  assert.deepEqual(got, []);
  assert.deepEqual(last().sent, [{ subscribe: { id: 1, stream: ['b'], n: 7 } }]);
  connection.watch([], 7);
  assert.equal(connection.phase, 'idle');
  assert.equal(last().readyState, 3);
});

test('a cursor that the server does not take is told, and given up', () => {
  connection.watch(['a'], 7);
  last().open();
  last().lines(1, 'a', 'C1', 'x');
  last().live(1, 'a');
  last().end(1006);
  connection.wake();
  last().open();
  last().hear({ id: 1, error: { status: 400, message: 'no such cursor' } });
  assert.deepEqual(last().sent.at(-1), { subscribe: { id: 1, stream: ['a'], n: 10_000 } });
  assert.ok(got.includes('a: restarted'));
});

test('a stream that is not served is asked for again', () => {
  connection.watch(['a'], 7);
  last().open();
  last().hear({ id: 1, error: { status: 404, message: 'no stream a' } });
  assert.deepEqual([...connection.refusals], [['a', 'no stream a']]);
  mock.timers.tick(5000);
  assert.equal(last().sent.length, 2);
  assert.equal(connection.refusals.size, 1);
  last().live(1, 'a');
  assert.equal(connection.refusals.size, 0);
});

test('fallen behind: first from where we are, then where the server says, with a gap', () => {
  connection.watch(['a'], 7);
  last().open();
  last().lines(1, 'a', 'C1', 'x');
  last().end(4001, 'from=C9');
  connection.wake();
  last().open();
  assert.equal(last().sent[0].subscribe.from, 'C1');
  last().end(4001, 'from=C9');
  connection.wake();
  last().open();
  assert.equal(last().sent[0].subscribe.from, 'C9');
  assert.deepEqual(got, ['a: x', 'away 0: this tab fell behind', 'a: gap null', 'away 0: this tab fell behind']);
});

test('a pause outlives the socket', () => {
  connection.watch(['a'], 7);
  last().open();
  connection.pause();
  assert.deepEqual(last().sent.at(-1), { pause: 1 });
  last().end(1006);
  connection.wake();
  last().open();
  assert.deepEqual(last().sent.map((m) => Object.keys(m)[0]), ['subscribe', 'pause']);
  connection.resume();
  assert.deepEqual(last().sent.at(-1), { resume: 1 });
});

test('the end is the end, a misunderstanding is no loop', () => {
  connection.watch(['a'], 7);
  last().open();
  last().end(1000);
  assert.equal(connection.phase, 'ended');
  mock.timers.tick(60_000);
  assert.equal(Socket.all.length, 1);
  connection.wake();
  last().open();
  last().hear({ id: 1, stream: 'a', n: 3, to: 'C' }, 'one');
  assert.equal(connection.phase, 'retrying');
  mock.timers.tick(4999);
  assert.equal(Socket.all.length, 2);
  mock.timers.tick(1);
  assert.equal(Socket.all.length, 3);
});

test('messages of a later version are passed over', () => {
  connection.watch(['a'], 7);
  last().open();
  last().hear({ id: 1, weather: 'fine' });
  last().hear({ id: 1, stream: 'a', to: 'C5' });
  last().hear({ id: 99, stream: 'z', n: 1, to: 'C' }, 'x');
  last().end(1006);
  connection.wake();
  last().open();
  assert.equal(last().sent[0].subscribe.from, 'C5');
  assert.deepEqual(got, ['away 0: the connection was cut']);
});
