/**
 * The rest that a token endpoint is given after it failed: everybody who comes meanwhile is told that failure at once.
 * Knows neither tokens nor who wants them.
 */

import { type ErrorCode, GatewayError } from '../errors.ts';
import { CallFailure, unsent } from './failure.ts';

/** Whether, until when, and for what failure the endpoint is left alone. */
export type TokenRest = {
  /** @throws the failure that it rests for, as one for which no call was made, if it does. */
  readonly refuseIfResting: () => void;
  /** A call failed. @returns for how long, in milliseconds, the endpoint should not be asked without need. */
  readonly begin: (error: unknown) => number;
  /** A call went well. */
  readonly end: () => void;
};

/** How long, in milliseconds, neither a refused key nor a refused new token is tried again. */
export const refusalPauseMs = 5000;

/**
 * The rest after a failure, doubled with each further one. The first is shorter than most pauses between the tries of a
 * call, so that a hiccup does not use them up; the last is over before anyone is called out of bed. After a call that was
 * not answered in time it is the longest at once: that is no hiccup, and whoever waits for the next call waits as long.
 */
const firstRestMs = 50;
const longestRestMs = 5000;

/**
 * No rest yet. `now` is a clock in milliseconds that never goes back; `onRefusal` is told of everybody who is refused
 * while the endpoint rests, but not of those whose key was refused, and must not throw.
 */
export function createTokenRest(now: () => number, onRefusal: () => void): TokenRest {
  let failure: { readonly error: unknown; readonly until: number } | undefined;
  let nextMs = firstRestMs;
  return {
    refuseIfResting() {
      if (failure === undefined || now() >= failure.until) return;
      if (!hasCode(failure.error, 'UPSTREAM_UNAUTHORIZED')) onRefusal();
      throw failure.error instanceof CallFailure ? unsent(failure.error) : failure.error;
    },
    begin(error) {
      if (hasCode(error, 'UPSTREAM_TIMEOUT')) nextMs = longestRestMs;
      const restMs = hasCode(error, 'UPSTREAM_UNAUTHORIZED') ? refusalPauseMs : nextMs;
      // Told by the budget before the call, or by the upstream after it: the budget has all calls wait for as long as that.
      if (hasCode(error, 'RATE_LIMITED')) return restMs;
      failure = { error, until: now() + restMs };
      nextMs = Math.min(nextMs * 2, longestRestMs);
      return restMs;
    },
    end() {
      failure = undefined;
      nextMs = firstRestMs;
    },
  };
}

function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof GatewayError && error.code === code;
}
