import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../js/keeper/message.js';

test('lines', () => {
  const message = parse('{"id":1,"stream":"a/b","base":"B","n":3,"off":[0,4,5],"to":"C","t":17}\none\n\nthree {"id":2}');
  assert.deepEqual(message, {
    kind: 'lines', id: 1, stream: 'a/b', to: 'C', time: 17, lines: ['one', '', 'three {"id":2}'], base: 'B', off: [0, 4, 5], continues: false, unfinished: false,
  });
});

test('one empty line is a line', () => {
  const message = parse('{"id":1,"stream":"a","n":1,"off":[0],"to":"C"}\n');
  assert.deepEqual(message.kind === 'lines' && message.lines, ['']);
  assert.equal(message.kind === 'lines' && message.time, 0);
});

test('control bytes in lines are text', () => {
  const message = parse('{"id":1,"stream":"a","n":2,"off":[0,4],"to":"C"}\n\u0000\r\u001b[1m\n\u2028');
  assert.deepEqual(message.kind === 'lines' && message.lines, ['\u0000\r\u001b[1m', '\u2028']);
});

for (const [cont, continues, unfinished] of [['first', true, false], ['last', false, true], ['both', true, true]]) {
  test(`pieces of a longer line: ${cont}`, () => {
    const message = parse(`{"id":1,"stream":"a","n":1,"off":[0],"to":"C","cont":"${cont}"}\nx`);
    assert.equal(message.kind === 'lines' && message.continues, continues);
    assert.equal(message.kind === 'lines' && message.unfinished, unfinished);
  });
}

test('a line that is still being written is no line', () => {
  const message = parse('{"id":1,"stream":"a","n":1,"base":"C","off":[0],"to":"C","partial":true,"t":5}\nhal');
  assert.deepEqual(message, { kind: 'beginning', id: 1, stream: 'a', to: 'C', text: 'hal', more: false });
});

test('a message that contradicts itself is an error', () => {
  assert.throws(() => parse('{"id":1,"stream":"a","n":2,"off":[0,2],"to":"C"}\none'), /says 2 lines and holds 1/);
  assert.throws(() => parse('not JSON'), SyntaxError);
});

test('gaps', () => {
  assert.deepEqual(parse('{"id":1,"stream":"a","gap":{"from":"A","to":"B","bytes":12,"reason":"cut"},"to":"B"}'),
    { kind: 'gap', id: 1, stream: 'a', bytes: 12, reason: 'cut', to: 'B' });
  const unknown = parse('{"id":1,"stream":"a","gap":{"from":"A","to":"B","bytes":null,"reason":""},"to":"B"}');
  assert.equal(unknown.kind === 'gap' && unknown.bytes, null);
});

test('notices', () => {
  assert.deepEqual(parse('{"id":0,"stream":"a","notice":{"event":"rotated","condition":"live","reason":"r"},"to":"C"}'),
    { kind: 'notice', id: 0, stream: 'a', event: 'rotated', condition: 'live', reason: 'r', to: 'C' });
});

test('errors, with and without a subscription', () => {
  assert.deepEqual(parse('{"id":3,"error":{"status":404,"message":"no"}}'), { kind: 'refusal', id: 3, status: 404, message: 'no' });
  assert.deepEqual(parse('{"error":{"status":400,"message":"no"}}'), { kind: 'refusal', id: -1, status: 400, message: 'no' });
});

test('what a later version says is passed over', () => {
  assert.deepEqual(parse('{"id":1,"to":"C"}'), { kind: 'advance', id: 1, stream: '', to: 'C' });
  for (const text of ['{"weather":"fine"}', '{"id":1,"weather":{"to":1}}', '[1]', '7', 'null', '{"id":"x","n":1}\nline']) {
    assert.equal(parse(text).kind, 'unknown', text);
  }
});
