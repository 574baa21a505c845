/** Tries a failed call again where that can help and there is time. Knows neither HTTP nor pages. */

import { CallFailure } from './failure.ts';
import { pause } from './waiting.ts';

/** How often and when. */
export type RetryOptions<Call> = {
  /** Further tries after the first; 0 is none. */
  readonly retries: number;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  /** The call was answered 401. Returns whether there is another token to send it with. */
  readonly renewToken: (call: Call) => boolean;
};

/** What is tried. `deadlineAt`: until when an answer is of use, on the monotonic clock. */
type Wanted = { readonly signal: AbortSignal; readonly deadlineAt: number };

/** The longest first pause, and the longest of all, in milliseconds: enough for a hiccup, short beside an operation. */
const basePauseMs = 100;
const longestPauseMs = 2000;

/**
 * Runs `attempt`, and again while it fails for a passing reason: out of reach, cut off in the middle of an answer, failing,
 * or taking no more calls for now. Between two tries is a pause, drawn from 0 to a bound that doubles (full jitter: callers
 * that failed together must not come back together). It is added to the wait that the failure asks for (Retry-After). When
 * the next try would reach the deadline, the failure is thrown at once.
 *
 * After a 429 there is no pause here. The queue of the budget waits for as long as the upstream asked, and refuses at once
 * those who cannot be served in time. `attempt` is given the pause between its permit and the call, so that calls which the
 * queue releases together spread all the same. A call that was stopped by a 429 before it went out has used no try.
 *
 * A 401 that a new token may mend is sent once more. This is no retry: it needs no pause, because the cause is known.
 *
 * Rejects with the signal's reason as soon as it fires.
 */
export async function withRetries<Call extends Wanted, Answer>(
  options: RetryOptions<Call>,
  call: Call,
  attempt: (call: Call, permitPauseMs: number) => Promise<Answer>,
): Promise<Answer> {
  const tries: Tries = { failures: 0, isReplayed: false, permitPauseMs: 0 };
  for (;;) {
    try {
      return await attempt(call, tries.permitPauseMs);
    } catch (error) {
      if (!(error instanceof CallFailure) || call.signal.aborted) throw error;
      const pauseMs = pauseAfter(error, options, call, tries);
      if (pauseMs === undefined) throw error;
      if (pauseMs > 0) await pause(pauseMs, call.signal);
    }
  }
}

/** What was tried so far, and how long the next try pauses with its permit. */
type Tries = { failures: number; isReplayed: boolean; permitPauseMs: number };

/** In how many milliseconds to try again; undefined if not at all. */
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
