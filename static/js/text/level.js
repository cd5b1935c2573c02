// @ts-check
/**
 * How serious a line is, by what it says about itself near its beginning; it is
 * never guessed from the words of the message alone. The rules are the server's
 * (tailer/stamp, LevelOf), and the same samples hold both to them.
 */

import { kindOf, letterOf, levelOfWord, none as noWord } from './levelword.js';

/**
 * Levels, the more serious the higher; the server has the same (tailer/line).
 * 0 means that a line says nothing.
 */
export const levels = /** @type {const} */ (['', 'trace', 'debug', 'info', 'notice', 'warn', 'error', 'fatal']);
/** @typedef {0 | 1 | 2 | 3 | 4 | 5 | 6 | 7} Level */
export const WARN = 5;
export const ERROR = 6;

/**
 * Found is the level of a line and the characters that name it; both places
 * are 0 where no word does.
 *
 * @typedef {object} Found
 * @property {Level} level
 * @property {number} start
 * @property {number} end
 */

/** How far into a line a level is looked for, in characters: in a JSON object, and elsewhere. */
const within = 4096;
const reach = 240;
/** Fields of an object that are looked at: more with such names are none of a log's. */
const most = 20;

/** Levels of the severities of syslog (RFC 5424, 6.2.1). */
const syslog = /** @type {Level[]} */ ([7, 7, 7, 6, 5, 4, 3, 2]);
const priority = /^[ \t]*<(\d{1,3})>/;
/** Lines that begin with the letter of their level, or have it behind the stamp: klog, glog, Ruby, logcat. */
const letters = /^[ \t]*(?:\[([VTDIWEFC]) \d|([VTDIWEFC])(?:, \[|\/[A-Za-z][^( ]*\(\s*\d+\)|\d{4} \d\d:\d\d:\d\d\.\d|\d{8} \d\d:\d\d:\d\d)|\d\d-\d\d \d\d:\d\d:\d\d\.\d+(?:\s+\d+)*\s+([VTDIWEFC])[ /])/;
/** A field of a JSON object that holds its level. */
const field = /"(level|lvl|severity|loglevel|log_level|log\.level|levelname|level_name|@level|@l|l|s|severitytext|severity_text|severity_label|priority|severitynumber|severity_number)"\s*:\s*(?:"([^"\\]{1,64})"|(\d{1,4})(?=\s*[,}]))/gi;
/** What Docker keeps of the line itself. */
const kept = /"log"\s*:\s*"((?:[^"\\]|\\.)*)/;
const months = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)$/i;
/** What is before and behind a word in capitals that stands alone. */
const loudBefore = /[\s[({<>\])|:;,*#!~'`mtn\u0080-\uffff]/;
const loudAfter = /[\s\][)(}<>|:;,*#!/+'`\\\x1b\u0080-\uffff]/;
const word = /[A-Za-z]+/y;

/** @type {Found} */
const none = Object.freeze({ level: 0, start: 0, end: 0 });

/**
 * levelOf returns what a line says about how serious it is.
 *
 * @param {string} text the visible text
 * @returns {Found}
 */
export function levelOf(text) {
  const head = text.length > within ? text.slice(0, within) : text;
  const begin = blanks(head, 0);
  const first = head.charCodeAt(begin);
  if (first === 123 && head.charCodeAt(blanks(head, begin + 1)) === 34) return ofObject(head, begin);
  if (first === 60) {
    const found = priority.exec(head);
    if (found && Number(found[1]) <= 191) return at(syslog[Number(found[1]) & 7] ?? 0, 0, 0);
  }
  if (first === 91 || (first >= 48 && first <= 57) || (first >= 67 && first <= 87)) {
    const found = letters.exec(head);
    const letter = found?.[1] ?? found?.[2] ?? found?.[3];
    if (found && letter) {
      const start = found[3] ? found[0].length - 2 : head.indexOf(letter);
      return at(letterOf(letter), start, start + 1);
    }
  }
  return ofText(head, begin);
}

/**
 * @param {number} level
 * @param {number} start
 * @param {number} end
 * @returns {Found}
 */
function at(level, start, end) {
  return { level: /** @type {Level} */ (level), start, end };
}

/**
 * @param {string} text
 * @param {number} i
 */
function blanks(text, i) {
  while (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9) i++;
  return i;
}

/**
 * ofObject reads the level of a JSON object.
 *
 * @param {string} text
 * @param {number} begin of it
 * @returns {Found}
 */
function ofObject(text, begin) {
  field.lastIndex = begin;
  let looks = most;
  for (let found = field.exec(text); found && looks > 0; found = field.exec(text), looks--) {
    const [, name = '', value = '', digits] = found;
    // Within a string, or in an object within, it is not the line's; in small letters a priority is that of a task.
    if (name.toLowerCase() === 'priority' && name !== 'PRIORITY') continue;
    if (!own(text, begin, found.index)) continue;
    if (digits && /number$/i.test(name)) {
      const n = Number(digits);
      if (n >= 1 && n <= 24) return at(([1, 2, 3, 5, 6, 7])[Math.floor((n - 1) / 4)] ?? 0, 0, 0);
      continue;
    }
    const level = ofValue(digits ?? value);
    if (level === 0) continue;
    const start = found.index + found[0].length - 1 - value.length;
    return digits || /^\d/.test(value) ? at(level, 0, 0) : at(level, start, start + value.length);
  }
  kept.lastIndex = 0;
  const log = kept.exec(text);
  if (!log) return none;
  const start = log.index + log[0].length - (log[1] ?? '').length;
  return ofText(text, start);
}

/**
 * own reports whether a place is in the object itself, or in its field log: not in
 * another object within, nor in an array.
 *
 * @param {string} text
 * @param {number} begin of the object
 * @param {number} place
 */
function own(text, begin, place) {
  let depth = 0;
  let log = false;
  for (let i = begin; i < place; i++) {
    switch (text.charCodeAt(i)) {
      case 34: {
        const opened = i++;
        for (; i < place && text.charCodeAt(i) !== 34; i++) if (text.charCodeAt(i) === 92) i++;
        if (depth === 1) log = text.slice(opened + 1, i) === 'log';
        break;
      }
      case 123: case 91: depth += depth === 1 && log ? 0 : 1; break;
      case 125: case 93: depth--; break;
      case 44: log = false;
    }
  }
  return depth <= 1;
}

/** @param {string} value of a field */
function ofValue(value) {
  if (/^\d/.test(value)) return ofNumber(value);
  if (value.length <= 2) return value.length === 2 && !/^D\d$/.test(value) ? 0 : letterOf(value.charAt(0));
  const found = /^([A-Za-z]+)(?:$|[+-])/.exec(value);
  return found ? levelOfWord(found[1] ?? '') : 0;
}

/** @param {string} digits syslog's up to 7, pino's and bunyan's from 10 */
function ofNumber(digits) {
  const n = /^\d{1,4}$/.test(digits) ? Number(digits) : -1;
  if (n < 0 || n > 69 || n === 8 || n === 9) return 0;
  return n < 8 ? syslog[n] ?? 0 : [1, 2, 3, 5, 6, 7][Math.floor(n / 10) - 1] ?? 0;
}

/**
 * ofText reads the level of what is no JSON object.
 *
 * @param {string} text
 * @param {number} begin
 * @returns {Found}
 */
function ofText(text, begin) {
  const limit = Math.min(text.length, begin + reach);
  const line = { text, begin, digits: 0, colons: 0, past: false };
  let object = false;
  for (let i = begin; i < limit;) {
    const c = text.charCodeAt(i);
    if ((c | 32) >= 97 && (c | 32) <= 122) {
      word.lastIndex = i;
      word.exec(text);
      const end = word.lastIndex;
      const found = ofWord(line, i, end);
      if (found) return found;
      i = end;
      continue;
    }
    if (c >= 48 && c <= 57) line.digits++;
    else if (c === 58) line.colons++;
    else if (c === 92) i++;
    else if (c === 123 && text.charCodeAt(i + 1) === 34 && !object) {
      object = true;
      const found = ofObject(text, i);
      if (found.level !== 0) return found;
    }
    i++;
  }
  return none;
}

/** @typedef {{text: string, begin: number, digits: number, colons: number, past: boolean}} Line what was seen of a line so far: past is a word that belongs to no stamp */

/**
 * ofWord returns the level that a word gives the line, or null.
 *
 * @param {Line} line
 * @param {number} i
 * @param {number} end
 * @returns {Found | null}
 */
function ofWord(line, i, end) {
  const { text, begin } = line;
  const before = i > begin ? text.charAt(i - 1) : '';
  const after = text.charAt(end);
  // The T and Z of a stamp, a unit, a part of a name.
  if (before >= '0' && before <= '9') return null;
  const first = !line.past;
  const stamped = (line.digits >= 6 && line.colons > 0) || line.digits >= 10;
  const name = text.slice(i, end);
  if (end - i === 1 && first && stamped && (before === ' ' || before === '\t') && letterOf(name) !== 0 && /^\d?[ \t]/.test(text.slice(end, end + 2))) {
    return at(letterOf(name), i, end);
  }
  if (first) line.past = !calendar(name, line.digits, stamped);
  if ((before === '_' && after !== '=' && after !== '"') || after === '_') return null;
  const { level, kind } = kindOf(name);
  if (kind === noWord) return after === '=' || after === '"' || after === '\'' || after === '\\' ? ofPair(text, i, end) : null;
  const capitals = name === name.toUpperCase();
  const loud = capitals && isLoud(before, after);
  const told = (
    kind === 'usual' ? loud || bracketed(line, i, end) || (heads(text, end) && ((first && stamped) || led(line, i))) || text.slice(Math.max(begin, i - 4), i) === 'PHP '
      || (first && stamped && (before === ' ' || before === '\t') && (after === '' || /[\s:,;|\])]/.test(after)))
    : kind === 'short' ? (loud && (first || after === ']' || bracketed(line, i, end))) || (begin === i && after === ':')
    : kind === 'led' ? loud && after === ':'
    : kind === 'opening' ? begin === i && after === ':'
    : before === '[' && bracketed(line, i, end));
  return told ? at(level, i, end) : null;
}

/**
 * calendar reports whether a word belongs to a stamp: a month, a day, a zone.
 *
 * @param {string} name
 * @param {number} digits
 * @param {boolean} stamped
 */
function calendar(name, digits, stamped) {
  if (name.length === 1) return true;
  if (name.length === 2) return /m$/i.test(name) && digits > 0;
  if (name.length > 4) return false;
  if (name.length === 3 && months.test(name)) return true;
  return stamped && name === name.toUpperCase() && levelOfWord(name) === 0;
}

/** @param {string} before @param {string} after */
function isLoud(before, after) {
  if (before === '"') return after === '"';
  if (before === '/') return after === ']';
  return (before === '' || loudBefore.test(before)) && (after === '' || loudAfter.test(after));
}

/**
 * bracketed reports whether a word stands in brackets of its own, [error], [ error ],
 * <error>, or behind the name of a part, [core:error].
 *
 * @param {Line} line
 * @param {number} i
 * @param {number} end
 */
function bracketed({ text, begin }, i, end) {
  for (let n = 0; n < 3 && text.charAt(end) === ' '; n++) end++;
  i--;
  for (let n = 0; n < 3 && i > begin && text.charAt(i) === ' '; n++) i--;
  if (i < begin) return false;
  if (text.charAt(i) === '<') return text.charAt(end) === '>';
  if (text.charAt(end) !== ']') return false;
  if (text.charAt(i) === ':') for (i--; i > begin && /\w/.test(text.charAt(i)); i--);
  return text.charAt(i) === '[';
}

/**
 * led reports whether a word comes at the beginning of the line, or behind a tag.
 *
 * @param {Line} line
 * @param {number} i
 */
function led({ text, begin }, i) {
  for (let n = 0; n < 2 && i > begin && text.charAt(i - 1) === ' '; n++) i--;
  return i === begin || ':]>)'.includes(text.charAt(i - 1));
}

/** @param {string} text @param {number} end whether what ends there is the heading of a message */
function heads(text, end) {
  return text.charAt(end) === ':' || text.startsWith(' error:', end);
}

const pairKey = /^(?:level|lvl|severity|loglevel|levelname)$/i;
const pairValue = /(?:=|\\*["']: ?)\\*["']?(?:([A-Za-z]+)(?![\d_])|(\d\d)(?!\d))/y;

/**
 * ofPair reads level=warn, level="warn" or "level":"warn".
 *
 * @param {string} text
 * @param {number} i
 * @param {number} end of the key
 * @returns {Found | null}
 */
function ofPair(text, i, end) {
  if (!pairKey.test(text.slice(i, end))) return null;
  pairValue.lastIndex = end;
  const found = pairValue.exec(text);
  if (!found) return null;
  const behind = pairValue.lastIndex;
  if (found[2]) return ofNumber(found[2]) === 0 ? null : at(ofNumber(found[2]), 0, 0);
  const level = levelOfWord(found[1] ?? '');
  return level === 0 ? null : at(level, behind - (found[1] ?? '').length, behind);
}
