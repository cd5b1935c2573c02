import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bytes, contrast as between, groundOf, inkOn } from '../js/text/colour.js';

const css = readFileSync(new URL('../css/tokens.css', import.meta.url), 'utf8');

/** tokens returns the colours that a rule sets, as [light, dark] of each name. */
function tokens(selector) {
  const start = css.indexOf(`${selector} {`);
  assert.ok(start >= 0, selector);
  const rule = css.slice(start, css.indexOf('\n}', start));
  return Object.fromEntries([...rule.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(([, name, light, dark]) => [name, [light, dark]]));
}

/** luminance of a colour (WCAG 2.2). */
function luminance(hex) {
  const full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const plain = tokens(':root');
const themes = {
  light: [plain, 0], dark: [plain, 1],
  'contrast light': [{ ...plain, ...tokens(':root[data-contrast="more"]') }, 0],
  'contrast dark': [{ ...plain, ...tokens(':root[data-contrast="more"]') }, 1],
};
const series = (letter, count) => Array.from({ length: count }, (_, i) => `${letter}${i}`);

/** Which colours of text stand on which grounds. */
const grounds = /** @type {[string[], string[]][]} */ ([
  [['bg', 'panel', 'raise'], ['text', 'dim', 'faint', 'accent', 'error', 'warn', 'ok']],
  [['bg', 'error-bg', 'warn-bg', 'accent-bg'], ['text', 'dim', 'link', 'number', 'quoted']],
  [['bg', 'error-bg', 'warn-bg', 'accent-bg'], [...series('a', 16), ...series('s', 8)]],
  [['hover'], ['text', 'dim']],
  [['hit', 'found', ...series('m', 6).map((_, i) => `m${i + 1}`)], ['text']],
]);

for (const [name, [colours, scheme]] of Object.entries(themes)) {
  test(`text is read on its ground: ${name}`, () => {
    for (const [behind, inks] of grounds) {
      for (const ground of behind) {
        for (const ink of inks) {
          const ratio = contrast(colours[ink][scheme], colours[ground][scheme]);
          assert.ok(ratio >= 4.5, `--${ink} on --${ground}: ${ratio.toFixed(2)}`);
        }
      }
    }
    for (const [ink, ground] of [['accent', 'accent-bg'], ['error', 'error-bg'], ['warn', 'warn-bg'], ['ok', 'ok-bg'], ['on-accent', 'accent'], ['dim', 'accent-bg']]) {
      const ratio = contrast(colours[ink][scheme], colours[ground][scheme]);
      assert.ok(ratio >= 4.5, `--${ink} on --${ground}: ${ratio.toFixed(2)}`);
    }
  });
}

test('contrast is more than that by choice', () => {
  for (const name of ['contrast light', 'contrast dark']) {
    const [colours, scheme] = themes[name];
    for (const ink of ['text', 'dim', 'faint']) assert.ok(contrast(colours[ink][scheme], colours['bg'][scheme]) >= 7, `${name}: ${ink}`);
    for (const line of ['line', 'bar', 'thumb', 'error-mark', 'warn-mark']) assert.ok(contrast(colours[line][scheme], colours['bg'][scheme]) >= 3, `${name}: ${line}`);
  }
});

test('an ink of a log is read on every ground of a log', () => {
  const rgb = (text) => text.match(/\d+/g).map(Number);
  const grounds = [...Array(16).keys(), '#000000', '#0000ff', '#00ff00', '#ffff00', '#ff00ff', '#7f7f7f', '#ffffff'];
  for (const ground of grounds) {
    for (const ink of [...grounds, null]) {
      const ratio = between(rgb(inkOn(ink, ground)), bytes(groundOf(ground)));
      assert.ok(ratio >= 4.5, `${ink} on ${ground}: ${ratio.toFixed(2)}`);
    }
  }
  // What is read already stays as it is.
  assert.equal(inkOn('#ffffff', '#0000ff'), 'rgb(255, 255, 255)');
  assert.notEqual(inkOn(3, 4), inkOn(null, 4));
});
