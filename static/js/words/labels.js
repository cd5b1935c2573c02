// @ts-check
/** What stands on the page before anything is watched: the words of index.html, which has none of its own. */

/**
 * Label is what an element says: as its text, to whom rests on it, to whom does not
 * see it, and in an empty field. `both` is for those who rest on it and those
 * who do not see it.
 *
 * @typedef {{text?: string, title?: string, label?: string, both?: string, placeholder?: string}} Label
 */

const capitals = { text: 'Aa', both: 'Capitals count' };
const expression = { text: '.*', both: 'Regular expression' };

/** By selector. @type {Record<string, Label>} */
export const labels = {
  '#menu-button': { label: 'Streams' },
  '#together': { label: 'Several streams' },
  '#share-button': { label: 'Panes share the clock', title: 'Panes share the clock (=)' },
  '#filter': { label: 'Filter lines' },
  '[data-pin=in]': { text: 'in', title: 'Keep: only lines with this (Enter)' },
  '[data-pin=out]': { text: 'out', title: 'Keep: no lines with this (Shift Enter)' },
  '[data-pin=mark]': { text: 'mark', title: 'Only mark it in colour (Alt Enter)' },
  '[data-pin=clear]': { label: 'Clear the filter', title: 'Clear (Esc)' },
  '#filter-case': capitals,
  '#filter-regex': expression,
  '#levels': { label: 'Least level' },
  '#clocks': { label: 'Times' },
  '#state-short': { text: 'connecting' },
  '#search-button': { label: 'Search', title: 'Search (/)' },
  '#pause-button': { label: 'Pause', title: 'Pause (p)' },
  '#display-button': { both: 'View and settings' },
  '#help-button': { label: 'Help', title: 'Help (?)' },

  '#panel': { label: 'Streams' },
  '#find': { label: 'Find a stream', placeholder: 'Find a stream' },
  '.finder kbd': { text: 'Ctrl K' },
  '#strip': { label: 'Lines over time' },
  '#lines': { label: 'Lines' },

  '#search-field': { label: 'Search all of history', placeholder: 'Search all of history' },
  '#search-case': capitals,
  '#search-regex': expression,
  '#search-up': { label: 'Older match', title: 'Older match (N, Enter)' },
  '#search-down': { label: 'Newer match', title: 'Newer match (n, Shift Enter)' },
  '#search-close': { label: 'Close the search', title: 'Close (Esc)' },
  '#line-detail': { label: 'Details of the line', title: 'Details (Enter)' },
  '#line-mark': { label: 'Mark the line', title: 'Mark (m)' },
  '#line-copy': { label: 'Copy the line', title: 'Copy (c)' },
  '#line-link': { label: 'Copy a link to the line', title: 'Copy a link (y)' },

  '#detail': { label: 'Details of a line' },
  '#detail-up': { label: 'Line before', title: 'Line before (↑)' },
  '#detail-down': { label: 'Next line', title: 'Next line (↓)' },
  '#detail-mark': { label: 'Mark', title: 'Mark (m)' },
  '#detail-context': { label: 'Show without filters', title: 'Show it among its neighbours, without filters' },
  '#detail-link': { label: 'Copy a link', title: 'Copy a link (y)' },
  '#detail-close': { label: 'Close', title: 'Close (Esc)' },
  '.detail-body': { label: 'Line' },
  'h3.pretty > span': { text: 'JSON' },
  '[data-deed=pretty]': { label: 'Copy the JSON', title: 'Copy' },
  '#detail-as-it-is': { text: 'As it is' },
  '#detail-copy': { label: 'Copy the line', title: 'Copy (c)' },

  '#display': { label: 'View and settings' },
  '#menu-levels > span': { text: 'Least level' },
  '#menu-together > span': { text: 'Several streams' },
  '#together-menu': { label: 'Several streams' },
  '#menu-clocks > span': { text: 'Times' },
  '#menu-density > span': { text: 'Density' },
  '#densities': { label: 'Density' },
  '#menu-theme > span': { text: 'Theme' },
  '#themes': { label: 'Theme' },
  '[for=since]': { text: 'Go to a time' },
  '#since': { placeholder: '2026-11-21 14:30, 14:30, 2h' },
  '#since-form button': { text: 'Go' },
  '[for=range-since]': { text: 'Only from' },
  '#range-since': { placeholder: 'first' },
  '[for=range-until]': { text: 'to' },
  '#range-until': { placeholder: 'newest' },
  '#range-form button': { text: 'Set' },
  '[for=alert]': { text: 'Notify of lines with' },
  '#alert': { placeholder: 'text or /expression/' },
  '#alert-form button': { text: 'Set' },
  '#menu-download > span': { text: 'Download' },
  '#download-file': { text: 'the file' },
  '#download-shown': { text: 'lines shown' },
  '#download-selected': { text: 'selection' },
  '[for=view-name]': { text: 'Keep this view' },
  '#view-name': { placeholder: 'a name for it' },
  '#views-form button': { text: 'Keep' },

  '#help-title': { text: 'Keys' },
  '#help-dialog .main': { text: 'Close' },
  '#token-title': { text: 'Token' },
  '#token-form .main': { text: 'Sign in' },
};
