// @ts-check
/** The map beside the scroll bar: where errors, warnings, matches and marks are. */

/** @typedef {Extract<import('../keeper/protocol.js').Answer, {is: 'map'}>} Places */
/** @typedef {import('../keeper/protocol.js').Frame} Frame */

const colours = ['', '--warn-mark', '--error-mark', '--hit-line'];

export class LineMap {
  #canvas;
  /** @type {Places | null} */
  #places = null;
  /** @type {number[]} */
  #survey = [];
  /** @type {Frame | null} */
  #frame = null;
  #blank = true;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
  }

  /** @param {Places} places */
  take(places) {
    this.#places = places;
    this.draw();
  }

  /** @param {number[]} marks where in all of history matches are, as shares of it */
  survey(marks) {
    this.#survey = marks;
    this.draw();
  }

  /** @param {Frame} frame */
  follow(frame) {
    const before = this.#frame;
    this.#frame = frame;
    if (before?.generation !== frame.generation) this.draw();
  }

  draw() {
    if (this.#blank && this.#survey.length === 0 && (this.#places?.marks.length ?? 0) === 0) return;
    this.#blank = false;
    const canvas = this.#canvas;
    const ratio = devicePixelRatio;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext('2d');
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    pen.fillStyle = style.getPropertyValue('--hit-line');
    for (const at of this.#survey) pen.fillRect(width / 2, at * (height - 4) + 1, width / 2 - 1, 2);
    const [places, frame] = [this.#places, this.#frame];
    if (!places || !frame || places.generation !== frame.generation) return;
    const { before, within, behind } = frame.bar;
    const all = before + within + behind;
    for (const [at, kind] of places.marks) {
      const y = ((before + at * within) / all) * (height - 4) + 1;
      pen.fillStyle = style.getPropertyValue(colours[kind] ?? '--warn-mark');
      pen.fillRect(kind === 3 ? width / 2 : 1, y, kind === 3 ? width / 2 - 1 : width - 2, 2);
    }
  }
}
