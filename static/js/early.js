// @ts-check
/**
 * What runs before all else: it starts the keeper of the first pane and has it
 * ask for the lines that the address names, so that they come while the page is
 * loaded and laid out. It is no module, because modules wait for both. Where the
 * page wants other lines in the end it says so, and nothing is lost but time.
 */

(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const address = new URL('./keeper/keeper.js', script.src);
  const parameters = new URLSearchParams(location.search);
  const streams = parameters.getAll('stream');
  // Nothing is asked for before the server knows who asks.
  if (streams.length > 0 && !parameters.has('panes') && !location.hash.includes('token=')) {
    const here = (/** @type {string} */ route) => new URL(route, document.baseURI);
    const socket = here('ws');
    socket.protocol = socket.protocol.replace('http', 'ws');
    // Rows are made early where nothing else in the address says which, or what is to be in them.
    const plain = [...parameters.keys()].every((name) => ['stream', 'time', 'wrap', 'reveal'].includes(name));
    // The inner height would have the page laid out to be told.
    const rows = plain ? Math.ceil(outerHeight / 18) : 0;
    // Messages wait for the page; the fragment is there at once.
    address.hash = encodeURIComponent(JSON.stringify({ url: socket.href, api: here('api/').href, streams, backlog: 5000, rows }));
  }
  const keeper = new Worker(address, { type: 'module', name: 'keeper' });
  /** @type {unknown[]} */
  const heard = [];
  keeper.onmessage = ({ data }) => void heard.push(data);
  Object.assign(globalThis, { early: { keeper, streams, heard } });
})();
