/**
 * The deadlines of operations: those of one HTTP request end when the client leaves, when OPERATION_TIMEOUT_MS is over, or
 * when the process stops.
 */
import { GatewayError } from '../../errors.ts';
import { LightSignal } from '../../upstream/signal.ts';

/** The deadline of one request's operations. A class, because every request has one, and closures take more memory. */
export class OperationDeadline {
  /** Fires when the client leaves or the deadline passes, with a GatewayError as its reason. */
  readonly signal = new LightSignal();
  /** The deadline unless the process stops before, on the monotonic clock in milliseconds. */
  readonly endsAt: number;
  readonly #deadlines: OperationDeadlines;

  constructor(endsAt: number, deadlines: OperationDeadlines) {
    this.endsAt = endsAt;
    this.#deadlines = deadlines;
  }

  /** The deadline on the monotonic clock, in milliseconds. A shutdown brings it forward, so do not store it. */
  at(): number {
    return Math.min(this.endsAt, this.#deadlines.stopsAt());
  }

  /** Call it when the client has left. After `stop` it does nothing. */
  leave(): void {
    if (this.#deadlines.isRunning(this)) this.fail('The client went away');
  }

  /** Watches a client by the signal of its request. */
  follow(client: AbortSignal): void {
    if (client.aborted) this.leave();
    else client.addEventListener('abort', () => this.leave(), { once: true });
  }

  fail(reason: string): void {
    this.signal.abort(new GatewayError('UPSTREAM_TIMEOUT', reason));
  }

  /** Ends the watch. Call it when the request is answered. */
  stop(): void {
    this.#deadlines.end(this);
  }
}

/** The deadlines of all requests. */
export type OperationDeadlines = ReturnType<typeof createDeadlines>;

/** Builds the deadlines. `now` is the monotonic clock in milliseconds. */
export function createDeadlines(operationTimeoutMs: number, now: () => number) {
  /** In the order of their ends, because all have the same time. So one timer serves them all. */
  const running = new Set<OperationDeadline>();
  let timer: NodeJS.Timeout | undefined;
  let stopsAt = Number.POSITIVE_INFINITY;

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
      if (stopsAt < each.endsAt) each.fail('The gateway is being stopped and could not wait any longer');
      else each.fail(`The operation was not done within ${operationTimeoutMs} ms`);
    }
  }

  const deadlines = {
    /** Starts the deadline of a request. If it has already passed, its signal fires at once: no call could answer in time. */
    start(): OperationDeadline {
      const deadline: OperationDeadline = new OperationDeadline(now() + operationTimeoutMs, deadlines);
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
    stopsAt: () => stopsAt,
    isRunning: (deadline: OperationDeadline) => running.has(deadline),
    end(deadline: OperationDeadline): void {
      running.delete(deadline);
      if (running.size === 0) endPassed();
    },
  };
  return deadlines;
}
