// @ts-check
/**
 * What the page and its keeper say to each other. The keeper is a worker: it
 * holds the connection and all lines, and runs the filter, so that a burst of
 * lines costs the page nothing. The page gets one Frame at a time, with
 * the few rows that it can see, and says Drawn before it gets the next.
 *
 * Rows are named by their number among the rows shown (passed.js); numbers are
 * of one generation.
 */

/** @typedef {import('./connection.js').Phase} Phase */
/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./store.js').Divider} Divider */
/** @typedef {import('../text/ansi.js').Run} Run */
/** @typedef {import('../text/level.js').Reading} Reading */

/**
 * Window is the part of the rows that the page wants.
 *
 * @typedef {object} Window
 * @property {boolean} follow the newest rows, as many as count
 * @property {number} count
 * @property {number} from first row wanted, where not following
 * @property {number} generation that from is of
 * @property {number} since the row of the store behind which lines are unseen, or -1
 */

/**
 * Line is a row that is a line.
 *
 * @typedef {object} Line
 * @property {number} seq stays the same in every generation
 * @property {number} stream index in the streams that are watched
 * @property {string} text visible text, at most fold characters unless unfolded
 * @property {number} folded characters that are not in text
 * @property {boolean} unfolded whether the reader asked for all of it
 * @property {boolean} continues the line before goes on here
 * @property {Run[]} runs
 * @property {number[]} marks
 * @property {Reading} reading
 */

/**
 * Row is a line, or a divider.
 *
 * @typedef {Line | {seq: number, stream: number, divider: Divider}} Row
 */

/**
 * Frame is the state of everything, for the page to draw.
 *
 * @typedef {object} Frame
 * @property {'frame'} is
 * @property {number} watch counts the wishes to watch: rows of another are another's
 * @property {number} generation
 * @property {number} first number of the oldest row shown
 * @property {number} end number behind the newest row shown
 * @property {number} kept where the row of keep is in a new generation, or -1
 * @property {number} newest the row of the store that comes next
 * @property {number} shown lines shown
 * @property {number} held lines held
 * @property {number} dropped lines let go to stay within the bound
 * @property {number} behind rows that the filter did not look at yet
 * @property {number} unseen lines shown behind the row since
 * @property {boolean} paused
 * @property {number} gaps
 * @property {number} lost bytes in gaps of known size
 * @property {boolean} lostMore whether there are gaps of unknown size
 * @property {number} rate lines a second, lately
 * @property {string} trouble why the filter is not applied
 * @property {Phase} phase
 * @property {string} reason
 * @property {number} next time of the next try, Unix ms
 * @property {boolean} full whether the server was asked to hold back, for a reader who paused
 * @property {boolean} more whether the server may hold lines before the oldest
 * @property {[string, string][]} refusals stream and reason
 * @property {[string, string, string][]} conditions stream, condition and reason, as last told
 * @property {number} from number of the first of rows
 * @property {Row[]} rows
 */

/**
 * End is one end of a selection: a row, and how many characters of its text lie
 * before the end.
 *
 * @typedef {{number: number, offset: number}} End
 */

/**
 * Text is the answer to a wish for the text of a selection: line by line, without escape sequences.
 *
 * @typedef {{is: 'text', ask: number, text: string}} Text
 */

/**
 * Wish is what the page says.
 *
 * @typedef {{do: 'open', url: string}
 *   | {do: 'watch', watch: number, streams: string[], backlog: number}
 *   | {do: 'window', window: Window}
 *   | {do: 'drawn'}
 *   | {do: 'filter', filter: Filter | null, keep: number}
 *   | {do: 'unfold', seq: number}
 *   | {do: 'pause'} | {do: 'resume'}
 *   | {do: 'wake'} | {do: 'renew', reason: string}
 *   | {do: 'text', ask: number, start: End, end: End, generation: number}} Wish
 */

/** Characters of a line that are drawn unless the reader asks for more. */
export const fold = 4096;
/** Characters of a line that are drawn at the most. */
export const foldMost = 1 << 20;
/** What a tab holds: rows, and bytes of memory. */
export const bound = { rows: 200_000, bytes: 64 << 20 };
