// @ts-check
/**
 * The messages of tailbeam.v1, as the server sends them: a JSON header on the
 * first line and, for lines, the lines behind it.
 */

/**
 * @typedef {object} Lines a run of lines of one stream
 * @property {'lines'} kind
 * @property {number} id of the subscription
 * @property {string} stream
 * @property {string[]} lines
 * @property {string} base what the cursors of the lines begin with, or ''
 * @property {number[]} off what stands behind it and a point, for each line
 * @property {boolean} continues the first entry goes on with a line begun before
 * @property {boolean} unfinished the last entry goes on in the next message
 * @property {string} to the cursor behind them
 * @property {number} time when the server read them, Unix ms; 0 for backlog
 */
/**
 * @typedef {object} Beginning what there is of a line that is still being written
 * @property {'beginning'} kind
 * @property {number} id
 * @property {string} stream
 * @property {string} text
 * @property {boolean} more there is more of it than this
 * @property {string} to the cursor in front of it
 */
/**
 * @typedef {object} Gap something that can never be had is missing
 * @property {'gap'} kind
 * @property {number} id
 * @property {string} stream
 * @property {number | null} bytes null where the server cannot know
 * @property {string} reason
 * @property {string} to the cursor behind it
 */
/**
 * @typedef {object} Notice a stream's condition, or what happened to it
 * @property {'notice'} kind
 * @property {number} id
 * @property {string} stream
 * @property {string} event changed, rotated, truncated or removed
 * @property {string} condition live, waiting, ended or failed
 * @property {string} reason
 * @property {string} to the cursor there, or ''
 */
/**
 * @typedef {object} Advance nothing to show, but the position moved on
 * @property {'advance'} kind
 * @property {number} id
 * @property {string} stream empty where the message names none
 * @property {string} to
 */
/**
 * @typedef {object} Refusal a subscription was refused, or ended
 * @property {'refusal'} kind
 * @property {number} id -1 where it belongs to no subscription
 * @property {number} status as HTTP has it
 * @property {string} message
 */
/**
 * @typedef {object} Unknown a message of a later version: to be passed over
 * @property {'unknown'} kind
 */
/** @typedef {Lines | Beginning | Gap | Notice | Advance | Refusal | Unknown} Message */

/**
 * parse reads one message. It throws where the message contradicts itself; what
 * it merely does not know is Unknown.
 *
 * @param {string} data
 * @returns {Message}
 */
export function parse(data) {
  const cut = data.indexOf('\n');
  const header = JSON.parse(cut < 0 ? data : data.slice(0, cut));
  if (typeof header !== 'object' || header === null) return { kind: 'unknown' };
  const id = Number.isInteger(header.id) ? header.id : -1;
  const stream = typeof header.stream === 'string' ? header.stream : '';
  const to = typeof header.to === 'string' ? header.to : '';
  if (isObject(header.error)) {
    return { kind: 'refusal', id, status: Number(header.error.status) || 0, message: String(header.error.message ?? '') };
  }
  if (id < 0) return { kind: 'unknown' };
  if (isObject(header.gap)) {
    const bytes = typeof header.gap.bytes === 'number' ? header.gap.bytes : null;
    return { kind: 'gap', id, stream, bytes, reason: String(header.gap.reason ?? ''), to };
  }
  if (isObject(header.notice)) {
    const { event, condition, reason } = header.notice;
    return { kind: 'notice', id, stream, event: String(event), condition: String(condition), reason: String(reason ?? ''), to };
  }
  if (Number.isInteger(header.n) && cut >= 0) return lines(header, data.slice(cut + 1), { id, stream, to });
  return to ? { kind: 'advance', id, stream, to } : { kind: 'unknown' };
}

/**
 * @param {{n?: unknown, base?: unknown, off?: unknown, cont?: unknown, partial?: unknown, t?: unknown}} header
 * @param {string} body
 * @param {{id: number, stream: string, to: string}} address
 * @returns {Lines | Beginning}
 */
function lines(header, body, address) {
  const list = body.split('\n');
  if (list.length !== header.n) {
    throw new Error(`a message says ${header.n} lines and holds ${list.length}`);
  }
  if (header.partial) return { kind: 'beginning', ...address, text: list.at(-1) ?? '', more: header.cont === 'last' || header.cont === 'both' };
  return {
    kind: 'lines',
    ...address,
    lines: list,
    base: typeof header.base === 'string' ? header.base : '',
    off: Array.isArray(header.off) ? header.off : [],
    continues: header.cont === 'first' || header.cont === 'both',
    unfinished: header.cont === 'last' || header.cont === 'both',
    time: typeof header.t === 'number' ? header.t : 0,
  };
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}
