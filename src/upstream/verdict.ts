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

/**
 * Judges by the error of a call that went out. One whose caller has left tells nothing, whatever it failed with. Refused
 * credentials and spent budgets are the caller's and ours, and an answer that makes no sense may concern one question
 * alone: none of them is held against the upstream, but each shows that it is there.
 */
export function verdictOf(error: unknown, callerSignal: AbortSignal): Verdict {
  if (callerSignal.aborted || !(error instanceof GatewayError)) return 'unknown';
  if (atTheDoor.includes(error.code) || isSingular(error)) return 'there';
  if (faults.includes(error.code)) return 'failing';
  return answers.includes(error.code) ? 'well' : 'unknown';
}
