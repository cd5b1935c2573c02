// @ts-check
/**
 * The scroll bar of a list, and the hand of the reader on it: a bar that is
 * dragged points to a place in all of history, while the wheel and a finger move
 * by lines, however far. The bar is corrected only while nobody moves it.
 */

/** A scroll bar that did not move for so long may be corrected, in ms. */
const rest = 150;
/** So long after the wheel or a finger what scrolls moves by lines, in ms. */
const momentum = 700;
/** How long the wheel may swing on after its last turn, in ms. */
const swing = 1500;
/** So long after the bar was let go its last move may be told, in ms. */
const late = 100;
/** Jumps are asked for at most so often, in ms. */
const beat = 60;

/**
 * Move is what the reader did with the bar.
 *
 * @typedef {object} Move
 * @property {number} by px; down is positive
 * @property {number} top where the bar is now, px
 * @property {boolean} jump whether it points to a place, and does not move by lines
 */

/**
 * Deeds are what the bar has its list do.
 *
 * @typedef {object} Deeds
 * @property {() => boolean} following whether the list keeps to the newest line
 * @property {() => void} leave
 * @property {(move: Move) => void} moved
 * @property {(event: PointerEvent, where: 'bar' | 'text') => void} pressed
 * @property {(where: 'bar' | 'text' | '') => void} released
 * @property {() => void} draw
 * @property {(share: number) => void} jump to a share of all history
 */

export class ScrollBar {
  /** Px that the list is scrolled to the right. */
  left = 0;
  /** Size of the view, px: asking for it in the middle of drawing would have all laid out. */
  height = 0;
  #width = 0;

  #scroller;
  #spacer;
  #deeds;
  #top = 0;
  /** Height of the spacer. */
  #tall = 0;
  /** When the reader last moved the bar, ms. */
  #moved = 0;
  /** When the reader last turned the wheel or moved a finger over the lines, ms. */
  #turned = -Infinity;
  /** Where a button or finger is down. @type {'bar' | 'text' | ''} */
  pressed = '';
  /** When the list began to follow, ms. */
  #settled = -Infinity;
  /** When the bar was let go, ms. */
  #letGo = -Infinity;
  /** When a jump was last asked for, ms; and the timer of the next. */
  #jumped = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} spacer as tall as all there is to scroll over
   * @param {Deeds} deeds
   */
  constructor(scroller, spacer, deeds) {
    this.#scroller = scroller;
    this.#spacer = spacer;
    this.#deeds = deeds;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    scroller.addEventListener('wheel', (event) => this.#wheeled(event), { passive: true });
    scroller.addEventListener('touchmove', () => { this.#turned = performance.now(); }, { passive: true });
    scroller.addEventListener('pointerdown', (event) => {
      this.pressed = event.target === scroller && event.offsetX >= scroller.clientWidth ? 'bar' : 'text';
      deeds.pressed(event, this.pressed);
    });
    for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => this.#released());
    // Browsers do not always say that the button was let go: what the reader does next does.
    for (const next of ['pointermove', 'wheel', 'keydown']) {
      addEventListener(next, (event) => {
        const up = event instanceof MouseEvent && event.buttons === 0;
        if (this.pressed === 'bar' ? up || !(event instanceof MouseEvent) : this.pressed === 'text' && up && event.type === 'pointermove') this.#released();
      }, { capture: true, passive: true });
    }
  }

  #released() {
    const where = this.pressed;
    this.pressed = '';
    if (where === 'bar') this.#letGo = performance.now();
    this.#deeds.released(where);
  }

  /** resized goes with another size of the list. */
  resized() {
    this.height = this.#scroller.clientHeight;
    this.#width = this.#scroller.clientWidth;
    this.#top = this.#scroller.scrollTop;
  }

  /** yields lets the bar be corrected at once: the list moves by itself. */
  yields() {
    this.#moved = 0;
  }

  /** settle has what is left of the wheel's swing not take the reader away from the end again. */
  settle() {
    this.#settled = performance.now();
  }

  /**
   * span makes what is scrolled over as large as all rows are, and returns how wide
   * that is, for CSS.
   *
   * @param {number} tall px
   * @param {number} wide px
   */
  span(tall, wide) {
    const width = wide > this.#width ? `${Math.ceil(wide)}px` : '100%';
    setProperty(this.#spacer, 'height', `${tall}px`);
    // What gets shorter may move the bar: that is not the reader's doing.
    if (tall < this.#tall) this.#top = this.#scroller.scrollTop;
    this.#tall = tall;
    setProperty(this.#spacer, 'width', width);
    return width;
  }

  /**
   * stand puts the bar where it belongs, unless the reader has it in hand.
   *
   * @param {() => number} place px
   * @param {boolean} more whether there is more above where the bar is at its top
   */
  stand(place, more) {
    const moving = !this.#deeds.following() && performance.now() - this.#moved < rest;
    const stuck = moving && this.#top <= 0 && more;
    if (this.pressed === 'bar' || (moving && !stuck)) {
      if (this.#moved > 0) setTimeout(this.#deeds.draw, rest);
      return;
    }
    this.#moved = 0;
    const top = place();
    if (Math.abs(top - this.#top) < 1) return;
    this.#scroller.scrollTop = top;
    this.#top = this.#scroller.scrollTop;
  }

  /**
   * jump goes to a share of all history, the last that was asked for within a
   * short while.
   *
   * @param {number} share
   */
  jump(share) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#jumped = performance.now();
      this.#deeds.jump(share);
    }, Math.max(0, beat - (performance.now() - this.#jumped)));
  }

  #scrolled() {
    const { scrollTop, scrollLeft, scrollHeight, clientHeight } = this.#scroller;
    if (scrollLeft !== this.left) {
      this.left = scrollLeft;
      this.#deeds.draw();
    }
    const by = scrollTop - this.#top;
    if (Math.abs(by) < 0.5) return;
    this.#top = scrollTop;
    // While following, the browser itself moves the bar when the view gets higher.
    if (this.#deeds.following() && (by > 0 || scrollTop >= scrollHeight - clientHeight - 1)) return;
    const now = performance.now();
    if (this.#deeds.following() && this.pressed === '' && this.#turned < this.#settled && now - this.#settled < swing) {
      this.#scroller.scrollTop = scrollHeight;
      this.#top = this.#scroller.scrollTop;
      return;
    }
    this.#moved = now;
    const turned = this.#moved - this.#turned < momentum;
    const dragged = this.pressed === 'bar' || (!turned && this.#moved - this.#letGo < late);
    this.#deeds.moved({ by, top: scrollTop, jump: dragged || (!turned && Math.abs(by) > 3 * this.height) });
  }

  /** @param {WheelEvent} event */
  #wheeled(event) {
    this.#turned = performance.now();
    if (event.deltaY < 0 && !event.ctrlKey && this.#scroller.scrollTop > 0) this.#deeds.leave();
  }
}

/**
 * setProperty sets a style where it differs.
 *
 * @param {HTMLElement} element
 * @param {'height' | 'width'} name
 * @param {string} value
 */
export function setProperty(element, name, value) {
  if (element.style[name] !== value) element.style[name] = value;
}
