// @ts-check
/**
 * The lines under a button that is down. While the list follows, they stay exactly as
 * they are drawn until the reader lets go or moves them: a browser selects nothing where
 * what was pressed is moved or says something else by the time the pointer moves.
 */

/** @typedef {import('../keeper/protocol.js').Frame} Frame */
/** @typedef {import('./anchor.js').Anchor} Anchor */

export class Held {
  /** What was drawn last, while following; frames may have come since. @type {{frame: Frame, anchor: Anchor} | null} */
  drawn = null;
  /** Frames that came meanwhile: one, for the keeper waits until it is drawn. @type {Frame[] | null} */
  #waiting = null;

  get on() {
    return this.#waiting !== null;
  }

  /**
   * begin holds what is drawn, and reports whether that can be: other rows may have come
   * in its place.
   *
   * @param {Frame | null} frame the newest
   */
  begin(frame) {
    const { drawn } = this;
    if (drawn && drawn.frame.generation === frame?.generation && drawn.frame.watch === frame.watch) this.#waiting = [];
    return this.on;
  }

  /**
   * keeps has a frame wait, and reports whether it does.
   *
   * @param {Frame} frame
   */
  keeps(frame) {
    this.#waiting?.push(frame);
    return this.on;
  }

  /** end returns the frames that waited. */
  end() {
    const frames = this.#waiting ?? [];
    this.#waiting = null;
    return frames;
  }
}
