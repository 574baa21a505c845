/** Work under a time limit and a caller's signal. Knows nothing of what the work is. */

import { setMaxListeners } from 'node:events';
import { CallFailure } from './failure.ts';

/** Work that can be given up: it should stop when `signal` fires, and its time runs from `startClock` on. */
export type Work<T> = (signal: AbortSignal, startClock: () => void) => Promise<T>;

/**
 * Runs `work` with a signal that fires when the caller's fires, with the same reason, or `timeoutMs` after
 * the work started its clock, with UPSTREAM_TIMEOUT. Rejects with that reason at once, without waiting for
 * the work to notice: undici, for one, notices nothing while it connects. Leaves neither timer nor listener
 * behind. A caller's signal that has fired already starts nothing.
 */
export const withDeadline = async <T>(
  callerSignal: AbortSignal,
  timeoutMs: number,
  work: Work<T>,
): Promise<T> => {
  callerSignal.throwIfAborted();
  // Many calls share one caller, and Node 20 takes the eleventh listener on a signal for a leak.
  setMaxListeners(0, callerSignal);
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const startClock = () => {
    timer = setTimeout(() => controller.abort(timedOut(timeoutMs)), timeoutMs);
  };
  const onAbort = () => controller.abort(callerSignal.reason);
  callerSignal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([rejectOnAbort(controller.signal), work(controller.signal, startClock)]);
  } finally {
    clearTimeout(timer);
    callerSignal.removeEventListener('abort', onAbort);
  }
};

/** Never resolves. First in the race, so that it wins against the error which the same signal brings about. */
const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

const timedOut = (timeoutMs: number): CallFailure =>
  new CallFailure('UPSTREAM_TIMEOUT', `Expected the upstream's answer within ${timeoutMs} ms, got none.`);
