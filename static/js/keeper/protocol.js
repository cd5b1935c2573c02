// @ts-check
/**
 * What the page and its keeper say to each other. The keeper is a worker: it
 * holds the connection and all lines, and runs the filters, so that a burst of
 * lines costs the page nothing. The page gets one Frame at a time, with
 * the few rows that it can see, and says Drawn before it gets the next.
 *
 * Rows are named by their number among the rows shown (passed.js); numbers are
 * of one generation.
 */

/** @typedef {import('./connection.js').Phase} Phase */
/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./expression.js').Highlight} Highlight */
/** @typedef {import('./sieve.js').Query} Query */
/** @typedef {import('./store.js').Divider} Divider */
/** @typedef {import('../text/ansi.js').Run} Run */
/** @typedef {import('../text/token.js').Token} Token */

/**
 * Window is the part of the rows that the page wants.
 *
 * @typedef {object} Window
 * @property {boolean} follow the newest rows, as many as count
 * @property {number} count
 * @property {number} from first row wanted, where not following
 * @property {number} at the first row in view, where not following
 * @property {number} generation that from is of
 * @property {number} since lines that had come when the reader left the end, or -1
 */

/**
 * Line is a row that is a line.
 *
 * @typedef {object} Line
 * @property {number} seq stays the same while the line is held
 * @property {number} stream index in the streams that are watched
 * @property {string} cursor where it is in its stream, or ''
 * @property {string} text visible text, at most fold characters unless unfolded
 * @property {number} folded characters that are not in text
 * @property {boolean} unfolded whether the reader asked for all of it
 * @property {boolean} continues the piece of a line before goes on here
 * @property {{count: number, open: boolean} | null} trace where a trace begins: how many lines follow
 * @property {boolean} member a line of a trace
 * @property {Run[]} runs
 * @property {number[]} marks start, end and colour of each
 * @property {Token[]} tokens
 * @property {number} level
 * @property {{start: number, end: number}} named the word of the level
 * @property {{start: number, end: number, time: number}} stamp
 * @property {number} before time of the row before, or NaN
 * @property {import('../text/fields.js').Field[]} fields while columns are shown
 */

/**
 * Row is a line, or a divider.
 *
 * @typedef {Line | {seq: number, stream: number, divider: Divider}} Row
 */

/**
 * Bar is what the scroll bar spans: bytes of history before, within, and behind
 * the rows of this frame's generation.
 *
 * @typedef {object} Bar
 * @property {number} before
 * @property {number} within
 * @property {number} behind
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
 * @property {number | null} kept where the row is in a new generation that the reader is to see
 * @property {'top' | 'middle'} keptAt where in the view it is to be
 * @property {number} ever lines that came
 * @property {number} shown lines shown, folded ones too
 * @property {number} held lines held
 * @property {number} dropped lines let go to stay within the bound
 * @property {number} behind rows that the filters did not look at yet
 * @property {number[]} counts lines that hold each condition
 * @property {number} unseen lines shown that came since the reader left the end
 * @property {boolean} paused
 * @property {boolean} detached the rows are not those of the live end
 * @property {boolean} start nothing is before the oldest row
 * @property {'' | 'before' | 'after' | 'jump'} loading
 * @property {number} looked how much of history was looked through for lines that pass, 0 to 1; NaN where nothing is looked for
 * @property {string} loadTrouble why lines of history could not be loaded, or ''
 * @property {Bar} bar
 * @property {import('./extents.js').Place | null} file that the first line in view is in, or the newest while following; null where several streams are one
 * @property {number} gaps
 * @property {number} lost bytes in gaps of known size
 * @property {boolean} lostMore whether there are gaps of unknown size
 * @property {number} rate lines a second, lately
 * @property {number[]} slow conditions that take too long and are not applied
 * @property {number[]} slowMarks highlights that take too long and mark nothing
 * @property {Phase} phase
 * @property {string} reason
 * @property {number} next time of the next try, Unix ms
 * @property {boolean} full whether the server was asked to hold back, for a reader who paused
 * @property {[string, string][]} refusals stream and reason
 * @property {[string, string, string][]} conditions stream, condition and reason, as last told
 * @property {number} lag how long ago the server read the newest line when it came here, ms
 * @property {number} from number of the first of rows
 * @property {Row[]} rows
 * @property {{about: number, numbers: number[]} | null} ends of the reader's selection as last told, in the first frame of a generation
 * @property {Line | null} unfinished the line that is being written behind the newest row
 */

/**
 * End is one end of a selection: a place in a line, and how many characters of its
 * text lie before it. The number is that of its row, as far as rows have that
 * number; an infinite one is an end of all history.
 *
 * @typedef {{number: number, offset: number, stream: number, cursor: string}} End
 */

/**
 * Seek is what a reader looks for from a row on: a match, or a line that is at least
 * that serious.
 *
 * @typedef {{find: 'match', filter: Filter} | {find: 'level', level: number, most: number} | {find: 'cursors', cursors: string[]}} Seek
 */

/**
 * Answer is what the keeper says beside frames.
 *
 * - text: the text of a selection, line by line, without escape sequences; whole, or
 *   what is held of it where it is too much, or null and why
 * - where: the numbers that the ends of the selection have in a generation, infinite
 *   where they lie before or behind the rows held
 * - found: the row that was sought, -1 where there is none; or how far the
 *   search is; or that the reader was brought to it, where it was not held
 * - survey: where in all of history the matches of the search are
 * - map: what the map beside the scroll bar shows
 * - activity: how many lines there were when, in all of history
 * - line: all of one line
 * - alert: lines that hold the reader's pattern came; none where it takes too long
 *   and is not looked for any more
 *
 * @typedef {{is: 'text', ask: number, text: string | null, state: 'whole' | 'held' | 'more' | 'gone' | 'failed', count: number}
 *   | {is: 'where', about: number, numbers: number[], generation: number}
 *   | {is: 'found', ask: number, number: number, seq: number, generation: number, state: 'found' | 'went' | 'none' | 'looking' | 'slow' | 'failed', share: number}
 *   | {is: 'survey', marks: number[], count: number, share: number, state: 'none' | 'looking' | 'done' | 'limit' | 'unable' | 'failed'}
 *   | {is: 'map', generation: number, first: number, end: number, marks: [number, number][]}
 *   | Activity
 *   | {is: 'line', ask: number, row: Line | null, number: number, raw: string, fields: import('../text/fields.js').Field[], rest: string}
 *   | {is: 'alert', count: number, stream: string, text: string} | {is: 'gone'}} Answer
 */

/**
 * Activity is how many lines there were in each of some equal stretches of time, or
 * of bytes where lines carry no times. There are no bars where nothing is known, or not
 * yet.
 *
 * @typedef {object} Activity
 * @property {'activity'} is
 * @property {'time' | 'bytes'} by
 * @property {boolean} estimated whether a part was counted, and stands for the rest
 * @property {number} left streams that are left out, as their lines carry no times
 * @property {'none' | 'on' | 'unknown'} filter whether lines are counted that the filters leave, or all as the server does not know a filter
 * @property {number} since where the first begins: Unix ms, or bytes
 * @property {number} width of each
 * @property {import('./axis.js').Bar[]} bars
 */

/**
 * Look is how lines are read: what is found out about those that are drawn.
 *
 * @typedef {object} Look
 * @property {Highlight[]} highlights
 * @property {boolean} columns fields are wanted
 * @property {import('../text/zone.js').Offset} offset of stamps without a zone
 */

/**
 * Wish is what the page says. Open comes first, and before it nothing is told.
 *
 * @typedef {{do: 'open', url: string, api: string}
 *   | {do: 'watch', watch: number, streams: string[], backlog: number}
 *   | {do: 'window', window: Window}
 *   | {do: 'drawn'}
 *   | {do: 'query', query: Query, keep: number | null}
 *   | {do: 'look', look: Look}
 *   | {do: 'unfold', seq: number}
 *   | {do: 'trace', seq: number, keep: number | null}
 *   | {do: 'pause'} | {do: 'resume'} | {do: 'follow'}
 *   | {do: 'jump', share: number} | {do: 'align', time: number} | {do: 'since', time: number} | {do: 'goto', stream: string, cursor: string, where: 'top' | 'middle'}
 *   | {do: 'seek', ask: number, seek: Seek, from: number, by: 1 | -1, generation: number}
 *   | {do: 'stop'}
 *   | {do: 'map', filter: Filter | null}
 *   | {do: 'line', ask: number, number: number, generation: number}
 *   | {do: 'all', ask: number} | {do: 'whole', ask: number, number: number, generation: number}
 *   | {do: 'alert', filter: Filter | null}
 *   | {do: 'wake'} | {do: 'restarted'} | {do: 'renew', reason: string}
 *   | {do: 'text', ask: number, start: End, end: End, generation: number, what: 'held' | 'all'}
 *   | {do: 'select', about: number, ends: [End, End] | null} | {do: 'where', about: number}} Wish
 */

/**
 * Early is what the first keeper may be told in the fragment of its address: what
 * the page will probably wish first.
 *
 * @typedef {{url: string, api: string, streams: string[], backlog: number, rows: number}} Early
 */

/** Characters of a line that are drawn unless the reader asks for more. */
export const fold = 4096;
/** Characters of a line that are drawn at the most. */
export const foldMost = 1 << 20;
/** What is copied at most of lines that are not held: bytes of text. */
export const copyMost = 32 << 20;
/** What a tab holds of the live end: rows, and bytes of memory. */
export const bound = { rows: 120_000, bytes: 48 << 20 };
/** What it holds beside that, where the reader is elsewhere in history. */
export const pastBound = { rows: 20_000, bytes: 16 << 20 };
