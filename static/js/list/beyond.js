// @ts-check
/**
 * A reader who selects with the pointer and leaves the view with it scrolls the
 * lines that way, the faster the farther and the longer, and selects what comes.
 */

/** How often the lines move, in ms. */
const beat = 40;
/** Px beyond the view for each line that they move by. */
const reach = 12;
/** How much faster they get from one move to the next: twice as fast in half a second. */
const faster = 1.06;
/** Lines that they move by at most. */
const most = 500;

export class Beyond {
  #scroller;
  #go;
  /** Px that the pointer is beyond the view; below 0 above it. */
  #by = 0;
  #speed = 1;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} scroller
   * @param {() => boolean} selecting whether the pointer selects lines
   * @param {(rows: number) => void} go called with the lines to move by; down is positive
   */
  constructor(scroller, selecting, go) {
    this.#scroller = scroller;
    this.#go = go;
    addEventListener('pointermove', (event) => {
      if (event.pointerType === 'mouse' && (event.buttons & 1) > 0 && selecting()) this.#moved(event.clientY);
      else this.#end();
    }, { passive: true });
    for (const end of ['pointerup', 'pointercancel', 'blur']) addEventListener(end, () => this.#end());
  }

  /** @param {number} y where the pointer is */
  #moved(y) {
    const { top, bottom } = this.#scroller.getBoundingClientRect();
    this.#by = y > bottom ? y - bottom : y < top ? y - top : 0;
    if (this.#by === 0) this.#end();
    else this.#timer ??= setInterval(() => this.#step(), beat);
  }

  #step() {
    this.#go(Math.sign(this.#by) * Math.min(most, Math.ceil((Math.abs(this.#by) / reach) * this.#speed)));
    this.#speed *= faster;
  }

  #end() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#speed = 1;
  }
}
