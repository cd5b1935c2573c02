// @ts-check
/**
 * Stack traces: lines that go on with the one before them. They are shown
 * with it, folded or whole, and have its level.
 *
 * Where a line stands among those before it is a state: whether it belongs to the
 * line before (MEMBER), and of which language's trace it is, where lines that say nothing by
 * themselves belong to it, too.
 */

export const MEMBER = 1;
const PYTHON = 2;
const GO = 4;
const RUST = 6;
/** The line that says what went wrong is the next. */
const RUST_HEAD = 8;

/** Beginnings of lines that go on though they are not indented. */
const words = /^(?:Caused by: |Suppressed: |Traceback \(|During handling of the above|The above exception was|\.\.\. \d+ (?:more|common)|goroutine \d+ \[|created by |--- End of |at \S+ \(\S+:\d+)/;
/** The last line of a Python traceback, which says what happened. */
const python = /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|Group)(?:: |$)/;
/** Another name of what happened: that of a class in a module. */
const named = /^(?:[A-Za-z_]\w*\.)+[A-Z]\w*(?:: |$)/;
/** What was thrown, in a line of its own over where: of Java, Node and .NET. */
const thrown = /^(?:[A-Za-z_$][\w$]{0,60}\.){0,20}[A-Z][\w$]{0,120}(?:Exception|Error|Throwable|Failure|Fault)\b/;
const frame = /^\s+at \S/;
/** Lines of a Go program that ends: the functions, and what stands between them. */
const go = /^(?:[\w./\-~%$]{1,300}[\w.*()[\]{}]{0,200}\(.{0,400}\)$|exit status \d+|\[signal |runtime stack:|panic: |\[originating from |rax |goroutine )/;
const goHead = /^(?:panic: |fatal error: |unexpected fault address )/;
const rustHead = /^thread '.{0,200}' (?:\(\d+\) )?panicked at /;
const rust = /^(?:stack backtrace:|note: )/;

/**
 * step returns the state after a line.
 *
 * @param {string} text as it came
 * @param {number} before the state after the line before, 0 at first
 * @param {string} [next] the line behind it, where that is known
 */
export function step(text, before, next) {
  const first = text.charCodeAt(0);
  const language = before & ~MEMBER;
  if (first === 32 || first === 9) return /\S/.test(text) ? MEMBER | language : blank(before);
  if (Number.isNaN(first)) return blank(before);
  if (before === RUST_HEAD) return MEMBER | RUST;
  if (before !== 0 && first >= 65 && first <= 122) {
    if (before & MEMBER && (python.test(text) || (language === PYTHON && named.test(text))) && !headsFrames(next)) return MEMBER | PYTHON;
    if (language === RUST && rust.test(text)) return MEMBER | (first === 110 ? 0 : RUST);
    if (language === GO && go.test(text)) return MEMBER | GO;
  }
  switch (first) {
    // C S T D a . g c -: the beginnings of the words above.
    case 67: case 83: case 84: case 68: case 97: case 46: case 103: case 99: case 45:
      if (words.test(text)) return MEMBER | (first === 84 ? PYTHON : first === 103 ? GO : language);
      break;
    // p f u t: lines that a trace follows.
    case 112: case 102: case 117:
      if (goHead.test(text)) return GO;
      break;
    case 116:
      if (rustHead.test(text)) return text.endsWith(':') ? RUST_HEAD : RUST;
  }
  return !(before & MEMBER) && headsFrames(next) && thrown.test(text) ? MEMBER : 0;
}

/**
 * blank returns the state after an empty line: those of Go and Python have some.
 *
 * @param {number} before
 */
function blank(before) {
  const language = before & ~MEMBER;
  return language === GO || before === (MEMBER | PYTHON) ? MEMBER | language : 0;
}

/** @param {string | undefined} next */
function headsFrames(next) {
  return next !== undefined && frame.test(next);
}
