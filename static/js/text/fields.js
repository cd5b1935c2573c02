// @ts-check
/**
 * The fields of a structured line: JSON, or logfmt (key=value pairs), with or
 * without text before them. Pure.
 */

/** @typedef {[name: string, value: string]} Field */

/** Fields of one line at the most, and how deep objects are followed. */
export const most = 1000;
const deep = 6;
/** The longest line that is read as JSON, in characters, and how deep its brackets may be. */
const longest = 1 << 20;
const deepest = 200;
/** Braces that may begin the object of a line, of which so many are tried. */
const beginnings = 4;
const opening = /\{\s{0,8}["}]/g;

const pair = /(?<![\w.-])([A-Za-z_@][\w.@-]{0,80})=("(?:[^"\\]|\\.)*"|[^\s",]*)/g;

/**
 * fields returns the fields of a line, in its order; none where it is plain
 * text. Fields of objects within are named as a.b and a.0.
 *
 * @param {string} text the visible text
 * @param {number} [limit] how many at the most
 * @returns {Field[]}
 */
export function fields(text, limit = most) {
  const object = json(text);
  if (object) {
    /** @type {Field[]} */
    const list = [];
    flatten('', object, list, { depth: 0, limit });
    return list;
  }
  /** @type {Field[]} */
  const list = [];
  for (const [, name = '', value = ''] of text.slice(0, longest).matchAll(pair)) {
    list.push([name, value.startsWith('"') ? unquote(value) : value]);
    if (list.length >= limit) break;
  }
  return list.length >= 2 ? list : [];
}

/**
 * json returns the object that a line is, or ends with; null where there is none.
 *
 * @param {string} text
 * @returns {object | null}
 */
export function json(text) {
  if (text.length > longest) return null;
  const end = text.trimEnd();
  if (!end.endsWith('}') || depth(end) > deepest) return null;
  // What stands before it may have braces, too.
  opening.lastIndex = 0;
  for (let tries = 0; tries < beginnings; tries++) {
    const found = opening.exec(end);
    if (!found) break;
    try {
      return JSON.parse(end.slice(found.index));
    } catch {
      // It does not begin here.
    }
  }
  return null;
}

/** @param {string} text @returns {number} how deep its brackets are, those within quotes too */
function depth(text) {
  let at = 0;
  let most = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    at += bracket === '[' || bracket === '{' ? 1 : -1;
    most = Math.max(most, at);
  }
  return most;
}

/**
 * @param {string} prefix
 * @param {object} object
 * @param {Field[]} list
 * @param {{depth: number, limit: number}} how
 */
function flatten(prefix, object, list, { depth, limit }) {
  for (const [key, value] of Object.entries(object)) {
    if (list.length >= limit) return;
    const name = prefix + key;
    if (typeof value === 'object' && value !== null && depth < deep && Object.keys(value).length > 0) flatten(`${name}.`, value, list, { depth: depth + 1, limit });
    else list.push([name, typeof value === 'string' ? value : JSON.stringify(value)]);
  }
}

/** @param {string} quoted */
function unquote(quoted) {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
