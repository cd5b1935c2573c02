// @ts-check
/** Moments as the page writes them: local, in UTC, or as what passed since another. */

import * as zones from './zone.js';

/** @typedef {import('./zone.js').Offset} Offset */
/** @typedef {'written' | 'local' | 'utc' | 'elapsed'} Clock */

/** @type {Clock[]} */
export const clocks = ['written', 'local', 'utc', 'elapsed'];

/** @param {number} n @param {number} [width] */
function pad(n, width = 2) {
  return String(n).padStart(width, '0');
}

/**
 * full returns a moment with its date.
 *
 * @param {number} time Unix ms
 * @param {'local' | 'utc'} zone
 */
export function full(time, zone) {
  const d = new Date(time);
  return zone === 'utc'
    ? `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())} ${time24(time, zone)}Z`
    : `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${time24(time, zone)}`;
}

/**
 * time24 returns the time of day.
 *
 * @param {number} time Unix ms
 * @param {'local' | 'utc'} zone
 */
export function time24(time, zone) {
  const d = new Date(time);
  return zone === 'utc'
    ? `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}.${pad(d.getUTCMilliseconds(), 3)}`
    : `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}.${pad(d.getMilliseconds(), 3)}`;
}

/**
 * brief returns a moment for the axis of a strip: as much of it as tells the
 * moments of a span apart.
 *
 * @param {number} time Unix ms
 * @param {number} span of all of them, ms
 * @param {'local' | 'utc'} zone
 */
export function brief(time, span, zone) {
  const all = full(time, zone);
  if (span < 120_000) return all.slice(11, 19);
  if (span < 2 * 86_400_000) return all.slice(11, 16);
  return span < 180 * 86_400_000 ? all.slice(5, 16) : all.slice(0, 10);
}

/**
 * elapsed returns a span of time in a fixed width of nine characters.
 *
 * @param {number} ms NaN where it is not known
 */
export function elapsed(ms) {
  if (Number.isNaN(ms)) return '·'.padStart(9);
  const sign = ms < 0 ? '−' : '+';
  const s = Math.abs(ms) / 1000;
  const text = s < 60 ? `${s.toFixed(3)}s`
    : s < 3600 ? `${Math.floor(s / 60)}m${pad(Math.floor(s % 60))}s`
      : s < 86_400 ? `${Math.floor(s / 3600)}h${pad(Math.floor((s % 3600) / 60))}m`
        : `${Math.floor(s / 86_400)}d${pad(Math.floor((s % 86_400) / 3600))}h`;
  return (sign + text).padStart(9);
}

/**
 * shown returns what stands in place of a line's stamp; '' for the stamp as written.
 *
 * @param {Clock} clock
 * @param {number} time Unix ms, or NaN
 * @param {number} since what elapsed time is counted from, or NaN
 */
export function shown(clock, time, since) {
  if (clock === 'written' || Number.isNaN(time)) return '';
  return clock === 'elapsed' ? elapsed(time - since) : full(time, clock);
}

const units = /** @type {Record<string, number>} */ ({ s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 });

/**
 * at returns a moment as parse reads it, to the second where it is not of a whole minute.
 *
 * @param {number} time Unix ms
 * @param {Offset} zone
 */
export function at(time, zone) {
  const text = zone === null ? full(time, 'local') : full(time + zones.minutes(zone, time) * 60_000, 'utc').slice(0, -1);
  return text.replace(/(?::00)?\.000$/, '');
}

/**
 * parse reads a moment that a person typed: 14:30, 14:30:05, 2026-11-21 14:30, -2h, or a
 * full stamp. NaN where it is none.
 *
 * @param {string} text
 * @param {number} now Unix ms
 * @param {Offset} zone
 * @returns {number} Unix ms
 */
export function parse(text, now, zone) {
  const asked = text.trim();
  const ago = /^-?\s*(\d+(?:\.\d+)?)\s*(s|min|m|h|d)(?:\s+ago)?$/i.exec(asked);
  if (ago) return now - Number(ago[1]) * (units[(ago[2] ?? '').toLowerCase()] ?? NaN);
  const time = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(asked);
  if (time) {
    const today = zone === null ? full(now, 'local') : full(now + zones.minutes(zone, now) * 60_000, 'utc');
    const then = parse(`${today.slice(0, 10)} ${(time[1] ?? '').padStart(2, '0')}:${time[2]}:${time[3] ?? '00'}`, now, zone);
    return then > now ? then - 86_400_000 : then;
  }
  if (!/^\d{4}-\d\d-\d\d/.test(asked)) return NaN;
  const iso = asked.replace(' ', 'T');
  const dated = iso.length === 10 ? `${iso}T00:00` : iso;
  if (zone === null || /T.*(?:Z|[+-]\d\d:?\d\d)$/.test(dated)) return Date.parse(dated);
  return zones.moment(zone, Date.parse(`${dated}Z`));
}
