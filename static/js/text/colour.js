// @ts-check
/**
 * Colours that a log sets on grounds that it sets, too. Both are the log's: they do
 * not go with the theme of the page, and what could not be read is made lighter or
 * darker until it can.
 */

/** ANSI 0 to 15, where they stand on a ground or are one. */
const palette = [
  '#1e2227', '#b92c27', '#1a7544', '#8a5c00', '#0b5fb5', '#8a3ea8', '#0a6b6b', '#c3c9d0',
  '#5f656c', '#ff7b72', '#4cc38a', '#e3b341', '#6cb0ff', '#c9a2e8', '#6cc7c0', '#f5f7fa',
];
/** The least contrast of text (WCAG 2.2, 1.4.3). */
const least = 4.5;
/** Pairs that are remembered at most. */
const most = 500;
/** @type {Map<string, string>} */
const known = new Map();

/**
 * groundOf returns a ground as a colour of CSS.
 *
 * @param {number | string} ground a number of the palette, or `#rrggbb`
 */
export function groundOf(ground) {
  return typeof ground === 'number' ? palette[ground] ?? '#1e2227' : ground;
}

/**
 * inkOn returns an ink that is read on a ground.
 *
 * @param {number | string | null} ink a number of the palette, `#rrggbb`, or null for any
 * @param {number | string} ground
 */
export function inkOn(ink, ground) {
  const key = `${ink} ${ground}`;
  let found = known.get(key);
  if (found === undefined) {
    if (known.size >= most) known.clear();
    found = mixed(ink === null ? null : bytes(groundOf(ink)), bytes(groundOf(ground)));
    known.set(key, found);
  }
  return found;
}

/**
 * contrast returns how far apart two colours are (WCAG 2.2).
 *
 * @param {number[]} a red, green and blue, 0 to 255
 * @param {number[]} b
 */
export function contrast(a, b) {
  const [light = 1, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/**
 * bytes returns red, green and blue of `#rrggbb`.
 *
 * @param {string} hex
 */
export function bytes(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/**
 * mixed moves an ink towards black or white until it is read.
 *
 * @param {number[] | null} ink
 * @param {number[]} ground
 */
function mixed(ink, ground) {
  const end = contrast([0, 0, 0], ground) > contrast([255, 255, 255], ground) ? 0 : 255;
  for (let share = ink ? 0 : 1; ; share = Math.min(1, share + 0.1)) {
    const colour = [0, 1, 2].map((i) => Math.round((ink?.[i] ?? end) * (1 - share) + end * share));
    if (share >= 1 || contrast(colour, ground) >= least) return `rgb(${colour.join(', ')})`;
  }
}

/** @param {number[]} colour */
function luminance(colour) {
  const [r = 0, g = 0, b = 0] = colour.map((v) => (v <= 10.3 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
