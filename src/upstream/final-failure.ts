/** Failures that look passing but are the gateway's own last word. Knows nothing of why. */

import { type ErrorCode, type ErrorDetails, GatewayError } from '../errors.ts';

const finalFailures = new WeakSet<GatewayError>();

/** An error that no retry of the same call may follow: its maker knows that trying again now is of no use. */
export function finalFailure(
  code: ErrorCode,
  message: string,
  options: ErrorDetails & { readonly cause?: unknown } = {},
): GatewayError {
  const error = new GatewayError(code, message, options);
  finalFailures.add(error);
  return error;
}

/** Whether an error was made to be final. */
export function isFinal(error: GatewayError): boolean {
  return finalFailures.has(error);
}
