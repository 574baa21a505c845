/**
 * Lets others see every call that goes out, retries included: when it began, and what came of it. Knows nothing
 * of what is made of that.
 */

import { type ErrorCode, GatewayError } from '../errors.ts';

/** What came of one call: a page, "no such customer", nobody waiting for it any more, or the error's code. */
export type CallOutcome = 'OK' | 'NO_SUCH_CUSTOMER' | 'CANCELLED' | ErrorCode;

/** Is told of every call as it goes out, and gives what is to be told of its end. Must not throw. */
export type CallObserver = () => (outcome: CallOutcome) => void;

/** Sees nothing. */
export const unobserved: CallObserver = () => () => undefined;

/**
 * Makes one call under the eyes of an observer. The signal's own reason goes before the error that it brings
 * about: a deadline is UPSTREAM_TIMEOUT, anything that is no GatewayError is somebody who went away.
 */
export async function observeCall<T>(
  observe: CallObserver,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  const tellEnd = observe();
  try {
    const answer = await call();
    tellEnd(answer === null ? 'NO_SUCH_CUSTOMER' : 'OK');
    return answer;
  } catch (error) {
    tellEnd(signal.aborted ? endedBy(signal.reason, 'CANCELLED') : endedBy(error, 'INTERNAL_SERVER_ERROR'));
    throw error;
  }
}

function endedBy(reason: unknown, otherwise: CallOutcome): CallOutcome {
  return reason instanceof GatewayError ? reason.code : otherwise;
}
