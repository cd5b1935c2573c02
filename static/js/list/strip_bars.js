// @ts-check
/** How the bars of the strip are painted. */

/** @typedef {import('../keeper/protocol.js').Activity} Activity */

/**
 * paint draws the bars, what lies outside of a range of time dimmed, and a line where the reader is.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width px
 * @param {number} height px
 * @param {Activity} activity
 * @param {{here: number, range: {since: number, until: number}}} where
 */
export function paint(canvas, width, height, { bars, since, width: each, by }, { here, range }) {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  if (!pen) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const style = getComputedStyle(canvas);
  const colours = ['--bar', '--warn-mark', '--error-mark'].map((name) => style.getPropertyValue(name));
  const most = Math.max(1, ...bars.map(({ lines }) => lines));
  const step = width / bars.length;
  // Few lines beside many are still seen.
  const tall = (/** @type {number} */ n) => (n === 0 ? 0 : Math.max(1.5, Math.sqrt(n / most) * (height - 13)));
  for (const [i, bar] of bars.entries()) {
    const all = tall(bar.lines);
    const error = bar.error === 0 ? 0 : Math.max(2, (all * bar.error) / bar.lines);
    const warn = bar.warn === 0 ? 0 : Math.max(2, (all * bar.warn) / bar.lines);
    const at = since + i * each;
    pen.globalAlpha = by === 'time' && (at + each <= range.since || at > range.until) ? 0.25 : 1;
    let y = height;
    for (const [n, part] of [Math.max(0, all - error - warn), warn, error].entries()) {
      pen.fillStyle = colours[n] ?? '';
      pen.fillRect(i * step, y - part, Math.max(1, step - (step > 3 ? 1 : 0)), part);
      y -= part;
    }
  }
  pen.globalAlpha = 1;
  const x = ((here - since) / (each * bars.length)) * width;
  if (!(x >= 0)) return;
  pen.fillStyle = style.getPropertyValue('--accent');
  pen.fillRect(Math.min(width - 2, Math.max(0, x - 1)), 0, 2, height);
}
