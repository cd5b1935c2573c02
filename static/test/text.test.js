import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse, strip } from '../js/text/ansi.js';
import { clocks, elapsed, full, parse as moment, shown } from '../js/text/clock.js';
import { fields } from '../js/text/fields.js';
import { levelOf, levels } from '../js/text/level.js';
import { stampOf } from '../js/text/stamp.js';
import { MEMBER, step } from '../js/text/trace.js';
import { tokens } from '../js/text/token.js';
import { cut } from '../js/text/pieces.js';

const E = '\u001b';
const utc = { offset: 0, now: Date.UTC(2026, 10, 21, 12) };

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

test('colours and attributes whose numbers are parts of one parameter', () => {
  assert.deepEqual(styles(`${E}[38:5:208mx`), [['x', { ink: '#ff8700' }]]);
  assert.deepEqual(styles(`${E}[1;38:2:1:20:30mx`), [['x', { bold: true, ink: '#01141e' }]]);
  assert.deepEqual(styles(`${E}[38:2::1:20:30mx`), [['x', { ink: '#01141e' }]]);
  assert.deepEqual(styles(`${E}[31m${E}[4:3mx${E}[4:0my`), [['x', { ink: 1, underline: true }], ['y', { ink: 1 }]]);
  assert.deepEqual(styles(`${E}[58;5;9;1mx${E}[58:2::9:4:3my`), [['x', { bold: true }], ['y', { bold: true }]]);
  assert.deepEqual(styles(`${E}[38;5;9;48;2;1;2;3;4mx`), [['x', { ink: 9, ground: '#010203', underline: true }]]);
  assert.deepEqual(styles(`${E}[>4;1mx${E}[?1my`), []);
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
  assert.equal(strip(`${E}]0;title\u0007x`), 'x');
  assert.equal(strip(`${E}]8;;http://evil${E}\\text${E}]8;;${E}\\`), 'text');
  assert.equal(strip(`${E}(Ba${E}=b${E}7`), 'ab');
  assert.equal(strip(`${E}]0;no end`), `${E}]0;no end`);
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
    ['[Sun Dec 04 04:47:44 2005] [notice] x', 'notice'],
    ['DEBUG x', 'debug'],
    ['Dec 10 11:04:33 host sshd[2]: error: Received disconnect', 'error'],
    ['{"level":"error","msg":"x"}', 'error'],
    ['{"time":1,"level":50,"msg":"x"}', 'error'],
    ['{"level":30}', 'info'],
    ['ts=1 level=warn msg=x', 'warn'],
    ['E1121 14:02:02.000001 1 main.go:1] x', 'error'],
    ['INFO then ERROR', 'info'],
    ['2026-11-21 FATAL x', 'fatal'],
    ['an error occurred, 3 errors', ''],
    ['GET /error.html 200', ''],
    ['no-ERROR-here NON_ERROR', ''],
    ['', ''],
  ]) {
    assert.equal(levels[levelOf(line).level], level, line);
  }
});

test('levels are those of the server', () => {
  const samples = readFileSync(new URL('../../tailer/stamp/testdata/levels.txt', import.meta.url), 'utf8').trim().split('\n');
  assert.ok(samples.length >= 150);
  for (const sample of samples) {
    const [name, quoted] = sample.split('\t');
    assert.equal(levels[levelOf(strip(JSON.parse(quoted))).level] || 'none', name, quoted);
  }
});

test('the word of the level has its place', () => {
  const line = '2026-11-21 14:02:01,204 WARN x';
  const { start, end } = levelOf(line);
  assert.equal(line.slice(start, end), 'WARN');
  for (const [text, word] of [['{"msg":"an ERROR","level":"warning"}', 'warning'], ['11-21 14:02:01.123  1234  1240 E Tag: x', 'E'], ['E1121 14:02:02.000001 1 main.go:1] x', 'E'],
    ['level="error" x', 'error'], ['{"level":30}', ''], ['<3>x', '']]) {
    const found = levelOf(text);
    assert.equal(text.slice(found.start, found.end), word, text);
  }
});

test('stamps, and the moments that they name', () => {
  for (const [line, stamp, time] of [
    ['2026-11-21T14:02:01.204+01:00 x', '2026-11-21T14:02:01.204+01:00', '2026-11-21T13:02:01.204Z'],
    ['2026-11-21 14:02:01,204 INFO x', '2026-11-21 14:02:01,204', '2026-11-21T14:02:01.204Z'],
    ['Nov 20 06:55:46 host x', 'Nov 20 06:55:46', '2026-11-20T06:55:46.000Z'],
    ['Dec 10 06:55:46 host x', 'Dec 10 06:55:46', '2025-12-10T06:55:46.000Z'],
    ['[Sun Dec 04 04:47:44 2005] [error] x', '[Sun Dec 04 04:47:44 2005]', '2005-12-04T04:47:44.000Z'],
    ['14:02:01.204 x', '14:02:01.204', '2026-11-20T14:02:01.204Z'],
    ['081109 203615 148 INFO x', '081109 203615', '2008-11-09T20:36:15.000Z'],
    ['I1121 10:02:02.000001 1 main.go:1] x', '1121 10:02:02.000001', '2026-11-21T10:02:02.000Z'],
    ['10.0.0.1 - - [21/Nov/2026:14:02:01 +0000] "GET /"', '21/Nov/2026:14:02:01 +0000', '2026-11-21T14:02:01.000Z'],
    ['- 1117838570 2005.06.03 R02 2005-06-03-15.42.50.675872 x', '2005-06-03-15.42.50.675872', '2005-06-03T15:42:50.675Z'],
    ['{"level":"info","time":"2026-11-21T14:02:01Z"}', '2026-11-21T14:02:01Z', '2026-11-21T14:02:01.000Z'],
    ['{"ts":1795269721.5,"msg":"x"}', '1795269721.5', '2026-11-21T14:02:01.500Z'],
    ['{"time":1795269721500}', '1795269721500', '2026-11-21T14:02:01.500Z'],
    ['level=info ts=2026-11-21T14:02:01Z msg=x', '2026-11-21T14:02:01Z', '2026-11-21T14:02:01.000Z'],
  ]) {
    const found = stampOf(line, utc);
    assert.equal(line.slice(found.start, found.end), stamp, line);
    assert.equal(new Date(found.time).toISOString(), time, line);
  }
  for (const line of ['', 'plain', '2026', '99999999 x', '2026-99-99 10:00:00 x', '{"time":"soon"}']) {
    assert.ok(Number.isNaN(stampOf(line, utc).time), line);
  }
});

test('moments as they are shown and typed', () => {
  const time = Date.UTC(2026, 10, 21, 14, 2, 1, 204);
  assert.equal(full(time, 'utc'), '2026-11-21 14:02:01.204Z');
  assert.deepEqual([0, 1.5e3, 90e3, -5e3, 7.3e6, 2e8, NaN].map((ms) => elapsed(ms).trim()), ['+0.000s', '+1.500s', '+1m30s', '−5.000s', '+2h01m', '+2d07h', '·']);
  assert.equal(shown('written', time, 0), '');
  for (const clock of clocks) assert.equal(shown(clock, NaN, 0), '');
  for (const [typed, iso] of [['14:02', '2026-11-20T14:02:00.000Z'], ['9:15:30', '2026-11-21T09:15:30.000Z'], ['2h', '2026-11-21T10:00:00.000Z'],
    ['-30 min', '2026-11-21T11:30:00.000Z'], ['2026-11-20 14:30', '2026-11-20T14:30:00.000Z'], ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T14:30:00+01:00', '2026-11-20T13:30:00.000Z']]) {
    assert.equal(new Date(moment(typed, utc.now, 0)).toISOString(), iso, typed);
  }
  for (const typed of ['', 'soon', '14', '2026-13-01']) assert.ok(Number.isNaN(moment(typed, utc.now, 0)), typed);
});

test('lines that go on with another', () => {
  const belong = (lines) => {
    let state = 0;
    return lines.map((line, i) => (state = step(line, state, lines[i + 1])) & MEMBER);
  };
  for (const line of ['    at main (x.go:1)', '\tat x', 'Caused by: y', '... 14 more', 'goroutine 7 [running]:']) assert.deepEqual(belong([line]), [1], line);
  for (const line of ['at noon', '', '   ', 'Sorry', 'ValueError: x', 'Error: none of these is a trace']) assert.deepEqual(belong(['INFO x', line, line]), [0, 0, 0], line);
  for (const [name, lines] of Object.entries({
    java: ['ERROR boom', 'java.lang.RuntimeException: outer', '\tat a.B.c(B.java:1)', 'Caused by: java.io.IOException', '\tat d.E(E.java:2)', '\t... 2 more'],
    python: ['ERROR boom', 'Traceback (most recent call last):', '  File "a.py", line 1, in <module>', 'ValueError: x', '', 'During handling of the above exception, another exception occurred:', '', 'Traceback (most recent call last):', '  File "b.py", line 1', 'app.errors.Gone'],
    go: ['panic: runtime error: index out of range [3]', '', 'goroutine 1 [running]:', 'main.main()', '\t/srv/x.go:8 +0x1d', 'net/http.(*conn).serve(0xc000, {0x1, 0x2})', '\t/usr/net.go:1', 'created by net/http.(*Server).Serve in goroutine 1', 'exit status 2'],
    served: ['2026/11/21 14:02:03 http: panic serving 10.0.0.1:80: boom', 'goroutine 33 [running]:', 'net/http.(*conn).serve.func1()', '\t/usr/net.go:1'],
    node: ['2026-11-21T14:02:08Z error: unhandled', "TypeError: Cannot read properties of undefined (reading 'x')", '    at Object.<anonymous> (/srv/index.js:3:9)'],
    rust: ["thread 'main' panicked at src/main.rs:2:5:", 'index out of bounds: the len is 3', 'stack backtrace:', '   0: rust_begin_unwind', '             at /rustc/panicking.rs:5', 'note: Some details are omitted'],
    dotnet: ['Unhandled exception. System.Exception: no', '   at P.Main(String[] args) in /app/P.cs:line 9', ' ---> System.Exception: inner', '   --- End of inner exception stack trace ---'],
  })) {
    assert.deepEqual(belong([...lines, '2026-11-21 14:02:09 INFO next', 'plain']), [...lines.map((_, i) => (i > 0 ? 1 : 0)), 0, 0], name);
  }
  // Two traces of their own are two.
  assert.deepEqual(belong(['java.io.IOException: a', '\tat x', 'java.io.IOException: b', '\tat y']), [1, 1, 0, 1]);
});

test('what is of a known kind is found', () => {
  const kinds = (line) => tokens(line).map(({ start, end, kind }) => [kind, line.slice(start, end)]);
  assert.deepEqual(kinds('GET https://a.example/x?y=1, (see http://b.example/(c)).'), [['url', 'https://a.example/x?y=1'], ['url', 'http://b.example/(c)']]);
  const ips = (line) => kinds(line).filter(([kind]) => kind === 'ip').map(([, text]) => text);
  assert.deepEqual(ips('from 10.0.0.1:80 to 2001:db8::1, [fe80::1%eth0]:8080 ::1 ::ffff:10.0.0.1 2001:db8::/32 fe80::a00:27ff:fe4e:66a1: up 10.0.0.2.'),
    ['10.0.0.1:80', '2001:db8::1', 'fe80::1%eth0', '::1', '::ffff:10.0.0.1', '2001:db8::/32', 'fe80::a00:27ff:fe4e:66a1', '10.0.0.2']);
  assert.deepEqual(ips('core::panicking a::b dead::beef :: Foo::Bar 14:02:01 1.2.3 1.2.3.4.5'), []);
  assert.deepEqual(kinds('from 2026-11-21T14:02:00Z to 2026-11-21T14:02:00.123+01:00'), []);
  assert.deepEqual(kinds('open /etc/hosts took 12ms id=4f1c2a9e-77b1-4a0d-9a4e-0f5f6f3f21aa "a b"'), [
    ['path', '/etc/hosts'], ['number', '12'], ['key', 'id='], ['uuid', '4f1c2a9e-77b1-4a0d-9a4e-0f5f6f3f21aa'], ['quoted', '"a b"']]);
  assert.deepEqual(kinds('javascript:alert(1) data:text/html,x'), [['number', '1']]);
});

test('a hostile line is looked at in no time', () => {
  for (const line of ['/a'.repeat(100_000), '"'.repeat(100_000), '1,'.repeat(100_000), 'a.'.repeat(100_000), 'http://' + '('.repeat(100_000), ' '.repeat(100_000), '0:'.repeat(50_000)]) {
    const began = performance.now();
    tokens(line);
    levelOf(line);
    stampOf(line, utc);
    step(line, MEMBER, line);
    step(line, 5, line);
    assert.ok(performance.now() - began < 2000, line.slice(0, 8));
  }
});

test('fields of JSON and logfmt', () => {
  assert.deepEqual(fields('{"a":1,"b":{"c":"x","d":[true,null]},"e":{}}'), [['a', '1'], ['b.c', 'x'], ['b.d.0', 'true'], ['b.d.1', 'null'], ['e', '{}']]);
  assert.deepEqual(fields('2026-11-21 INFO {"a":"b"}'), [['a', 'b']]);
  assert.deepEqual(fields('INFO [ctx{id}] got {} and {"a":"{b}"} '), [['a', '{b}']]);
  assert.deepEqual(fields('x {{{{{{"'.repeat(9) + '{"a":1}'), []);
  assert.deepEqual(fields('level=warn msg="pool \\"x\\" full" n=3'), [['level', 'warn'], ['msg', 'pool "x" full'], ['n', '3']]);
  for (const line of ['plain', 'a=1', '{"broken":', '{}', '[1,2]']) assert.deepEqual(fields(line), [], line);
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])));
  assert.equal(fields(wide).length, 1000);
});

test('pieces add up to the text, character for character', () => {
  const { text, runs } = parse(`2026-11-21 ERROR ${E}[31mred ${E}[1mbold${E}[0m \u0000\u0007 "q" end\u202e\u200b`);
  const looks = { runs, marks: [5, 12, 0, 18, 30, 3], level: levelOf(text), stamp: stampOf(text, utc), tokens: tokens(text) };
  for (const reveal of ['hostile', 'all']) {
    const pieces = cut(text, { ...looks, reveal });
    assert.equal(pieces.map((p) => p.text).join('').length, text.length);
    const names = ['^@', '^G', '<U+202E>', ...(reveal === 'all' ? ['<U+200B>'] : [])];
    assert.deepEqual(pieces.filter((p) => p.role === 'control').map((p) => p.name), names);
    for (const piece of pieces) assert.notEqual(piece.text, '');
  }
});

test('a match is one piece where nothing else divides it', () => {
  const line = '[x] [error] [client 1]';
  const marks = cut(line, { marks: [4, 19, 2], level: levelOf(line), tokens: tokens(line) }).filter((p) => p.role === 'mark2');
  assert.deepEqual(marks.map((p) => p.text), ['[error] [client']);
});

test('a plain line is one piece', () => {
  assert.deepEqual(cut('plain', {}), [{ text: 'plain', style: null, role: '', name: '' }]);
  assert.deepEqual(cut('', {}).map((p) => p.text), ['']);
});

test('a stamp is one piece, whatever is told apart within it', () => {
  const line = '2026-11-20T08:19:32Z INFO took 42 ms';
  const inner = [{ start: 0, end: 4, kind: 'number' }, { start: 11, end: 13, kind: 'number' }, { start: 31, end: 33, kind: 'number' }];
  const pieces = cut(line, { stamp: { start: 0, end: 20 }, tokens: inner });
  assert.deepEqual(pieces.filter((p) => p.role === 'stamp').map((p) => p.text), ['2026-11-20T08:19:32Z']);
  assert.deepEqual(pieces.filter((p) => p.role === 'number').map((p) => p.text), ['42']);
});
