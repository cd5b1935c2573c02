// @ts-check
/**
 * When a line was written: the stamp in it, and the moment that it names. A
 * stamp without a year is of the year that brings it nearest before the moment
 * of reading; one without a zone is in the zone of the server's logs.
 */

import * as zones from './zone.js';

/** @typedef {import('./zone.js').Offset} Offset */

/**
 * Stamp is a place in a text and the moment that it names.
 *
 * @typedef {object} Stamp
 * @property {number} start
 * @property {number} end 0 where there is no stamp
 * @property {number} time Unix ms, or NaN
 */

/** How far into a line a stamp is looked for, in characters. */
const reach = 200;
const day = 86_400_000;
const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';

// Each form stands at the beginning, after an opening bracket at most.
const iso = /^[[(<"]?((\d{4})[-/.](\d\d)[-/.](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d\d:?\d\d))?)?)(?=[\s\]),;|">]|$|: )/;
const syslog = /^((Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?)(?=\s|$)/;
const apache = /^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? (\d{4})\]/;
const clock = /^[[(]?((\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?)(?=[\s\])]|$)/;
const klog = /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6})/;
const six = /^(\d\d)(\d\d)(\d\d) (\d\d)(\d\d)(\d\d)(?=\s|$)/;
// And these anywhere near the beginning.
const access = /\[(\d\d)\/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})\]/;
const dotted = /\b(\d{4})-(\d\d)-(\d\d)-(\d\d)\.(\d\d)\.(\d\d)\.(\d{1,9})\b/;
const named = /(?:^|[\s{,])"?(?:time|timestamp|@timestamp|ts|t|date|datetime|asctime)"?\s?[=:]\s?"?(?:(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)|(\d{10}(?:\.\d{1,9})?|\d{13})(?=[\s",}]|$))/;

/** @type {Stamp} */
const nothing = Object.freeze({ start: 0, end: 0, time: NaN });

/**
 * Zone says how stamps are read that do not say enough.
 *
 * @typedef {object} Zone
 * @property {Offset} offset of stamps without a zone
 * @property {number} now when the line was read, Unix ms
 */

/**
 * stampOf returns the stamp of a line.
 *
 * @param {string} line the visible text
 * @param {Zone} zone
 * @returns {Stamp}
 */
export function stampOf(line, zone) {
  const text = line.length > reach ? line.slice(0, reach) : line;
  return atBeginning(text, zone) ?? within(text, zone) ?? nothing;
}

/**
 * @param {string} text
 * @param {Zone} zone
 * @returns {Stamp | null}
 */
function atBeginning(text, zone) {
  let m = iso.exec(text);
  if (m) {
    const start = m[0].length - (m[1] ?? '').length;
    const fields = [m[2], Number(m[3]) - 1, m[4], m[5], m[6], m[7], millis(m[8])];
    return { start, end: m[0].length, time: moment(fields, m[9], zone) };
  }
  if ((m = syslog.exec(text))) {
    return { start: 0, end: m[0].length, time: yearless([month(m[2]), m[3], m[4], m[5], m[6], millis(m[7])], zone) };
  }
  if ((m = apache.exec(text))) {
    return { start: 0, end: m[0].length, time: moment([m[7], month(m[1]), m[2], m[3], m[4], m[5], millis(m[6])], '', zone) };
  }
  if ((m = clock.exec(text))) {
    const start = m[0].length - (m[1] ?? '').length;
    return { start, end: m[0].length, time: dayless([m[2], m[3], m[4], millis(m[5])], zone) };
  }
  if ((m = klog.exec(text))) {
    return { start: 1, end: m[0].length, time: yearless([Number(m[1]) - 1, m[2], m[3], m[4], m[5], millis(m[6])], zone) };
  }
  if ((m = six.exec(text))) {
    const fields = ['20' + m[1], Number(m[2]) - 1, m[3], m[4], m[5], m[6], 0];
    return Number(m[2]) >= 1 && Number(m[2]) <= 12 && Number(m[4]) < 24 ? { start: 0, end: m[0].length, time: moment(fields, '', zone) } : null;
  }
  return null;
}

/**
 * @param {string} text
 * @param {Zone} zone
 * @returns {Stamp | null}
 */
function within(text, zone) {
  let m = access.exec(text);
  if (m) {
    return { start: m.index + 1, end: m.index + m[0].length - 1, time: moment([m[3], month(m[2]), m[1], m[4], m[5], m[6], 0], m[7], zone) };
  }
  if ((m = dotted.exec(text))) {
    const time = moment([m[1], Number(m[2]) - 1, m[3], m[4], m[5], m[6], millis(m[7])], '', zone);
    return { start: m.index, end: m.index + m[0].length, time };
  }
  if ((m = named.exec(text))) {
    const word = m[1] ?? m[2] ?? '';
    const end = m.index + m[0].length;
    const start = end - word.length;
    if (m[2]) return { start, end, time: word.length === 13 ? Number(word) : Number(word) * 1000 };
    const inner = iso.exec(word);
    return inner && { start, end, time: atBeginning(word, zone)?.time ?? NaN };
  }
  return null;
}

/** @param {string | undefined} name */
function month(name) {
  return months.indexOf(name ?? '') / 3;
}

/** @param {string | undefined} fraction digits behind the point */
function millis(fraction) {
  return fraction ? Math.floor(Number(`0.${fraction}`) * 1000 + 1e-6) : 0;
}

/**
 * @param {(string | number | undefined)[]} fields year, month from 0, day, hour, minute, second, ms
 * @param {string | undefined} name of the zone, as +0100
 * @param {Zone} zone
 */
function moment(fields, name, zone) {
  const [y = 0, mo = 0, d = 1, h = 0, mi = 0, s = 0, ms = 0] = fields.map((f) => Number(f ?? 0));
  if (mo < 0 || mo > 11 || d < 1 || d > 31 || h > 24 || mi > 59 || s > 60) return NaN;
  if (name === 'Z') return Date.UTC(y, mo, d, h, mi, s, ms);
  if (name) {
    const digits = name.replace(':', '');
    const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
    return Date.UTC(y, mo, d, h, mi, s, ms) - (digits.startsWith('-') ? -minutes : minutes) * 60_000;
  }
  if (zone.offset !== null) return zones.moment(zone.offset, Date.UTC(y, mo, d, h, mi, s, ms));
  return new Date(y, mo, d, h, mi, s, ms).getTime();
}

/**
 * @param {(string | number | undefined)[]} fields from the month on
 * @param {Zone} zone
 */
function yearless(fields, zone) {
  const year = new Date(zone.now).getFullYear();
  const time = moment([year, ...fields], '', zone);
  return time > zone.now + day ? moment([year - 1, ...fields], '', zone) : time;
}

/**
 * @param {(string | number | undefined)[]} fields from the hour on
 * @param {Zone} zone
 */
function dayless(fields, zone) {
  const now = new Date(zone.now + (zone.offset === null ? 0 : zones.minutes(zone.offset, zone.now)) * 60_000);
  const date = zone.offset === null ? [now.getFullYear(), now.getMonth(), now.getDate()] : [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const time = moment([...date, ...fields], '', zone);
  return time > zone.now + 60_000 ? time - day : time;
}
