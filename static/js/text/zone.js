// @ts-check
/** The zones that stamps are in: how far from UTC a clock was on a certain day. */

/**
 * Offset says in which zone stamps are that name none: minutes east of UTC, the name
 * of a zone, whose summers differ from its winters, or null for this browser's.
 *
 * @typedef {number | string | null} Offset
 */

/** A zone does not change within half an hour of the clock. */
const step = 1_800_000;
/** What is remembered of them at most. */
const most = 20_000;

/** Zones by name, and what was found out of each: minutes by half hour. @type {Map<string, {format: Intl.DateTimeFormat, found: Map<number, number>}>} */
const zones = new Map();

/**
 * isKnown reports whether this browser knows a zone by its name.
 *
 * @param {string} name
 */
export function isKnown(name) {
  try {
    zoneOf(name);
    return name !== '';
  } catch {
    return false;
  }
}

/**
 * minutes returns how far east of UTC the clocks of a zone are at a moment.
 *
 * @param {number | string} offset
 * @param {number} time Unix ms
 */
export function minutes(offset, time) {
  if (typeof offset === 'number') return offset;
  const { format, found } = zoneOf(offset);
  const at = Math.floor(time / step);
  let value = found.get(at);
  if (value === undefined) {
    const part = Object.fromEntries(format.formatToParts(at * step).map(({ type, value }) => [type, Number(value)]));
    value = (Date.UTC(part['year'] ?? 0, (part['month'] ?? 1) - 1, part['day'], part['hour'], part['minute']) - at * step) / 60_000;
    if (found.size > most) found.clear();
    found.set(at, value);
  }
  return value;
}

/**
 * moment returns when the clocks of a zone show what they would show in UTC at a
 * wall time. Of an hour that comes twice it is the first.
 *
 * @param {number | string} offset
 * @param {number} wall Unix ms, were it UTC
 */
export function moment(offset, wall) {
  if (typeof offset === 'number' || Number.isNaN(wall)) return wall - Number(offset) * 60_000;
  const before = wall - minutes(offset, wall - 86_400_000) * 60_000;
  if (before + minutes(offset, before) * 60_000 === wall) return before;
  return wall - minutes(offset, before) * 60_000;
}

/** @param {string} name */
function zoneOf(name) {
  let zone = zones.get(name);
  if (!zone) {
    const format = new Intl.DateTimeFormat('en', {
      timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
    });
    zones.set(name, (zone = { format, found: new Map() }));
  }
  return zone;
}
