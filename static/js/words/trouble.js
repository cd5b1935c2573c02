// @ts-check
/** What is said of a connection or a request that failed. The keeper says it, too, so it is apart from the rest. */

export const trouble = {
  noAnswer: 'the server does not answer',
  refused: 'the server refused the connection',
  stopping: 'the server is stopping',
  behind: 'this tab fell behind',
  cut: 'the connection was cut',
  gone: 'the line of this link is not there any more',
  slow: 'the expression takes too long',
  restarted: 'the server was restarted a moment ago',
  slept: 'back from sleep',
  silent: 'the connection had gone silent',
  /** @param {number} status */
  answers: (status) => `the server answers ${status}`,
  /** @param {number} code @param {string} told */
  closed: (code, told) => `the server closed with ${code} ${told}`.trim(),
  /** @param {string} message */
  misunderstood: (message) => `a message of the server was not understood: ${message}`,
};
