/**
 * Waits that a signal can end: for some time, for a promise, or for work with a time limit. Each rejects with the signal's
 * reason as soon as the signal fires, and leaves neither timer nor listener behind.
 */

import { CallFailure } from './failure.ts';

/** Waits for `ms` milliseconds. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal.addEventListener('abort', leave, { once: true });
  });
}

/** Waits for a promise that others may share: the signal ends the wait, not the work. */
export function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/**
 * Runs `work` with a signal of its own. It fires when the caller's signal fires, with the same reason; or after
 * `timeoutMs`, with UPSTREAM_TIMEOUT. The promise then rejects at once and does not wait for the work, because undici
 * ignores the signal while it connects. The caller's signal must not have fired yet.
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
    work(controller.signal).then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}

function timedOut(timeoutMs: number): CallFailure {
  return new CallFailure(
    'UPSTREAM_TIMEOUT',
    `Expected the upstream's answer within ${timeoutMs} ms, got none.`,
  );
}
