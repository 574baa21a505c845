/**
 * The deadline of the operations of one HTTP request: they end when the client leaves, when OPERATION_TIMEOUT_MS is over,
 * or when the process stops.
 */
import { GatewayError } from '../../errors.ts';

/** The deadline of one request's operations. */
export type OperationDeadline = {
  /** Fires when the client leaves or the deadline passes, with a GatewayError as its reason. */
  readonly signal: AbortSignal;
  /** The deadline on the monotonic clock, in milliseconds. A shutdown brings it forward, so do not store it. */
  readonly at: () => number;
  /** Stops the timer and the watches. Call it when the request is answered. */
  readonly stop: () => void;
};

/** Calls `onGone` when the client leaves, or at once if it has left before. Returns the function that ends the watch. */
export type WatchClient = (onGone: () => void) => () => void;

/** What a deadline needs. */
export type OperationDeadlineOptions = {
  readonly watchClient: WatchClient;
  readonly operationTimeoutMs: number;
  readonly shutdown: ShutdownDeadline;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** Starts a deadline. If it has already passed, its signal fires at once: no call could answer in time. */
export function startOperationDeadline(options: OperationDeadlineOptions): OperationDeadline {
  const { watchClient, operationTimeoutMs, shutdown, now } = options;
  const controller = new AbortController();
  const ownEnd = now() + operationTimeoutMs;
  const at = () => Math.min(ownEnd, shutdown.at());
  const fail = (reason: string) => controller.abort(new GatewayError('UPSTREAM_TIMEOUT', reason));
  const onClientGone = () => fail('The client went away');
  let timer: NodeJS.Timeout | undefined;

  function onDeadline(): void {
    unwatch();
    if (shutdown.at() < ownEnd) fail('The gateway is being stopped and could not wait any longer');
    else fail(`The operation was not done within ${operationTimeoutMs} ms`);
  }
  function setTimer(): void {
    clearTimeout(timer);
    const leftMs = at() - now();
    if (leftMs > 0) timer = setTimeout(onDeadline, Math.ceil(leftMs));
    else onDeadline();
  }

  const unwatch = shutdown.watch(setTimer);
  const unwatchClient = watchClient(onClientGone);
  setTimer();
  return {
    signal: controller.signal,
    at,
    stop() {
      clearTimeout(timer);
      unwatch();
      unwatchClient();
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

/** The moment by which a shutdown ends all operations. */
export type ShutdownDeadline = {
  /** On the monotonic clock, in milliseconds; infinite until a shutdown begins. */
  readonly at: () => number;
  /** Sets the deadline. A later moment than the current one is ignored. */
  readonly bringForward: (moment: number) => void;
  /** Calls `onSet` whenever `bringForward` is called. Returns the function that ends the watch. */
  readonly watch: (onSet: () => void) => () => void;
};

/** Builds the deadline of a shutdown that has not begun. */
export function createShutdownDeadline(): ShutdownDeadline {
  const watchers = new Set<() => void>();
  let at = Number.POSITIVE_INFINITY;
  return {
    at: () => at,
    bringForward(moment) {
      at = Math.min(at, moment);
      for (const onSet of [...watchers]) onSet();
    },
    watch(onSet) {
      watchers.add(onSet);
      return () => void watchers.delete(onSet);
    },
  };
}
