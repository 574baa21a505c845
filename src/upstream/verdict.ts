/** What the failure of a call tells the breaker. Knows nothing of what follows from it. */

import type { Verdict } from './breaker.ts';
import { type Blames, CallFailure } from './failure.ts';

/**
 * An answer of another shape, be it HTML or other JSON, is its question's own and never a failure. To leave such an upstream
 * alone would spare nobody a wait, for it answers at once.
 */
const verdicts: Readonly<Record<Blames, Verdict>> = {
  upstream: 'failing',
  question: 'well',
  door: 'there',
  key: 'unknown',
  nobody: 'unknown',
};

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
 */
export function verdictOf(error: unknown, patience: Patience): Verdict {
  const { callerSignal, waitedMs, timeoutMs, isOthersWell } = patience;
  if (callerSignal.aborted) return waitedMs > timeoutMs / 2 && !isOthersWell ? 'failing' : 'unknown';
  return error instanceof CallFailure ? verdicts[error.blames] : 'unknown';
}
