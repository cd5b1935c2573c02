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
  const figures = { opened, jump, begin, end };
  let first = 0;
  Object.assign(globalThis, { figures });

  const { port1, port2 } = new MessageChannel();
  /** @type {((at: number) => void)[]} */
  let waiting = [];
  port1.onmessage = () => {
    const now = performance.now();
    const all = waiting;
    waiting = [];
    for (const then of all) then(now);
  };

  /** painted calls back when the frame under way has been painted. @param {(at: number) => void} then */
  function painted(then) {
    requestAnimationFrame(() => {
      if (waiting.push(then) === 1) port2.postMessage(0);
    });
  }

  /** The lines in view, from above. */
  function rows() {
    return [...document.querySelectorAll('#sheet .row:not(.pinned) .text')].map((e) => e.textContent ?? '');
  }

  /** The text of the last line: all that is looked at in each frame. */
  function newest() {
    let row = document.getElementById('sheet')?.lastElementChild;
    while (row?.classList.contains('pinned')) row = row.previousElementSibling;
    return row?.querySelector('.text')?.textContent ?? '';
  }

  /** @param {number} at */
  function watch(at) {
    const last = newest();
    if (last && !first) first = at;
    if (last && !seen.has(last) && seen.size < 50) seen.set(last, at);
    if (began > 0) {
      const written = Number(/ at=(\d+)$/.exec(last)?.[1]);
      if (written > 0 && document.getElementById('newest')?.hidden) lags.push(performance.timeOrigin + at - written);
    }
    painted(watch);
  }
  painted(watch);

  /** Counts the frames that the browser asks the page to draw. */
  function count() {
    if (began === 0) return;
    const second = floor((performance.now() - began) / 1000);
    frames[second] = (frames[second] ?? 0) + 1;
    requestAnimationFrame(count);
  }

  /**
   * opened returns when the first lines were painted, from navigation, and when a last
   * line with a text was, from the load; ms.
   *
   * @param {string} text
   */
  function opened(text) {
    return new Promise((done) => {
      const look = () => {
        const { loadEventEnd } = /** @type {PerformanceNavigationTiming} */ (performance.getEntriesByType('navigation')[0]);
        const [, end] = [...seen].find(([line]) => line.includes(text)) ?? [];
        if (end === undefined || loadEventEnd === 0) painted(look);
        else done({ First: first, End: end - loadEventEnd });
      };
      look();
    });
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
    requestAnimationFrame(count);
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
