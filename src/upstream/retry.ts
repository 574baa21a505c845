/** Tries a failed call again where that can help and there is time. Knows neither HTTP nor pages. */

import { CallFailure } from './failure.ts';
import { pause } from './pause.ts';

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
 * Runs `attempt`, and again while it fails for a passing reason: out of reach, cut off in the middle of an answer, failing,
 * or taking no more calls for now. Between two tries is a pause, drawn from 0 to a bound that doubles (full jitter: callers
 * that failed together must not come back together). It comes on top of the wait that the failure asks for, if it does
 * (Retry-After). When the next try would reach the deadline, the failure is told at once.
 *
 * After RATE_LIMITED there is no pause here: the wait that the upstream asked for is the budget's, in whose line all
 * stand who want a call with the same credentials, and which tells at once who cannot be served in time. `attempt` is
 * told how long to pause once it has its place, so that those whom the line lets go together spread all the same.
 *
 * Rejects with the signal's reason as soon as it fires.
 */
export async function withRetries<T>(
  { retries, random, now }: RetryOptions,
  { signal, deadlineAt }: RetryScope,
  attempt: (placedPauseMs: number) => Promise<T>,
): Promise<T> {
  let placedPauseMs = 0;
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt(placedPauseMs);
    } catch (error) {
      if (failures === retries || signal.aborted || !isTransient(error)) throw error;
      const jitterMs = random() * Math.min(basePauseMs * 2 ** failures, longestPauseMs);
      const pauseMs = pauseAfter(error, jitterMs);
      placedPauseMs = error.again === 'in-queue' ? jitterMs : 0;
      if (now() + pauseMs >= deadlineAt()) throw error;
      await pause(pauseMs, signal);
    }
  }
}

function pauseAfter({ again, details }: CallFailure, jitterMs: number): number {
  return again === 'in-queue' ? 0 : (details.retryAfter ?? 0) * 1000 + jitterMs;
}

function isTransient(error: unknown): error is CallFailure {
  return error instanceof CallFailure && (error.again === 'after-pause' || error.again === 'in-queue');
}
