// @ts-check
/** What the server counts of streams, and the axis that it makes together. */

import { Axis, bars } from './axis.js';
import { levels } from '../text/level.js';

/**
 * Histogram is an answer of the server; null stands for a stream of which it keeps
 * nothing.
 *
 * @typedef {object} Histogram
 * @property {'time' | 'bytes'} by
 * @property {string} [since]
 * @property {number} seconds
 * @property {number} lines
 * @property {{lines: number, levels: Record<string, number>}[]} buckets
 * @property {boolean} estimated
 * @property {string} [to] cursor behind what was counted
 */

/**
 * Whole is what is known of several streams together.
 *
 * @typedef {object} Whole
 * @property {Axis} axis of Unix ms, or of bytes
 * @property {'time' | 'bytes'} by
 * @property {boolean} estimated
 * @property {boolean} empty whether no line was there
 * @property {number} left streams that are left out, as their lines carry no times
 * @property {string[]} cursors behind what was counted of each stream; '' for nothing
 */

/**
 * asked returns how the server is asked for the lines of a query, in all times.
 *
 * @param {import('./sieve.js').Query} query
 * @returns {[string, string][]}
 */
export function asked({ conditions, level }) {
  /** @type {[string, string][]} */
  const words = conditions.filter(({ on }) => on).map(({ kind, text, regex, cased }) => (
    [kind === 'in' ? 'grep' : 'not', (cased ? '' : '(?i)') + (regex ? text : text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))]));
  return level > 0 ? [...words, ['level', levels[level] ?? '']] : words;
}

/**
 * joined puts what the server counted of each stream on one axis.
 *
 * @param {(Histogram | null)[]} answers
 * @param {number} total bytes of all streams
 * @returns {Whole}
 */
export function joined(answers, total) {
  const known = answers.filter((answer) => answer !== null);
  const timed = known.filter(({ by, since }) => by === 'time' && since);
  const by = timed.length > 0 || known.every(({ lines }) => lines === 0) ? 'time' : 'bytes';
  const rest = {
    by: /** @type {'time' | 'bytes'} */ (by), cursors: answers.map((answer) => answer?.to ?? ''),
    estimated: known.some(({ estimated }) => estimated), empty: timed.length === 0 && by === 'time',
    left: by === 'bytes' ? 0 : known.filter((answer) => !timed.includes(answer) && answer.lines > 0).length,
  };
  const of = by === 'bytes' ? known.filter(({ lines }) => lines > 0).map((answer) => axisOf(answer, 0, total / answer.buckets.length))
    : timed.map((answer) => axisOf(answer, Date.parse(answer.since ?? ''), answer.seconds * 1000));
  const [first, ...others] = of;
  if (!first) return { ...rest, axis: new Axis(NaN, 1000, []) };
  if (others.length === 0) return { ...rest, axis: first };
  const since = Math.min(...of.map((axis) => axis.since));
  const axis = new Axis(since, Math.max(1, (Math.max(...of.map(({ until }) => until)) - since) / bars));
  for (const one of of) axis.pour(one);
  return { ...rest, axis };
}

/**
 * @param {Histogram} histogram
 * @param {number} since
 * @param {number} width
 */
function axisOf({ buckets }, since, width) {
  return new Axis(since, Math.max(width, 1e-3), buckets.map(({ lines, levels: of }) => (
    { lines, warn: of['warn'] ?? 0, error: (of['error'] ?? 0) + (of['fatal'] ?? 0) })));
}
