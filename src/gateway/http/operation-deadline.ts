/**
 * How long the operations of one HTTP request may go on: while their client is there, their time lasts and the process
 * does not end. Knows nothing of what they do.
 */
import { GatewayError } from '../../errors.ts';
import type { ClosingTime } from './shutdown-deadline.ts';

/** The time of one request's operations. */
export type OperationDeadline = {
  /** Fires when the client goes away or the time is up, with a GatewayError as its reason. */
  readonly signal: AbortSignal;
  /** Starts the time; once is enough. */
  readonly start: () => void;
  /**
   * When the time is up, in milliseconds of the clock that never goes back. Ask anew each time: it starts late, and is
   * drawn in when the process is told to stop.
   */
  readonly at: () => number;
  /** Ends it when the request is answered, so that no timer outlives it. */
  readonly stop: () => void;
};

/** What a deadline is made from. */
export type OperationDeadlineOptions = {
  readonly clientSignal: AbortSignal;
  readonly operationTimeoutMs: number;
  readonly closingTime: ClosingTime;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/** A deadline that has not started. */
export function createOperationDeadline({
  clientSignal,
  operationTimeoutMs,
  closingTime,
  now,
}: OperationDeadlineOptions): OperationDeadline {
  const controller = new AbortController();
  let ownEnd = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let unwatch = () => {};
  const at = () => Math.min(ownEnd, closingTime.at());

  const end = (reason: string) => controller.abort(new GatewayError('UPSTREAM_TIMEOUT', reason));
  const onClientGone = () => end('The client went away');
  const onTimeUp = () => {
    unwatch();
    if (closingTime.at() < ownEnd) end('The gateway is being stopped and could not wait any longer');
    else end(`The operation was not done within ${operationTimeoutMs} ms`);
  };
  /** At once when it is up already: then there is no call that could still be of use. */
  const setTimer = () => {
    clearTimeout(timer);
    const leftMs = at() - now();
    if (leftMs > 0) timer = setTimeout(onTimeUp, Math.ceil(leftMs));
    else onTimeUp();
  };

  if (clientSignal.aborted) onClientGone();
  else clientSignal.addEventListener('abort', onClientGone, { once: true });

  return {
    signal: controller.signal,
    start() {
      if (ownEnd < Number.POSITIVE_INFINITY) return;
      ownEnd = now() + operationTimeoutMs;
      unwatch = closingTime.watch(setTimer);
      setTimer();
    },
    at,
    stop() {
      clearTimeout(timer);
      unwatch();
      clientSignal.removeEventListener('abort', onClientGone);
    },
  };
}
