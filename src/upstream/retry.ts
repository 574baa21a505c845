/** Tries a failed call again if that can help and there is time. Knows neither HTTP nor pages. */

import { CallFailure } from './failure.ts';
import { pause, type Signal } from './signal.ts';

/** How often a call is tried again, and what decides when. */
export type RetryOptions<Call> = {
  /** Most tries after the first. */
  readonly retries: number;
  /** Returns a number from 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Called after a 401. Returns whether the call can be sent again with another token. */
  readonly renewToken: (call: Call) => boolean;
};

/** What every call has, and its tries so far. */
export type Retried = {
  readonly signal: Signal;
  /** Until when an answer is of use, on the monotonic clock in milliseconds. */
  readonly deadlineAt: number;
  failures: number;
  isReplayed: boolean;
  /** How long the next try pauses once it has its permit. */
  permitPauseMs: number;
};

/** The longest first pause and the longest pause, in milliseconds. Both are short beside OPERATION_TIMEOUT_MS. */
const basePauseMs = 100;
const longestPauseMs = 2000;

/**
 * Waits until a call that failed is to be tried again, and updates its call. A random pause separates two tries. Its upper
 * bound doubles from try to try (exponential backoff with full jitter, so that calls which failed together do not come
 * back together). A Retry-After is added to it.
 *
 * After a 429 this function does not pause. The queue of the budget waits for as long as the upstream asked, and refuses at
 * once each call that it cannot serve in time. The random pause is left in `permitPauseMs`, for the time after the call got
 * its permit: otherwise the queue would release all waiting calls together. A call that a 429 stopped before it went out
 * has used no try.
 *
 * A call that was answered 401 is sent once more if there is a new token. That uses no try and needs no pause.
 * @throws the failure at once, if it does not pass, or if the next try would start after the deadline; the signal's reason,
 * as soon as the signal fires.
 */
export async function untilNextTry<Call extends Retried>(
  options: RetryOptions<Call>,
  call: Call,
  failure: unknown,
): Promise<void> {
  if (!(failure instanceof CallFailure) || call.signal.aborted) throw failure;
  const pauseMs = pauseAfter(failure, options, call);
  if (pauseMs === undefined) throw failure;
  if (pauseMs > 0) await pause(pauseMs, call.signal);
}

/** Milliseconds until the next try; undefined if there is none. */
function pauseAfter<Call extends Retried>(
  { again, sent, details }: CallFailure,
  { retries, random, now, renewToken }: RetryOptions<Call>,
  call: Call,
): number | undefined {
  if (again === 'in-queue' && !sent) return 0;
  if (again === 'with-new-token') {
    const mayReplay = !call.isReplayed && renewToken(call);
    call.isReplayed = true;
    return mayReplay ? 0 : undefined;
  }
  if (again === 'no' || call.failures === retries) return undefined;
  const jitterMs = random() * Math.min(basePauseMs * 2 ** call.failures, longestPauseMs);
  const isQueued = again === 'in-queue';
  const pauseMs = isQueued ? 0 : (details.retryAfter ?? 0) * 1000 + jitterMs;
  call.failures += 1;
  call.permitPauseMs = isQueued ? jitterMs : 0;
  return now() + pauseMs < call.deadlineAt ? pauseMs : undefined;
}
