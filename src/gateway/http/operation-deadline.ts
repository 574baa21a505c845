/**
 * The deadlines of operations: those of one HTTP request end when the client leaves, when OPERATION_TIMEOUT_MS is over, or
 * when the process stops.
 */
import { GatewayError } from '../../errors.ts';
import { LightSignal } from '../../upstream/signal.ts';

/** The deadlines of all requests. */
export type OperationDeadlines = ReturnType<typeof createDeadlines>;

/** The deadline of one request's operations. */
export type OperationDeadline = ReturnType<OperationDeadlines['start']>;

/** Builds the deadlines. `now` is the monotonic clock in milliseconds. */
export function createDeadlines(operationTimeoutMs: number, now: () => number) {
  /** In the order of their ends, because all have the same time. So one timer serves them all. */
  const running = new Set<Deadline>();
  let timer: NodeJS.Timeout | undefined;
  let stopsAt = Number.POSITIVE_INFINITY;

  /** A class, because every request has one, and closures take more memory. */
  class Deadline {
    /** Fires when the client leaves or the deadline passes, with a GatewayError as its reason. */
    readonly signal = new LightSignal();
    readonly endsAt = now() + operationTimeoutMs;

    /** The deadline on the monotonic clock, in milliseconds. A shutdown brings it forward, so do not store it. */
    at = (): number => Math.min(this.endsAt, stopsAt);

    /** Must be called when the client has left. After `stop` it does nothing. */
    leave(): void {
      if (running.has(this)) fail(this, 'The client went away');
    }

    /** Ends the watch. Must be called when the request is answered. */
    stop(): void {
      running.delete(this);
      if (running.size === 0) endPassed();
    }
  }

  function endPassed(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const each of running) {
      const leftMs = each.at() - now();
      if (leftMs > 0) {
        timer = setTimeout(endPassed, Math.ceil(leftMs));
        return;
      }
      running.delete(each);
      if (stopsAt < each.endsAt) fail(each, 'The gateway is being stopped and could not wait any longer');
      else fail(each, `The operation was not done within ${operationTimeoutMs} ms`);
    }
  }

  return {
    /** Starts the deadline of a request. If it has already passed, its signal fires at once: no call could answer in time. */
    start(): Deadline {
      const deadline = new Deadline();
      running.add(deadline);
      if (timer === undefined || stopsAt < deadline.endsAt) endPassed();
      return deadline;
    },
    /**
     * Ends all operations, running and new, by this moment of the monotonic clock. A later moment than the last one is
     * ignored. Returns the moment that counts.
     */
    bringForward(moment: number): number {
      stopsAt = Math.min(stopsAt, moment);
      endPassed();
      return stopsAt;
    },
  };
}

const fail = ({ signal }: { readonly signal: LightSignal }, reason: string): void =>
  signal.abort(new GatewayError('UPSTREAM_TIMEOUT', reason));
