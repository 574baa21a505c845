/**
 * The deadlines of operations: those of one HTTP request end when the client leaves, when OPERATION_TIMEOUT_MS is over, or
 * when the process stops.
 */
import { GatewayError } from '../../errors.ts';
import { LightSignal, type Signal } from '../../upstream/signal.ts';

/** The deadline of one request's operations. */
export type OperationDeadline = {
  /** Fires when the client leaves or the deadline passes, with a GatewayError as its reason. */
  readonly signal: Signal;
  /** The deadline on the monotonic clock, in milliseconds. A shutdown brings it forward, so do not store it. */
  readonly at: () => number;
  /** Ends the watch. Call it when the request is answered. */
  readonly stop: () => void;
};

/** Calls `onGone` when the client leaves, or at once if it has left before. Returns the function that ends the watch. */
export type WatchClient = (onGone: () => void) => () => void;

/** The deadlines of all requests. */
export type OperationDeadlines = {
  /** Starts the deadline of a request. If it has already passed, its signal fires at once: no call could answer in time. */
  readonly start: (watchClient: WatchClient) => OperationDeadline;
  /**
   * Ends all operations, running and new, by this moment of the monotonic clock. A later moment than the last one is ignored.
   * Returns the moment that counts.
   */
  readonly bringForward: (moment: number) => number;
};

type Running = { readonly endsAt: number; readonly fail: (reason: string) => void };

/** Builds the deadlines. `now` is the monotonic clock in milliseconds. */
export function createDeadlines(operationTimeoutMs: number, now: () => number): OperationDeadlines {
  /** In the order of their ends, because all have the same time. So one timer serves them all. */
  const running = new Set<Running>();
  let timer: NodeJS.Timeout | undefined;
  let stopsAt = Number.POSITIVE_INFINITY;

  const endOf = ({ endsAt }: Running) => Math.min(endsAt, stopsAt);
  function endPassed(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const each of running) {
      const leftMs = endOf(each) - now();
      if (leftMs > 0) {
        timer = setTimeout(endPassed, Math.ceil(leftMs));
        return;
      }
      running.delete(each);
      if (stopsAt < each.endsAt) each.fail('The gateway is being stopped and could not wait any longer');
      else each.fail(`The operation was not done within ${operationTimeoutMs} ms`);
    }
  }

  return {
    start(watchClient) {
      const signal = new LightSignal();
      const fail = (reason: string) => signal.abort(new GatewayError('UPSTREAM_TIMEOUT', reason));
      const own: Running = { endsAt: now() + operationTimeoutMs, fail };
      running.add(own);
      const unwatchClient = watchClient(() => fail('The client went away'));
      if (timer === undefined || stopsAt < own.endsAt) endPassed();
      return {
        signal,
        at: () => endOf(own),
        stop() {
          unwatchClient();
          running.delete(own);
          if (running.size === 0) endPassed();
        },
      };
    },
    bringForward(moment) {
      stopsAt = Math.min(stopsAt, moment);
      endPassed();
      return stopsAt;
    },
  };
}

/** Watches a client by the signal of its request. */
export function watchSignal(signal: AbortSignal): WatchClient {
  return (onGone) => {
    if (signal.aborted) onGone();
    else signal.addEventListener('abort', onGone, { once: true });
    return () => signal.removeEventListener('abort', onGone);
  };
}
