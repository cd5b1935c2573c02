// @ts-check
/**
 * The fields of a structured line: JSON, or logfmt (key=value pairs), with or
 * without text before them. Pure.
 */

/** @typedef {[name: string, value: string]} Field */

/** Fields of one line at the most, and how deep objects are followed. */
export const most = 1000;
const deep = 6;
/** The longest line that is read as JSON, in characters. */
const longest = 1 << 20;

const pair = /(?<![\w.-])([A-Za-z_@][\w.@-]{0,80})=("(?:[^"\\]|\\.)*"|[^\s",]*)/g;

/**
 * fields returns the fields of a line, in its order; none where it is plain
 * text. Fields of objects within are named as a.b and a.0.
 *
 * @param {string} text the visible text
 * @returns {Field[]}
 */
export function fields(text) {
  const object = json(text);
  if (object) {
    /** @type {Field[]} */
    const list = [];
    flatten('', object, list, 0);
    return list;
  }
  /** @type {Field[]} */
  const list = [];
  for (const [, name = '', value = ''] of text.slice(0, longest).matchAll(pair)) {
    list.push([name, value.startsWith('"') ? unquote(value) : value]);
    if (list.length >= most) break;
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
  if (!end.endsWith('}')) return null;
  const start = text.indexOf('{');
  if (start < 0) return null;
  try {
    const value = JSON.parse(end.slice(start));
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} prefix
 * @param {object} object
 * @param {Field[]} list
 * @param {number} depth
 */
function flatten(prefix, object, list, depth) {
  for (const [key, value] of Object.entries(object)) {
    if (list.length >= most) return;
    const name = prefix + key;
    if (typeof value === 'object' && value !== null && depth < deep && Object.keys(value).length > 0) flatten(`${name}.`, value, list, depth + 1);
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
