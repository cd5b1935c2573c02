// @ts-check
/**
 * ANSI escape sequences in log lines (ECMA-48). SGR sequences become styles;
 * every other complete sequence is taken out, links (OSC 8) and titles too; an
 * escape that begins nothing complete stays in the text, where it is shown as a
 * visible mark, so that nothing can hide in it.
 */

/**
 * Style is how a run of characters looks. Colours 0 to 15 are the theme's and
 * stand as numbers; others are `#rrggbb`. Null is the colour of the page.
 *
 * @typedef {object} Style
 * @property {number | string | null} ink
 * @property {number | string | null} ground
 * @property {boolean} bold
 * @property {boolean} faint
 * @property {boolean} italic
 * @property {boolean} underline
 * @property {boolean} struck
 * @property {boolean} inverse
 */

/**
 * Run is a styled part of a text: characters start to end.
 *
 * @typedef {object} Run
 * @property {number} start
 * @property {number} end
 * @property {Style} style
 */

/**
 * CSI: ESC [, parameters, intermediates, one final byte (ECMA-48, 5.4). Strings:
 * ESC ] P X ^ or _ up to BEL or ESC \ (5.6). Others: intermediates and one byte.
 */
const sequence = /\x1b(?:\[([\x30-\x3f]*)[\x20-\x2f]*([\x40-\x7e])|[\]PX^_][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|[\x20-\x2f]{1,3}[\x30-\x7e]|[\x30-\x4f\x51-\x57\x59\x5a\x60-\x7e])/g;

/** @type {Readonly<Style>} */
const plain = Object.freeze({
  ink: null, ground: null, bold: false, faint: false, italic: false, underline: false, struck: false, inverse: false,
});

/**
 * strip returns the text without its sequences: what a reader sees and what a
 * filter looks at.
 *
 * @param {string} line
 */
export function strip(line) {
  return line.includes('\x1b') ? line.replace(sequence, '') : line;
}

/**
 * parse returns the text without its sequences, and its styled runs in
 * order. Text of the page's own style is in no run.
 *
 * @param {string} line
 * @returns {{text: string, runs: Run[]}}
 */
export function parse(line) {
  if (!line.includes('\x1b')) return { text: line, runs: [] };
  /** @type {Run[]} */
  const runs = [];
  let text = '';
  let from = 0;
  /** @type {Readonly<Style>} */
  let style = plain;
  /** @param {number} end */
  const take = (end) => {
    if (end === from) return;
    const start = text.length;
    text += line.slice(from, end);
    if (style !== plain) runs.push({ start, end: text.length, style });
  };
  for (const found of line.matchAll(sequence)) {
    take(found.index);
    from = found.index + found[0].length;
    // Those with a sign before their numbers are settings of a terminal.
    if (found[2] === 'm' && !/^[<=>?]/.test(found[1] ?? '')) style = apply(style, found[1] ?? '');
  }
  take(line.length);
  return { text, runs };
}

/**
 * apply returns the style after an SGR sequence with these parameters
 * (ECMA-48, 8.3.117).
 *
 * @param {Readonly<Style>} before
 * @param {string} parameters
 * @returns {Readonly<Style>}
 */
function apply(before, parameters) {
  const groups = parameters.split(';').map((group) => group.split(':').map(Number));
  let style = { ...before };
  for (let i = 0; i < groups.length; i++) {
    const [code = 0, ...sub] = groups[i] ?? [];
    switch (code) {
      case 0: style = { ...plain }; break;
      case 1: style.bold = true; break;
      case 2: style.faint = true; break;
      case 3: style.italic = true; break;
      // 4:0 is none, 4:3 a wave: any other is an underline here.
      case 4: style.underline = sub[0] !== 0; break;
      case 21: style.underline = true; break;
      case 7: style.inverse = true; break;
      case 9: style.struck = true; break;
      case 22: style.bold = style.faint = false; break;
      case 23: style.italic = false; break;
      case 24: style.underline = false; break;
      case 27: style.inverse = false; break;
      case 29: style.struck = false; break;
      // 58 is the colour of the underline, which is not drawn, and whose numbers mean nothing else.
      case 38: case 48: case 58: {
        const { colour, used } = sub.length > 0 ? { colour: within(sub), used: 0 } : extended(groups.slice(i + 1, i + 5).map(([n = 0]) => n));
        if (code === 38) style.ink = colour;
        else if (code === 48) style.ground = colour;
        i += used;
        break;
      }
      case 39: style.ink = null; break;
      case 49: style.ground = null; break;
      default:
        if (code >= 30 && code <= 37) style.ink = code - 30;
        else if (code >= 40 && code <= 47) style.ground = code - 40;
        else if (code >= 90 && code <= 97) style.ink = code - 82;
        else if (code >= 100 && code <= 107) style.ground = code - 92;
    }
  }
  return same(style, plain) ? plain : style;
}

/**
 * within reads a colour whose numbers are parts of one parameter: 5:n, 2:r:g:b, or
 * 2:SPACE:r:g:b as ITU-T T.416 has it.
 *
 * @param {number[]} numbers
 */
function within(numbers) {
  return extended(numbers[0] === 2 && numbers.length > 4 ? [2, ...numbers.slice(2)] : numbers).colour;
}

/**
 * extended reads a colour of 256 (5;n) or a true colour (2;r;g;b).
 *
 * @param {number[]} codes
 * @returns {{colour: number | string | null, used: number}}
 */
function extended(codes) {
  const byte = (/** @type {number} */ i) => Math.min(255, Math.max(0, codes[i] || 0));
  if (codes[0] === 2) return { colour: hex(byte(1), byte(2), byte(3)), used: 4 };
  if (codes[0] !== 5) return { colour: null, used: codes.length };
  const n = byte(1);
  if (n < 16) return { colour: n, used: 2 };
  if (n >= 232) {
    const grey = 8 + (n - 232) * 10;
    return { colour: hex(grey, grey, grey), used: 2 };
  }
  const level = (/** @type {number} */ v) => (v === 0 ? 0 : 55 + v * 40);
  const cube = n - 16;
  return { colour: hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)), used: 2 };
}

/** @param {number[]} bytes */
function hex(...bytes) {
  return '#' + bytes.map((b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {Readonly<Style>} a
 * @param {Readonly<Style>} b
 */
function same(a, b) {
  return a.ink === b.ink && a.ground === b.ground && a.bold === b.bold && a.faint === b.faint && a.italic === b.italic
    && a.underline === b.underline && a.struck === b.struck && a.inverse === b.inverse;
}
