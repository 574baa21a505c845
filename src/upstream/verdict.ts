/** Which failures of a call are the upstream's fault. Knows nothing of what follows from it. */

import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Verdict } from './breaker.ts';
import { isSingular } from './decode.ts';

const faults: readonly ErrorCode[] = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_BAD_RESPONSE'];

/** Answers that show an upstream at work, though nobody likes them. */
const answers: readonly ErrorCode[] = ['UPSTREAM_REJECTED', 'CUSTOMER_MERGED'];

/** Answers that its outermost door may have given. */
const atTheDoor: readonly ErrorCode[] = [
  'UPSTREAM_UNAUTHORIZED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
];

/** How long a call was waited for, since it went out, and how long it might have been, in milliseconds. */
export type Patience = {
  readonly callerSignal: AbortSignal;
  readonly waitedMs: number;
  readonly timeoutMs: number;
  /** Whether the upstream has answered others meanwhile. */
  readonly isOthersWell: boolean;
};

/**
 * Judges by the error of a call that went out. One whose caller has left soon tells nothing, whatever it failed with; one
 * that was left after more than half of its time had no answer for long enough, or callers less patient than the time
 * limit would hide an upstream that hangs; unless others were answered meanwhile, for then it is slow at worst. Refused credentials and spent budgets are the caller's and ours, and an answer
 * that makes no sense may concern one question alone: none of them is held against the upstream, but each shows that it
 * is there.
 *
 * That holds even when there come no other answers than such. Whoever asks odd questions in a quiet hour could shut out
 * everybody else; and to leave such an upstream alone would spare nobody a wait, for it answers at once, and hide what it
 * answers behind UPSTREAM_UNAVAILABLE.
 */
export function verdictOf(error: unknown, patience: Patience): Verdict {
  const { callerSignal, waitedMs, timeoutMs, isOthersWell } = patience;
  if (callerSignal.aborted) return waitedMs > timeoutMs / 2 && !isOthersWell ? 'failing' : 'unknown';
  if (!(error instanceof GatewayError)) return 'unknown';
  if (atTheDoor.includes(error.code) || isSingular(error)) return 'there';
  if (faults.includes(error.code)) return 'failing';
  return answers.includes(error.code) ? 'well' : 'unknown';
}
