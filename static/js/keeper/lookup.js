// @ts-check
/**
 * The server's search through the history of a stream, asked for over HTTP. Its
 * answer comes line by line, and ends when nobody reads on.
 */

import { Trouble } from './past.js';
import { trouble } from '../words/trouble.js';

/** @typedef {import('./expression.js').Filter} Filter */
/** @typedef {import('./past.js').Past} Past */

/**
 * Hit is a line that was found.
 *
 * @typedef {{cursor: string, line: string, time?: string, level?: string}} Hit
 */

/**
 * Step is what comes of a search: a line, how far it has come, or its end.
 *
 * @typedef {{hit: Hit} | {progress: {scanned_to: string, bytes: number, matches: number}} | {done: string}} Step
 */

/**
 * wordsOf returns how the server is asked for a filter.
 *
 * @param {Filter} filter
 * @returns {Record<string, string>}
 */
export function wordsOf({ text, regex, cased }) {
  return { q: text, ...(regex ? {} : { literal: '1' }), ...(cased ? {} : { case: 'ignore' }) };
}

/**
 * look looks through the history of a stream. It throws Trouble where the server
 * cannot: with status 400 where it does not understand the expression.
 *
 * @param {Past} past
 * @param {string} stream
 * @param {Record<string, string>} asked
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Step, void>}
 */
export async function* look(past, stream, asked, signal) {
  const url = past.address('search', stream, asked);
  let response;
  try {
    response = await fetch(url, { signal, cache: 'no-store' });
  } catch {
    if (signal.aborted) return;
    throw new Trouble(0, trouble.noAnswer);
  }
  if (!response.ok || !response.body) {
    const answer = await response.json().catch(() => ({}));
    throw new Trouble(response.status, String(answer.error ?? trouble.answers(response.status)));
  }
  try {
    yield* steps(response.body);
  } catch (err) {
    if (signal.aborted) return;
    throw err instanceof Trouble ? err : new Trouble(0, trouble.cut);
  }
}

/**
 * steps reads an answer line by line.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<Step, void>}
 */
async function* steps(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') continue;
        const step = JSON.parse(line);
        if (typeof step.error === 'string') throw new Trouble(503, step.error);
        if (typeof step.line === 'string') yield { hit: step };
        else if (step.progress) yield { progress: step.progress };
        else if (typeof step.done === 'string') yield { done: step.done };
      }
    }
  } finally {
    // Leaving ends the search over there, too.
    void reader.cancel().catch(() => {});
  }
}
