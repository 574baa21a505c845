/** Work under a time limit and a caller's signal. Knows nothing of what the work is. */

import { CallFailure } from './failure.ts';

/**
 * Runs `work` with a signal that fires with the caller's, with the same reason, or after `timeoutMs` with UPSTREAM_TIMEOUT.
 * Rejects with that reason at once, without waiting for the work to notice: undici, for one, notices nothing while it
 * connects. Leaves neither timer nor listener behind. The caller's signal must not have fired.
 */
export function withDeadline<T>(
  callerSignal: AbortSignal,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const settle = () => {
      clearTimeout(timer);
      callerSignal.removeEventListener('abort', leave);
    };
    const end = (reason: unknown) => {
      settle();
      reject(reason); // Before the work can fail because of the same signal.
      controller.abort(reason);
    };
    const leave = () => end(callerSignal.reason);
    const timer = setTimeout(() => end(timedOut(timeoutMs)), timeoutMs);
    callerSignal.addEventListener('abort', leave, { once: true });
    work(controller.signal).then(resolve, reject).finally(settle);
  });
}

function timedOut(timeoutMs: number): CallFailure {
  return new CallFailure(
    'UPSTREAM_TIMEOUT',
    `Expected the upstream's answer within ${timeoutMs} ms, got none.`,
  );
}
