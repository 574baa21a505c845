/** Tries a failed call again where that can help and there is time. Knows neither HTTP nor pages. */

import { setMaxListeners } from 'node:events';
import { GatewayError } from '../errors.ts';
import { isFinal } from './final-failure.ts';

/** How often and when. */
export type RetryOptions = {
  /** Further tries after the first; 0 is none. */
  readonly retries: number;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/** For whom a call is tried. */
export type RetryScope = {
  readonly signal: AbortSignal;
  /** Until when an answer is of use, on the clock of the options. */
  readonly deadlineAt: () => number;
};

/** The longest first pause, and the longest of all, in milliseconds: enough for a hiccup, short beside an operation. */
const basePauseMs = 100;
const longestPauseMs = 2000;

/**
 * Runs `attempt`, and again after a pause while it fails for a passing reason: out of reach, failing, or taking no
 * more calls for now. Pauses are drawn from 0 to a bound that doubles (full jitter: callers that failed together must
 * not come back together); RATE_LIMITED waits out its `retryAfter` before that. When the pause would reach the
 * deadline, the failure is told at once. Rejects with the signal's reason as soon as it fires.
 */
export async function withRetries<T>(
  { retries, random, now }: RetryOptions,
  { signal, deadlineAt }: RetryScope,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (failures === retries || signal.aborted || !isTransient(error)) throw error;
      const pauseMs = pauseAfter(error, failures, random());
      if (now() + pauseMs >= deadlineAt()) throw error;
      await pause(pauseMs, signal);
    }
  }
}

const transientCodes: readonly string[] = ['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED'];

function isTransient(error: unknown): error is GatewayError {
  return error instanceof GatewayError && transientCodes.includes(error.code) && !isFinal(error);
}

function pauseAfter({ details }: GatewayError, failures: number, drawn: number): number {
  const jitterMs = drawn * Math.min(basePauseMs * 2 ** failures, longestPauseMs);
  return (details.retryAfter ?? 0) * 1000 + jitterMs;
}

/** Leaves neither timer nor listener behind. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  setMaxListeners(0, signal);
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal.addEventListener('abort', leave, { once: true });
  });
}
