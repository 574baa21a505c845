/** Which failures of a call are the upstream's fault. Knows nothing of what follows from it. */

import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Verdict } from './breaker.ts';

const faults: readonly ErrorCode[] = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_BAD_RESPONSE'];

/** Answers that show an upstream at work, though nobody likes them. */
const answers: readonly ErrorCode[] = ['UPSTREAM_REJECTED', 'CUSTOMER_MERGED'];

/**
 * Judges by the error of a call. One whose caller has left tells nothing, whatever it failed with; neither do refused
 * credentials and spent budgets, which are the caller's and ours.
 */
export function verdictOf(error: unknown, callerSignal: AbortSignal): Verdict {
  if (callerSignal.aborted || !(error instanceof GatewayError)) return 'unknown';
  if (faults.includes(error.code)) return 'failing';
  return answers.includes(error.code) ? 'well' : 'unknown';
}
