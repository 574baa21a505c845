/** Which failures of a call are the upstream's fault. Knows nothing of what follows from it. */

import { type ErrorCode, GatewayError } from '../errors.ts';
import { isCutShort } from './body.ts';
import type { Verdict } from './breaker.ts';

const faults: readonly ErrorCode[] = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT'];

/** Answers that show an upstream at work, though nobody likes them. */
const answers: readonly ErrorCode[] = ['UPSTREAM_REJECTED', 'CUSTOMER_MERGED'];

/** Answers that its outermost door may have given, or that make no sense: they tell nothing of other questions. */
const answersBeside: readonly ErrorCode[] = [
  'UPSTREAM_UNAUTHORIZED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'UPSTREAM_BAD_RESPONSE',
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
 * Judges by the error of a call that went out. One whose caller has left soon tells nothing, whatever it failed with. One
 * that was left after more than half of its time had no answer for long enough, unless others were answered meanwhile:
 * else impatient callers would hide an upstream that hangs.
 *
 * An answer of another shape, be it HTML or other JSON, is its question's own and never a failure. To leave such an
 * upstream alone would spare nobody a wait, for it answers at once. A body that was cut short is a lost connection.
 */
export function verdictOf(error: unknown, patience: Patience): Verdict {
  const { callerSignal, waitedMs, timeoutMs, isOthersWell } = patience;
  if (callerSignal.aborted) return waitedMs > timeoutMs / 2 && !isOthersWell ? 'failing' : 'unknown';
  if (!(error instanceof GatewayError)) return 'unknown';
  if (faults.includes(error.code) || isCutShort(error)) return 'failing';
  if (answersBeside.includes(error.code) || isWithoutCode(error)) return 'there';
  return answers.includes(error.code) ? 'well' : 'unknown';
}

/** A refusal by status alone, such as 404: a proxy or a firewall may have given it. */
function isWithoutCode({ code, details }: GatewayError): boolean {
  return code === 'UPSTREAM_REJECTED' && details.upstreamCode === undefined;
}
