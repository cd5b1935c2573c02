// @ts-check
/** What the page says to a person. All of its words are here and in words/. */

import { full } from './text/clock.js';

/** @typedef {import('./keeper/store.js').Divider} Divider */
/** @typedef {import('./keeper/protocol.js').Frame} Frame */
/** @typedef {import('./server.js').Info} Info */

/** @param {number} n */
export function count(n) {
  // Making an Intl.NumberFormat takes a tenth of the time in which the page starts.
  return String(Math.round(n)).replace(/\B(?=(?:\d{3})+$)/g, ',');
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
  return `${subject}${happened(divider)}${divider.at > 0 ? ` · ${new Date(divider.at).toTimeString().slice(0, 8)}` : ''}`;
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
      return reconnected(divider) + because;
    case 'restarted':
      return `the server could not go on from this place: lines may be missing here${because}`;
    case 'generation':
      return files(divider) || 'the next file begins here';
    case 'start':
      return 'the beginning of history';
    case 'notice':
      switch (divider.event) {
        case 'rotated': return `rotated${files(divider) && `: ${files(divider)}`}${because}`;
        case 'truncated': return `truncated, begins anew${because}`;
        case 'removed': return `no longer served${because}`;
        default: return `${condition === 'live' ? 'live again' : condition}${because}`;
      }
  }
}

/** @param {Divider} divider */
function reconnected({ away = 0, times = 1, renewed }) {
  const how = away < 1000 ? 'at once' : `after ${duration(away)}`;
  const again = times > 1 ? `reconnected ${count(times)} times` : `reconnected ${how}`;
  return `${renewed ? 'the server was restarted, ' : ''}${again}, reading on from the same place`;
}

/** @param {Divider} divider between two files */
function files({ ended, name }) {
  return [ended && `${ended} ends`, name && `${name} begins`].filter(Boolean).join(', ');
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
 * trace says what a stack trace holds behind its first line.
 *
 * @param {number} lines
 * @param {'open' | 'folded'} how
 */
export function trace(lines, how) {
  return how === 'open' ? 'fold' : `▸ ${countOf(lines, 'more line')}`;
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

/** How several streams are put together: live lines wait so long for earlier ones of others. */
export const order = 'by time, live lines wait 0.3 s for one another';


/**
 * held says how much the tab has.
 *
 * @param {Frame} frame
 */
export function held(frame) {
  return frame.dropped > 0 ? `${count(frame.held)} of ${countOf(frame.ever, 'line')} here` : `${countOf(frame.held, 'line')} here`;
}

/**
 * came says how many lines there were, and where those are that the tab has not.
 *
 * @param {Frame} frame
 */
export function came(frame) {
  const rest = frame.dropped > 0 ? `\n${countOf(frame.dropped, 'older line')} of them: scroll up, they are read from the file` : '';
  return `${countOf(frame.ever, 'line')} came since this view was opened${rest}`;
}

/**
 * hidden says what the filters hide.
 *
 * @param {Frame} frame
 * @param {number} filters that are on
 */
export function hidden(frame, filters) {
  const behind = frame.behind > 0 ? ` · ${count(frame.behind)} to look at` : '';
  const by = filters > 1 ? `by ${count(filters)} filters` : 'by the filter';
  return `${count(frame.shown)} shown · ${count(Math.max(0, frame.held - frame.shown - frame.behind))} hidden ${by}${behind}`;
}

/**
 * place says where in history the reader is.
 *
 * @param {number} at bytes before the first line in view
 * @param {number} all bytes of history
 * @param {'live' | 'past'} where
 */
export function place(at, all, where) {
  return where === 'live' ? `end of ${size(all)}` : `at ${size(at)} of ${size(all)}`;
}

/** @param {import('./keeper/extents.js').Place} file of a stream's history that the reader is in */
export function file({ number, of }) {
  return of > 1 ? `file ${count(number)} of ${count(of)}` : '';
}

/** @param {Frame} frame */
export function lost(frame) {
  if (frame.gaps === 0) return '0 lines lost';
  const bytes = frame.lost > 0 || !frame.lostMore ? ` · ${size(frame.lost)}${frame.lostMore ? ' or more' : ''} lost` : '';
  return `${countOf(frame.gaps, 'gap')}${bytes}`;
}

/** The strip of activity. */
export const strip = {
  bytes: 'by place: no times in these lines',
  /**
   * bar says what a bar stands for.
   *
   * @param {import('./keeper/axis.js').Bar} counts
   * @param {number} at where it begins
   * @param {import('./keeper/protocol.js').Activity} activity
   * @param {'local' | 'utc'} zone
   */
  bar: ({ lines, warn, error }, at, { by, width, bars, estimated, filter, left }, zone) => {
    const about = (/** @type {number} */ n) => (n === 0 ? 0 : Math.max(1, Math.round(n)));
    const serious = [error > 0 && countOf(about(error), 'error'), warn > 0 && countOf(about(warn), 'warning')].filter(Boolean).join(', ');
    const place = by === 'time' ? `${full(at, zone).slice(0, 19)} – ${full(at + width, zone).slice(width * bars.length < 86_400_000 ? 11 : 0, 19)}`
      : `${size(Math.round(at))} – ${size(Math.round(at + width))}`;
    return [place, `${estimated ? 'about ' : ''}${countOf(about(lines), 'line')}`, serious,
      filter === 'on' ? 'as filtered' : filter === 'unknown' ? 'unfiltered: the server does not know this expression' : '',
      left > 0 ? `without ${countOf(left, 'stream')} whose lines carry no times` : ''].filter(Boolean).join(' · ');
  },
};

/** The range of time among the filters. */
export const range = {
  /** @param {'since' | 'until'} bound @param {string} moment */
  name: (bound, moment) => `${bound === 'since' ? 'from' : 'until'} ${moment}`,
  /** @param {string} name */
  edit: (name) => `only lines ${name} · click to change`,
  none: 'The range ends before it begins',
  /** @param {string} name */
  broken: (name) => `${name}: not applied, for this is no time · click to change`,
};

export const panes = {
  all: 'Lines',
  /** @param {string} stream */
  lines: (stream) => `Lines of ${stream}`,
  close: 'Close this pane',
  few: 'Choose another stream first: + beside its name, or Ctrl and a click',
  names: { merged: 'merged', beside: 'side by side' },
};

/** How the page stands, as its pill says it. */
export const states = {
  connecting: 'connecting', reconnecting: 'reconnecting', idle: 'no stream', loading: 'loading', ended: 'ended', live: 'live',
  refused: 'not served', failed: 'failed', waiting: 'waiting', retry: 'Click to try now',
  kept: 'lines are kept for you', full: 'the server holds back the rest',
  /** @param {number} seconds */
  retrying: (seconds) => `reconnecting in ${seconds} s`,
  /** @param {number} lines */
  paused: (lines) => `paused · ${count(lines)} waiting`,
  /** @param {number} alive @param {number} all */
  some: (alive, all) => ` · ${alive} of ${all} live`,
  /** @param {number} ms */
  behind: (ms) => `${duration(ms)} behind`,
  /** @param {number} perSecond */
  rate: (perSecond) => `live · ${rate(perSecond)}`,
};

export const streams = {
  none: 'No stream has this in its name.',
  drop: 'Take away', add: 'Watch beside the others',
};

export const views = {
  /** @param {string} name */
  forget: (name) => `Forget ${name}`,
  drop: 'Forget this view',
};

/** What the list says while it has nothing to show. */
export const empty = {
  none: 'No streams yet. What tailbeam follows appears here.',
  choose: 'Choose a stream on the left.',
  connecting: 'Connecting …',
  waiting: 'No lines yet. New ones appear here.',
  /** @param {{short: string, reason: string}} state */
  trouble: ({ short, reason }) => `${short.replace(/^./, (c) => c.toUpperCase())}: ${reason}`,
  filtered: 'No line in this tab is left by the filter.',
  nowhere: 'No line in all of history is left by the filter.',
};

export const filter = {
  placeholder: 'Filter lines',
  slow: 'This expression takes too long and is not applied.',
  tooSlow: 'too slow',
  invalidChip: 'invalid',
  /** @param {string} name @param {string} why */
  broken: (name, why) => `${name}: not applied · ${why} · click to change`,
  /** @param {string} message of the browser */
  invalid: (message) => message.replace(/^.*: (?=[^:]*$)/, '').replace(/^./, (c) => c.toUpperCase()),
  /**
   * @param {{text: string, regex: boolean, cased: boolean}} filter
   * @param {'in' | 'out' | 'mark'} kind
   */
  name: (filter, kind) => {
    const what = `${filter.regex ? 'the expression ' : ''}“${filter.text}”${filter.cased ? ', capitals count' : ''}`;
    return kind === 'in' ? `only lines with ${what}` : kind === 'out' ? `no lines with ${what}` : `${what} in colour`;
  },
  /** @param {string} name @param {'on' | 'off'} now */
  turn: (name, now) => `${name} · click to switch ${now === 'on' ? 'off' : 'on'}`,
  /** @param {string} name */
  drop: (name) => `Remove: ${name}`,
};

export const search = {
  /** @param {number} share of what there is that was looked at */
  looking: (share) => `looking · ${Math.round(share * 100)} %`,
  found: '',
  went: '',
  failed: 'the server cannot search now',
  /**
   * all says how many matches all of history holds.
   *
   * @param {number} matches
   * @param {number} share of it that was looked at
   * @param {'looking' | 'done' | 'limit' | 'unable' | 'failed'} state
   */
  all: (matches, share, state) => {
    const number = countOf(matches, 'match', 'matches');
    switch (state) {
      case 'looking': return `${number} in ${Math.round(share * 100)} %`;
      case 'limit': return `${number} or more`;
      case 'unable': return 'not counted: only this browser knows this expression';
      case 'failed': return search.failed;
    }
    return matches === 0 ? 'no match' : number;
  },
  none: 'no more',
  slow: 'takes too long',
};

/**
 * sought says what comes of looking for an error, a warning or a mark.
 *
 * @param {Exclude<keyof typeof search, 'all'>} state
 * @param {number} share of what there is that was looked at
 */
export function sought(state, share) {
  if (state === 'looking') return `${search.looking(share)} · Esc stops`;
  return state === 'none' ? 'No more that way' : search[state];
}

export const detail = {
  level: 'Level', local: 'Local time', utc: 'UTC', before: 'After the line before',
  column: 'Show or hide as a column', in: 'Only lines with this value', out: 'No lines with this value',
  mark: 'Mark this value in colour', copy: 'Copy the value',
  /** @param {number} fields */
  more: (fields) => `${countOf(fields, 'more field')} in the text below.`,
};

export const copied = { line: 'Line copied', value: 'Value copied', json: 'JSON copied', link: 'Link copied', failed: 'The browser does not let the page copy: the text is selected, press Ctrl C.', area: 'Text to copy' };

/**
 * notAll says why not all of a selection is copied.
 *
 * @param {'held' | 'more' | 'gone' | 'failed'} state
 * @param {number} count lines that are copied
 */
export function notAll(state, count) {
  if (state === 'held') return `Only the ${countOf(count, 'line')} that this tab holds are copied: all of history is more than 32 MiB. Download it instead.`;
  if (state === 'more') return 'More than 32 MiB is selected: select less, or download the file.';
  return state === 'gone' ? 'What is selected is not in the files any more.' : 'What is selected could not be fetched from the server: try again.';
}

export const levelNames = { '': 'all', debug: 'debug+', info: 'info+', warn: 'warn+', error: 'error' };
export const clockNames = { written: 'as written', local: 'local', utc: 'UTC', elapsed: '+Δ' };
export const themeNames = { auto: 'system', dark: 'dark', light: 'light', contrast: 'contrast' };
export const densityNames = { compact: 'compact', normal: 'normal', roomy: 'roomy' };
export const toggleNames = { wrap: 'Wrap long lines', fold: 'Fold stack traces', reveal: 'Show hidden characters' };
/** The columns that are always there. */
export const columns = { stamp: 'time', level: 'level' };
export const columnDrop = 'Remove this column';
export const columnMove = 'Drag to move, or ← and →; Shift ← and → for its width';
export const columnWidth = 'Drag for the width, twice a click for that of what it holds';
export const unfinished = 'Still being written: this line has no end yet';
export const nothingSelected = 'Select lines first: drag over them, or Ctrl A';
export const gone = 'The line of this link is not there any more. This is the end of the log.';
export const onlyHeld = 'The server does not understand this filter: only the lines that this tab holds are saved';
/** @param {number} gone marked lines that are not in the files any more */
export function noMarks(gone) {
  return `No marked line that way${gone > 0 ? ` · ${countOf(gone, 'marked line is', 'marked lines are')} not there any more` : ''}`;
}
export const noTime = 'This is not a time that can be understood: write 14:30, 2026-11-21 14:30 or 2h';
/**
 * reached says where a time lies that is not in a log, or ''.
 *
 * @param {number} time Unix ms
 * @param {import('./keeper/protocol.js').Activity} activity
 */
export function reached(time, { by, since, width, bars }) {
  if (bars.length === 0) return '';
  if (by === 'bytes') return timesUnknown;
  return time < since ? 'This is before the first line' : time > since + width * bars.length ? 'This is after the newest line' : '';
}
export const timesUnknown = 'The lines here carry no time that is known';

export const alerts = {
  off: '',
  /** @param {string} pattern */
  on: (pattern) => `A notification comes for lines with ${pattern}, at most one in 30 s.`,
  insecure: 'Browsers allow notifications on https and on localhost only. The count in the title works all the same.',
  /** @param {string} why */
  broken: (why) => `No notification comes: the pattern is not understood. ${why}.`,
  slow: 'The pattern of notifications takes too long: none come until you change it.',
  denied: 'This browser forbids notifications for this page. The count in the title works all the same.',
  /** @param {number} lines @param {string} stream */
  title: (lines, stream) => `${countOf(lines, 'line')} · ${stream}`,
};

export const signIn = {
  needed: 'This server asks for its token. It is in the address that tailbeam printed when it started.',
  refused: 'The server does not take this token. Copy it again from the address that tailbeam printed.',
  unreachable: 'The server does not answer. Try again.',
};

export const loading = { '': '', before: 'loading earlier lines …', after: 'loading later lines …', jump: 'going there …' };
/** @param {number} share of history that was looked through */
export const sifting = (share) => `looking through history · ${Math.floor(share * 100)} %`;
