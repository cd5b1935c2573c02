// @ts-check
/** What make bench-page runs in the page, before its own scripts: it watches what is painted, and when. */

(() => {
  const { ceil, floor } = Math;
  /** @type {number[]} */
  let frames = [];
  /** @type {number[]} */
  let inputs = [];
  /** @type {number[]} */
  let lags = [];
  let began = 0;
  /** @type {Map<string, number>} */
  const seen = new Map();
  const figures = { first: 0, when, jump, begin, end };
  Object.assign(globalThis, { figures });

  /** painted calls back when the frame under way has been painted. @param {(at: number) => void} then */
  function painted(then) {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => then(performance.now());
      port2.postMessage(0);
    });
  }

  /** The lines in view, from above. */
  function rows() {
    return [...document.querySelectorAll('#sheet .row:not(.pinned) .text')].map((e) => e.textContent ?? '');
  }

  /** @param {number} at */
  function watch(at) {
    const lines = rows();
    const last = lines.at(-1) ?? '';
    if (lines.length > 0 && !figures.first) figures.first = at;
    if (last && !seen.has(last) && seen.size < 50) seen.set(last, at);
    if (began > 0) {
      const second = floor((at - began) / 1000);
      frames[second] = (frames[second] ?? 0) + 1;
      const written = Number(/ at=(\d+)$/.exec(last)?.[1]);
      if (written > 0 && document.getElementById('newest')?.hidden) lags.push(performance.timeOrigin + at - written);
    }
    painted(watch);
  }
  painted(watch);

  /** when returns when a last line with a text was first painted, ms, or 0. @param {string} text */
  function when(text) {
    for (const [line, at] of seen) if (line.includes(text)) return at;
    return 0;
  }

  /**
   * jump moves the bar to a share of the file and returns how long it takes until
   * the right lines are painted, ms; -1 where they are not.
   *
   * @param {number} share
   * @param {number} count lines of the file
   */
  function jump(share, count) {
    const scroller = /** @type {HTMLElement} */ (document.getElementById('lines'));
    const start = performance.now();
    scroller.scrollTop = share * (scroller.scrollHeight - scroller.clientHeight);
    return new Promise((done) => {
      const look = (/** @type {number} */ at) => {
        const lines = rows();
        const number = Number(/ line (\d+) /.exec(lines[0] ?? '')?.[1]);
        const high = ceil(scroller.clientHeight / 20);
        if (Math.abs(number - share * count) < count / 500 && lines.length >= high && lines.every((l) => l !== '')) done(at - start);
        else if (at - start > 10_000) done(-1);
        else painted(look);
      };
      painted(look);
    });
  }

  const measure = (/** @type {Event} */ event) => painted((at) => void inputs.push(at - event.timeStamp));

  function begin() {
    began = performance.now();
    addEventListener('keydown', measure, { capture: true });
    addEventListener('wheel', measure, { capture: true, passive: true });
  }

  function end() {
    const whole = frames.slice(1, -1).map((n) => n ?? 0);
    const result = { Frames: Array.from(whole, (n) => n ?? 0), Inputs: inputs, Lags: lags };
    began = 0;
    frames = [];
    return result;
  }
})();
