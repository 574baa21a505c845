/**
 * How long the operations of one HTTP request may run: until the client leaves, OPERATION_TIMEOUT_MS is over, or the
 * process stops. Knows nothing of what they do.
 */
import { GatewayError } from '../../errors.ts';

/** The deadline of one request's operations. */
export type OperationDeadline = {
  /** Fires when the client leaves or the deadline passes, with a GatewayError as its reason. */
  readonly signal: AbortSignal;
  /** The deadline on the monotonic clock, in milliseconds. Ask anew each time: a shutdown brings it forward. */
  readonly at: () => number;
  /** Ends it when the request is answered, so that no timer outlives the request. */
  readonly stop: () => void;
};

/** Calls a function when the client leaves, at once if it has left already. Returns what ends that. */
export type WatchClient = (onGone: () => void) => () => void;

/** What a deadline is made from. */
export type OperationDeadlineOptions = {
  readonly watchClient: WatchClient;
  readonly operationTimeoutMs: number;
  readonly shutdown: ShutdownDeadline;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** Starts a deadline. One that has passed already fires at once: then no call could still be of use. */
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

/** When the process stops, so that no operation outlasts it. */
export type ShutdownDeadline = {
  /** On the monotonic clock, in milliseconds; infinite until a shutdown begins. */
  readonly at: () => number;
  /** Sets it. A later moment than the one that is set changes nothing. */
  readonly bringForward: (moment: number) => void;
  /** Calls a function whenever the deadline is set. Returns what ends that. */
  readonly watch: (onSet: () => void) => () => void;
};

/** A shutdown that has not begun. */
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
