/** An error that is told before there is a result to put it into. Knows nothing of what went wrong. */

import { type ErrorCode, type ErrorDetails, errorCodes } from '../../errors.ts';

/** The body in which it is told, and the headers that go with it, in the form of every other error. */
export function plainError(code: ErrorCode, message: string, details: ErrorDetails = {}) {
  const { retryable } = errorCodes[code];
  return {
    body: JSON.stringify({ errors: [{ message, extensions: { code, retryable, ...details } }] }),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  };
}
