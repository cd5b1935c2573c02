// @ts-check
/** All that the page says to a person, in one place. */

/** @typedef {import('./keeper/store.js').Divider} Divider */
/** @typedef {import('./keeper/protocol.js').Frame} Frame */
/** @typedef {import('./server.js').Info} Info */

const counts = new Intl.NumberFormat('en');
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** @param {number} n */
export function count(n) {
  return counts.format(Math.round(n));
}

/**
 * @param {number} n
 * @param {string} one
 * @param {string} [many]
 */
export function countOf(n, one, many = one + 's') {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 100_000) return countOf(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let unit = -1;
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${bytes.toFixed(bytes < 10 ? 1 : 0)} ${units[unit]}`;
}

/** @param {number} perSecond */
export function rate(perSecond) {
  if (perSecond === 0) return '0/s';
  return perSecond < 1 ? '<1/s' : `${count(perSecond)}/s`;
}

/** @param {number} ms */
export function duration(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * divider says what happened between two lines.
 *
 * @param {Divider} divider
 * @param {string} stream its name, or '' where there is only one
 */
export function divider(divider, stream) {
  const subject = stream ? `${stream}: ` : '';
  return `${subject}${happened(divider)} · ${clock.format(divider.at)}`;
}

/** @param {Divider} divider */
function happened(divider) {
  const { reason = '', condition = '' } = divider;
  const because = reason ? ` · ${reason}` : '';
  switch (divider.kind) {
    case 'gap':
      return divider.bytes === null || divider.bytes === undefined
        ? `gap: lines are missing here, how many cannot be known${because}`
        : `gap: ${countOf(divider.bytes, 'byte')} missing here${because}`;
    case 'reconnected':
      return `reconnected after ${duration(divider.away ?? 0)}, reading on from the same place`;
    case 'restarted':
      return `the server could not go on from this place: lines may be missing here${because}`;
    case 'notice':
      switch (divider.event) {
        case 'rotated': return `rotated${because}`;
        case 'truncated': return `truncated, begins anew${because}`;
        case 'removed': return `no longer served${because}`;
        default: return `${condition === 'live' ? 'live again' : condition}${because}`;
      }
  }
}

/** @param {number} characters */
export function unfold(characters) {
  return `… ${countOf(characters, 'more character')}`;
}

/** @param {number} characters that are not shown even so */
export function foldAgain(characters) {
  return characters > 0 ? `${unfold(characters)} · fold` : 'fold';
}

/**
 * shortName returns the end of a name that tells it from the others.
 *
 * @param {string} name
 * @param {string[]} names
 */
export function shortName(name, names) {
  const parts = name.split('/');
  for (let n = 1; n < parts.length; n++) {
    const end = parts.slice(-n).join('/');
    if (names.filter((other) => other === end || other.endsWith('/' + end)).length === 1) return end;
  }
  return name;
}

/** @param {number} lines */
export function unseen(lines) {
  return lines > 0 ? countOf(lines, 'new line') : 'Follow';
}

/** @param {number} lines that wait */
export function goOn(lines) {
  return lines > 0 ? `Go on · ${countOf(lines, 'new line')}` : 'Go on';
}

/** @param {number} streams */
export function merged(streams) {
  return `${count(streams)} streams`;
}

/** @param {string} name */
export function theme(name) {
  return `Theme: ${name === 'auto' ? 'as the system has it' : name} (t)`;
}

/**
 * held says how much the tab has.
 *
 * @param {Frame} frame
 */
export function held(frame) {
  const older = frame.dropped > 0 ? ` · ${count(frame.dropped)} older let go` : '';
  return `${countOf(frame.held, 'line')}${older}`;
}

/** @param {Frame} frame */
export function hidden(frame) {
  const lines = frame.held - frame.shown;
  const behind = frame.behind > 0 ? ` · ${count(frame.behind)} to look at` : '';
  return `${count(frame.shown)} shown · ${count(Math.max(0, lines - frame.behind))} hidden by the filter${behind}`;
}

/** @param {Frame} frame */
export function lost(frame) {
  if (frame.gaps === 0) return '0 lines lost';
  const bytes = frame.lost > 0 || !frame.lostMore ? ` · ${size(frame.lost)}${frame.lostMore ? ' or more' : ''} lost` : '';
  return `${countOf(frame.gaps, 'gap')}${bytes}`;
}

/** What the list says while it has nothing to show. */
export const empty = {
  none: 'No streams yet. What tailbeam follows appears here.',
  choose: 'Choose a stream on the left.',
  connecting: 'Connecting …',
  waiting: 'No lines yet. New ones appear here.',
  filtered: 'No line in this tab holds what the filter asks for.',
};

export const filter = {
  slow: 'This expression takes too long. All lines are shown.',
  /** @param {string} message of the browser */
  invalid: (message) => message.replace(/^.*: (?=[^:]*$)/, '').replace(/^./, (c) => c.toUpperCase()),
};

export const signIn = {
  needed: 'This server asks for its token. It is in the address that tailbeam printed when it started.',
  refused: 'The server does not take this token. Copy it again from the address that tailbeam printed.',
  unreachable: 'The server does not answer. Try again.',
};

export const noAnswer = 'the server does not answer';
export const slept = 'back from sleep';
export const silent = 'the connection had gone silent';

/** Keys and what they do, for the help. */
export const keys = [
  ['/', 'filter the lines'],
  ['Ctrl K', 'find a stream'],
  ['f  G  End', 'follow the newest line'],
  ['g  Home', 'oldest line in this tab'],
  ['j  k  ↓  ↑', 'one line down, up'],
  ['Space  b', 'one page down, up'],
  ['p', 'pause and go on; nothing is lost'],
  ['w', 'wrap long lines'],
  ['t', 'dark, light, or as the system has it'],
  ['Ctrl A  Ctrl C', 'copy the lines as they are in the log'],
  ['Ctrl click', 'watch a stream beside the others'],
  ['Esc', 'close, clear the filter, back to the lines'],
  ['?', 'this help'],
];
