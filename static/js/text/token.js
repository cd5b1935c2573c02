// @ts-check
/**
 * What in a line is of a known kind: addresses, paths, identifiers, numbers,
 * quoted text. They are coloured a little, so that the eye finds them.
 */

/** @typedef {'url' | 'mail' | 'uuid' | 'ip' | 'path' | 'number' | 'time' | 'quoted' | 'key'} Kind */
/** @typedef {{start: number, end: number, kind: Kind}} Token */

/** How much of a line is looked at, in characters, and tokens of one line at the most. */
const reach = 4096;
const most = 120;

// Addresses of IPv6 (RFC 4291, 2.2): of eight groups, or of fewer with :: among them and a
// digit, that names of programs with :: in them are none; a zone, or an address of IPv4, may
// stand at the end.
const group = '[0-9a-fA-F]{1,4}';
const v6 = `(?:(?:${group}:){7}${group}|(?=[a-fA-F:]*\\d)(?:${group}(?::${group}){0,6})?::(?:${group}(?::${group}){0,6}|(?:${group}:){0,5}(?:\\d{1,3}\\.){3}\\d{1,3})?)(?:%[\\w.]{1,15}|/\\d{1,3})?`;

// The order decides: a URL holds paths and numbers, a path holds numbers. Each
// part is bounded, so that no line takes long.
const forms = new RegExp([
  '(?<url>\\bhttps?:\\/\\/[^\\s<>"\'`\\x00-\\x1f\\x7f-\\xa0\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]{1,2000})',
  '(?<uuid>\\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\b)',
  `(?<ip>(?<![\\w.:])(?:\\d{1,3}\\.){3}\\d{1,3}(?:[:/]\\d{1,5})?(?!\\w|[.:]\\w)|(?<![\\w.:])(?=[0-9a-fA-F]{0,4}:[0-9a-fA-F:])(?:${v6}|(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})(?!\\w|[.:]\\w|::))`,
  '(?<key>(?<![\\w.-])[A-Za-z_][\\w.-]{0,60}=(?=[^\\s=])|"[\\w.@-]{1,60}"\\s?:)',
  '(?<quoted>"(?:[^"\\\\]|\\\\.){0,500}"|(?<![\\w\'])\'[^\'\\n]{1,200}\'(?!\\w))',
  '(?<path>(?<![\\w./:-])~?(?:\\/[\\w.@%+~-]{1,120}){1,30}(?:\\/|:\\d{1,6})?)',
  '(?<time>(?<![\\w:.-])(?:\\d{4}[-/]\\d\\d[-/]\\d\\d[T ]?)?\\d{1,2}:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?(?![\\w:])|(?<![\\w-])\\d{4}-\\d\\d-\\d\\d(?![\\w-]))',
  '(?<number>(?<![\\w.#$/-])-?(?:0x[0-9a-fA-F]{1,16}|\\d{1,3}(?:,\\d{3}){1,6}|\\d{1,20}(?:\\.\\d{1,20})?(?:[eE][+-]?\\d{1,3})?)(?=(?:ns|us|µs|ms|s|m|h|d|[kKMGT]i?B|B|%)?(?![\\w-]))(?!\\.\\w))',
].join('|'), 'g');

/**
 * tokens returns what is found in a text, in order and not overlapping.
 *
 * @param {string} text the visible text
 * @returns {Token[]}
 */
export function tokens(text) {
  const head = text.length > reach ? text.slice(0, reach) : text;
  /** @type {Token[]} */
  const found = [];
  forms.lastIndex = 0;
  for (let m = forms.exec(head); m && found.length < most; m = forms.exec(head)) {
    const kind = /** @type {Kind} */ (kindOf(m.groups ?? {}));
    const length = kind === 'url' ? urlLength(m[0]) : m[0].length;
    // Moments are not numbers; they stay as they are.
    if (kind !== 'time') found.push({ start: m.index, end: m.index + length, kind });
    forms.lastIndex = m.index + length;
  }
  return found;
}

/** @param {Record<string, string | undefined>} groups */
function kindOf(groups) {
  for (const kind in groups) if (groups[kind] !== undefined) return kind;
  return 'quoted';
}

/**
 * urlLength returns how much of what looks like an address belongs to it: not the
 * point at the end of a sentence, nor a bracket that was opened before.
 *
 * @param {string} url
 */
function urlLength(url) {
  let end = url.length;
  for (; end > 8; end--) {
    const last = url.charAt(end - 1);
    if ('.,;:!?\'"*'.includes(last)) continue;
    const open = { ')': '(', ']': '[', '}': '{' }[last];
    if (!open || count(url, open, end) >= count(url, last, end)) break;
  }
  return end;
}

/**
 * @param {string} text
 * @param {string} character
 * @param {number} end
 */
function count(text, character, end) {
  let n = 0;
  for (let i = 0; i < end; i++) if (text.charAt(i) === character) n++;
  return n;
}
