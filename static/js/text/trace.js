// @ts-check
/**
 * Stack traces: lines that go on with the one before them. They are shown
 * with it, folded or whole, and have its level.
 */

/** Beginnings of lines that go on though they are not indented. */
const words = /^(?:Caused by: |Suppressed: |Traceback \(|During handling of the above|The above exception was|\.\.\. \d+ (?:more|common)|goroutine \d+ \[|created by |--- End of |at \S+ \(\S+:\d+)/;
/** The last line of a Python traceback, which says what happened. */
const python = /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|Group)(?:: |$)/;

/**
 * continues reports whether a line goes on with the one before it.
 *
 * @param {string} text as it came
 * @param {boolean} after whether the line before goes on with another, too
 */
export function continues(text, after) {
  const first = text.charCodeAt(0);
  if (first === 32 || first === 9) return /\S/.test(text);
  if (after && first >= 65 && first <= 122 && python.test(text)) return true;
  // C S T D a . g c -: the beginnings of the words above.
  if (first === 67 || first === 83 || first === 84 || first === 68 || first === 97 || first === 46 || first === 103 || first === 99 || first === 45) {
    return words.test(text);
  }
  return false;
}
