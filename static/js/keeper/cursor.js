// @ts-check
/**
 * What a cursor says. To other clients cursors are opaque; the page comes from
 * the server that makes them (stream/wire/cursor.go) and may read them, so that
 * it knows where in the whole history a line is, and which two cursors are of one
 * line.
 */

/**
 * Position is where a line begins.
 *
 * @typedef {object} Position
 * @property {string} generation
 * @property {number} offset in bytes
 */

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Characters of the check, and of a generation. */
const check = 6;
const genLength = 11;

/**
 * positionOf returns the newest position that a cursor holds, or null where it
 * holds none.
 *
 * @param {string} cursor
 * @returns {Position | null}
 */
export function positionOf(cursor) {
  const parts = cursor.slice(check).split('.');
  // The last part is a number that is added to the last offset.
  const more = parts.length > 1 && /^\d+$/.test(parts.at(-1) ?? '') && (parts.at(-1)?.length ?? 0) <= genLength ? Number(parts.pop()) : 0;
  const last = parts.at(-1) ?? '';
  if (last.length <= genLength) return null;
  let offset = 0;
  for (const digit of last.slice(genLength)) {
    const value = digits.indexOf(digit);
    if (value < 0) return null;
    offset = offset * 64 + value;
  }
  return { generation: last.slice(0, genLength), offset: offset + more };
}

/**
 * divide returns a cursor as messages of lines have it: what all lines of a run
 * have in common, and the number behind it.
 *
 * @param {string} cursor
 */
export function divide(cursor) {
  const found = /^(.*)\.(\d{1,10})$/.exec(cursor);
  return found ? { base: found[1] ?? '', off: Number(found[2]) } : { base: cursor, off: 0 };
}

/**
 * same reports whether two cursors are of one line.
 *
 * @param {string} a
 * @param {string} b
 */
export function same(a, b) {
  if (a === b) return a !== '';
  const [left, right] = [positionOf(a), positionOf(b)];
  return left !== null && right !== null && left.generation === right.generation && left.offset === right.offset;
}
