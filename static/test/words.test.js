import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bindings, shifted } from '../js/bindings.js';
import { keys } from '../js/words/keys.js';
import { labels } from '../js/words/labels.js';

const index = readFileSync(new URL('../index.html', import.meta.url), 'utf8');

test('the words of the page are in words/ and not in its markup', () => {
  const body = index.slice(index.indexOf('<body>'), index.indexOf('<noscript>'));
  assert.deepEqual(body.match(/ (?:aria-label|title|placeholder|alt)="[^"]*"/g), null);
  const texts = [...body.matchAll(/>([^<>]*[^\s<>][^<>]*)</g)].map(([, text]) => text.trim());
  assert.deepEqual(texts, ['tailbeam']);
});

test('each button and field of the markup has its words', () => {
  for (const [, id] of index.matchAll(/<(?:button|input)[^>]* id="([\w-]+)"/g)) {
    const labelled = labels[`#${id}`] || index.includes(`for="${id}"`) || labels[`[for=${id}]`] || id === 'newest' || id === 'state' || id === 'token';
    assert.ok(labelled, id);
  }
});

test('the help tells all keys, and none that does nothing', () => {
  const names = { '↓': 'ArrowDown', '↑': 'ArrowUp', PgDn: 'PageDown', PgUp: 'PageUp', Space: ' ' };
  const told = keys.flatMap(([, deeds]) => deeds.flatMap(([name]) => name.split('  '))).map((name) => name.startsWith('Shift ') ? `Shift ${names[name.slice(6)] ?? name.slice(6)}` : names[name] ?? name);
  const bound = Object.keys(bindings({}, () => {}));
  bound.push(...Object.keys(shifted({})).map((key) => `Shift ${key}`));
  assert.deepEqual(bound.filter((key) => !told.includes(key)), []);
  // Those with Ctrl, and Esc, are in keys.js; those with Enter in the fields that they are for.
  const elsewhere = ['Esc', 'Ctrl F', 'Ctrl K', 'Ctrl A', 'Ctrl Enter', 'Shift Enter', 'Alt Enter'];
  assert.deepEqual(told.filter((key) => !bound.includes(key) && !elsewhere.includes(key)), []);
});
