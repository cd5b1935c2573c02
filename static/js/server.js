// @ts-check
/** What the page asks the server over HTTP. All addresses are relative to the page's. */

import { isKnown } from './text/zone.js';
import { trouble } from './words/trouble.js';

/**
 * Info is what the server says of one stream.
 *
 * @typedef {object} Info
 * @property {string} name
 * @property {string} source as the operator wrote it
 * @property {string} path the file, or ''
 * @property {'live' | 'waiting' | 'ended' | 'failed'} condition
 * @property {string} reason
 * @property {number} size of the file as far as it was read, bytes
 * @property {number} lines since the server started
 * @property {number} lines_per_s
 * @property {number | null} last_ms when the last line came, Unix ms
 */

/** @typedef {import('./text/zone.js').Offset} Offset */

/**
 * Listing is the server's answer: its streams, that it wants a token, or that
 * it does not answer.
 *
 * @typedef {{is: 'streams', streams: Info[], version: string, started: number, offset: Offset} | {is: 'locked'} | {is: 'silent', reason: string}} Listing
 */

/** Longest that an answer may take, in ms. */
const patience = 10_000;

/**
 * address returns the full address of a route.
 *
 * @param {string} route
 */
export function address(route) {
  return new URL(route, document.baseURI);
}

/** socketAddress returns the address of the server's WebSocket. */
export function socketAddress() {
  const url = address('ws');
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/**
 * list asks for the streams. It never rejects.
 *
 * @returns {Promise<Listing>}
 */
export async function list() {
  try {
    const response = await fetch(address('api/streams'), { signal: AbortSignal.timeout(patience), cache: 'no-store' });
    if (response.status === 401) return { is: 'locked' };
    if (!response.ok) return { is: 'silent', reason: trouble.answers(response.status) };
    const { streams, version, started_ms: started, zone, zone_offset: minutes } = await response.json();
    const offset = isKnown(String(zone ?? '')) ? String(zone) : typeof minutes === 'number' ? minutes : null;
    return { is: 'streams', streams: Array.isArray(streams) ? streams : [], version: String(version ?? ''), started: Number(started) || 0, offset };
  } catch {
    return { is: 'silent', reason: '' };
  }
}

/**
 * newest returns the stream with the newest line, if there is any stream.
 *
 * @param {Info[]} infos
 */
export function newest(infos) {
  return infos.reduce((/** @type {Info | undefined} */ best, info) => (!best || (info.last_ms ?? 0) > (best.last_ms ?? 0) ? info : best), undefined);
}

/**
 * signIn exchanges the token for a cookie.
 *
 * @param {string} token
 * @returns {Promise<'in' | 'refused' | 'unreachable'>}
 */
export async function signIn(token) {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(address('api/session'), { method: 'POST', headers, signal: AbortSignal.timeout(patience) });
    if (response.ok) return 'in';
    return response.status === 401 || response.status === 403 ? 'refused' : 'unreachable';
  } catch {
    return 'unreachable';
  }
}
