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

/** What every call has. `deadlineAt`: until when an answer is of use, on the monotonic clock in milliseconds. */
type Wanted = { readonly signal: Signal; readonly deadlineAt: number };

/** The longest first pause and the longest pause, in milliseconds. Both are short beside OPERATION_TIMEOUT_MS. */
const basePauseMs = 100;
const longestPauseMs = 2000;

/**
 * Runs `attempt`, and runs it again while it fails for a passing reason. A random pause separates two tries. Its upper
 * bound doubles from try to try (exponential backoff with full jitter, so that calls which failed together do not come
 * back together). A Retry-After is added to it. If the next try would start after the deadline, the failure is thrown
 * at once.
 *
 * After a 429 this function does not pause. The queue of the budget waits for as long as the upstream asked, and refuses at
 * once each call that it cannot serve in time. The random pause is passed to `attempt`, which makes it after it got its
 * permit: otherwise the queue would release all waiting calls together. A call that a 429 stopped before it went out has
 * used no try.
 *
 * A call that was answered 401 is sent once more if there is a new token. That uses no try and needs no pause.
 *
 * Rejects with the signal's reason as soon as the signal fires.
 */
export function withRetries<Call extends Wanted, Answer>(
  options: RetryOptions<Call>,
  call: Call,
  attempt: (call: Call, permitPauseMs: number) => Promise<Answer>,
  tries: Tries = { failures: 0, isReplayed: false, permitPauseMs: 0 },
): Promise<Answer> {
  // No loop in an async function: its frame takes three times the memory for as long as the call waits.
  return attempt(call, tries.permitPauseMs).catch(async (error: unknown) => {
    if (!(error instanceof CallFailure) || call.signal.aborted) throw error;
    const pauseMs = pauseAfter(error, options, call, tries);
    if (pauseMs === undefined) throw error;
    if (pauseMs > 0) await pause(pauseMs, call.signal);
    return withRetries(options, call, attempt, tries);
  });
}

/** The tries so far. `permitPauseMs`: how long the next try pauses once it has its permit. */
type Tries = { failures: number; isReplayed: boolean; permitPauseMs: number };

/** Milliseconds until the next try; undefined if there is none. Updates `tries`. */
function pauseAfter<Call extends Wanted>(
  { again, sent, details }: CallFailure,
  { retries, random, now, renewToken }: RetryOptions<Call>,
  call: Call,
  tries: Tries,
): number | undefined {
  if (again === 'in-queue' && !sent) return 0;
  if (again === 'with-new-token') {
    const mayReplay = !tries.isReplayed && renewToken(call);
    tries.isReplayed = true;
    return mayReplay ? 0 : undefined;
  }
  if (again === 'no' || tries.failures === retries) return undefined;
  const jitterMs = random() * Math.min(basePauseMs * 2 ** tries.failures, longestPauseMs);
  const isQueued = again === 'in-queue';
  const pauseMs = isQueued ? 0 : (details.retryAfter ?? 0) * 1000 + jitterMs;
  tries.failures += 1;
  tries.permitPauseMs = isQueued ? jitterMs : 0;
  return now() + pauseMs < call.deadlineAt ? pauseMs : undefined;
}
