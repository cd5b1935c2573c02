// @ts-check
/**
 * How long to wait before the next try: twice as long each time up to a bound,
 * and by chance somewhere in the upper half, so that a thousand tabs do not
 * come back in the same moment.
 */

/** The first wait and the longest, in ms. */
export const shortest = 500;
export const longest = 15_000;

/**
 * wait returns how long to wait before a try, in ms.
 *
 * @param {number} failures in a row, 1 or more
 * @param {() => number} random from 0 to 1
 */
export function wait(failures, random) {
  const bound = Math.min(longest, shortest * 2 ** Math.min(failures - 1, 20));
  return Math.round(bound / 2 + (bound / 2) * random());
}
