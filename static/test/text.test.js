import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, strip } from '../js/text/ansi.js';
import { continues, read } from '../js/text/level.js';
import { cut } from '../js/text/pieces.js';

const E = '\u001b';
const none = { level: '', start: 0, end: 0, stamp: 0 };

/** styles returns each run as its text and what its style says. */
function styles(line) {
  const { text, runs } = parse(line);
  return runs.map(({ start, end, style }) => [text.slice(start, end), Object.fromEntries(Object.entries(style).filter(([, v]) => v !== false && v !== null))]);
}

test('a line without escapes is itself', () => {
  assert.deepEqual(parse('plain [31m'), { text: 'plain [31m', runs: [] });
});

test('colours of 16, 256 and 16 million', () => {
  assert.deepEqual(styles(`a${E}[31mb${E}[0mc`), [['b', { ink: 1 }]]);
  assert.deepEqual(styles(`${E}[93;44mx`), [['x', { ink: 11, ground: 4 }]]);
  assert.deepEqual(styles(`${E}[38;5;9mx`), [['x', { ink: 9 }]]);
  assert.deepEqual(styles(`${E}[38;5;208mx`), [['x', { ink: '#ff8700' }]]);
  assert.deepEqual(styles(`${E}[48;5;244mx`), [['x', { ground: '#808080' }]]);
  assert.deepEqual(styles(`${E}[38;2;1;20;300mx`), [['x', { ink: '#0114ff' }]]);
});

test('attributes begin and end', () => {
  assert.deepEqual(styles(`${E}[1;4mx${E}[22my${E}[24mz`), [['x', { bold: true, underline: true }], ['y', { underline: true }]]);
  assert.deepEqual(styles(`${E}[7mx${E}[mz`), [['x', { inverse: true }]]);
});

test('broken colours do no harm', () => {
  for (const line of [`${E}[38mx`, `${E}[38;5mx`, `${E}[38;2;1mx`, `${E}[;;;mx`, `${E}[999mx`, `${E}[38;5;999mx`]) {
    assert.equal(parse(line).text, 'x', JSON.stringify(line));
  }
});

test('sequences that carry no text go, all else stays to be seen', () => {
  assert.equal(strip(`a${E}[Kb${E}[2Jc${E}[?25hd`), 'abcd');
  assert.equal(strip(`${E}]0;title\u0007x`), `${E}]0;title\u0007x`);
  assert.equal(strip(`end${E}[3`), `end${E}[3`);
});

test('strip and parse agree', () => {
  for (const line of [`a${E}[31mb${E}[0mc`, `${E}[1m`, `${E}${E}[31mx`, `[31m`, `${E}[31${E}[32mx`]) {
    assert.equal(parse(line).text, strip(line), JSON.stringify(line));
  }
});

test('levels', () => {
  for (const [line, level] of [
    ['2026-11-21 14:02:01,204 INFO [main] started', 'info'],
    ['2026-11-21T14:02:02Z WARN pool at 92 %', 'warn'],
    ['[Sun Dec 04 04:47:44 2005] [error] mod_jk child', 'error'],
    ['[Sun Dec 04 04:47:44 2005] [core:warn] x', 'warn'],
    ['Dec 10 11:04:33 host sshd[2]: error: Received disconnect', 'error'],
    ['{"level":"error","msg":"x"}', 'error'],
    ['{"time":1,"level":50,"msg":"x"}', 'error'],
    ['{"level":30}', 'info'],
    ['ts=1 level=warn msg=x', 'warn'],
    ['E1121 14:02:02.000001 1 main.go:1] x', 'error'],
    ['INFO then ERROR', 'info'],
    ['2026-11-21 FATAL x', 'error'],
    ['an error occurred, 3 errors', ''],
    ['GET /error.html 200', ''],
    ['no-ERROR-here NON_ERROR', ''],
    ['', ''],
  ]) {
    assert.equal(read(line).level, level, line);
  }
});

test('the word of the level and the stamp have their places', () => {
  const line = '2026-11-21 14:02:01,204 WARN x';
  const { start, end, stamp } = read(line);
  assert.equal(line.slice(start, end), 'WARN');
  assert.equal(line.slice(0, stamp), '2026-11-21 14:02:01,204');
  for (const head of ['Dec 10 06:55:46', '[Sun Dec 04 04:47:44 2005]', '2026-11-21T14:02:01.204+01:00', '14:02:01.204', '081109 203615']) {
    assert.equal(read(`${head} text`).stamp, head.length, head);
  }
});

test('lines that go on with another', () => {
  for (const line of ['    at main (x.go:1)', '\tat x', 'Caused by: y', '... 14 more']) assert.equal(continues(line), true, line);
  for (const line of ['at noon', '', '   ']) assert.equal(continues(line), false, line);
});

test('pieces add up to the text, character for character', () => {
  const { text, runs } = parse(`2026-11-21 ERROR ${E}[31mred ${E}[1mbold${E}[0m \u0000\u0007 end\u202e`);
  const pieces = cut(text, runs, [5, 12, 18, 30], read(text));
  assert.equal(pieces.map((p) => p.text).join('').length, text.length);
  assert.deepEqual(pieces.filter((p) => p.role === 'control').map((p) => p.name), ['^@', '^G', '<U+202E>']);
  for (const piece of pieces) assert.notEqual(piece.text, '');
});

test('a match is one piece where nothing else divides it', () => {
  const line = '[x] [error] [client 1]';
  const marks = cut(line, [], [4, 19], read(line)).filter((p) => p.role === 'mark');
  assert.deepEqual(marks.map((p) => p.text), ['[error] [client']);
});

test('a plain line is one piece', () => {
  assert.deepEqual(cut('plain', [], [], none), [{ text: 'plain', style: null, role: '', name: '' }]);
  assert.deepEqual(cut('', [], [], none).map((p) => p.text), ['']);
});
