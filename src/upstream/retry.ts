/** Tries a failed call again where that can help and there is time. Knows neither HTTP nor pages. */

import { CallFailure } from './failure.ts';
import { pause } from './waiting.ts';

/** How often and when. */
export type RetryOptions = {
  /** Further tries after the first; 0 is none. */
  readonly retries: number;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** For whom a call is tried. */
export type RetryScope = {
  readonly signal: AbortSignal;
  /** Until when an answer is of use, on the clock of the options. */
  readonly deadlineAt: number;
  /** The call was answered 401. Returns whether there is another token to send it with. */
  readonly renewToken: () => boolean;
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
 * After a 429 there is no pause here: the wait that the upstream asked for is the budget's, in whose queue all stand who want
 * a call with the same credentials, and which tells at once who cannot be served in time. `attempt` is told how long to pause
 * once it has its permit, so that those whom the queue lets go together spread all the same. A call that learnt of the 429
 * before it went out has used none of its tries.
 *
 * A 401 that a new token may mend is sent once more. This is no retry: it needs no pause, for what was wrong is known.
 *
 * Rejects with the signal's reason as soon as it fires.
 */
export async function withRetries<T>(
  options: RetryOptions,
  scope: RetryScope,
  attempt: (permitPauseMs: number) => Promise<T>,
): Promise<T> {
  const tries: Tries = { failures: 0, isReplayed: false, permitPauseMs: 0 };
  for (;;) {
    try {
      return await attempt(tries.permitPauseMs);
    } catch (error) {
      if (!(error instanceof CallFailure) || scope.signal.aborted) throw error;
      const pauseMs = pauseAfter(error, options, scope, tries);
      if (pauseMs === undefined) throw error;
      if (pauseMs > 0) await pause(pauseMs, scope.signal);
    }
  }
}

/** What was tried so far, and how long the next try is to pause with its permit. */
type Tries = { failures: number; isReplayed: boolean; permitPauseMs: number };

/** In how many milliseconds to try again; undefined if not at all. */
function pauseAfter(
  { again, sent, details }: CallFailure,
  { retries, random, now }: RetryOptions,
  { deadlineAt, renewToken }: RetryScope,
  tries: Tries,
): number | undefined {
  if (again === 'in-queue' && !sent) return 0;
  if (again === 'with-new-token') {
    const mayReplay = !tries.isReplayed && renewToken();
    tries.isReplayed = true;
    return mayReplay ? 0 : undefined;
  }
  if (again === 'no' || tries.failures === retries) return undefined;
  const jitterMs = random() * Math.min(basePauseMs * 2 ** tries.failures, longestPauseMs);
  const isQueued = again === 'in-queue';
  const pauseMs = isQueued ? 0 : (details.retryAfter ?? 0) * 1000 + jitterMs;
  tries.failures += 1;
  tries.permitPauseMs = isQueued ? jitterMs : 0;
  return now() + pauseMs < deadlineAt ? pauseMs : undefined;
}
