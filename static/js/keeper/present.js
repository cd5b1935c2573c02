// @ts-check
/** Where a line is now of which an older cursor is known: files get other names for the server when it begins anew. */

import { positionOf, same } from './cursor.js';

/**
 * present returns the cursor that a line has now, or null where the line is gone.
 *
 * @param {string} cursor
 * @param {import('./past.js').Page} page what the server has after that cursor
 */
export function present(cursor, page) {
  const now = page.lines[0]?.cursor ?? '';
  if (same(now, cursor)) return now;
  // Where the line is gone the server says that something is missing, and begins with what is there.
  const missing = page.gaps?.some(({ at }) => at === 0);
  return now && !missing && positionOf(now)?.offset === positionOf(cursor)?.offset ? now : null;
}
