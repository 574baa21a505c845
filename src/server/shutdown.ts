/**
 * The plan of a stop: every moment from the signal to the end of the process, and the reason for it. `server.ts` and
 * `main.ts` follow it. Pure.
 */

/** The plan of one stop. */
export type ShutdownPlan = ReturnType<typeof planShutdown>;

/** The default time from the signal until requests are held: several health checks of a balancer nearby. */
const usualDelayMs = 100;

/** The longest wait for an empty accept queue, and for a short turn after it. A client does not notice a second here. */
const longestHoldMs = 1000;

/** The time after the cut-off, for spans, operators and the log. An answer to an operator takes some milliseconds. */
const longestClosingMs = 500;

/** The time to send the last answers: this, or a tenth of the time until the cut-off if that is less. */
const longestSendingMs = 1000;

/**
 * The time to end one operation and to send its answer. When the upstream hangs, all waiting operations end at one moment,
 * on one processor. Measured with 1000 of them, each took 1.3 to 1.7 ms.
 */
const sendingMsPerRequest = 3;

/**
 * A busy client connects again within this time after an answer. It is some ten times the time that this takes on one
 * machine. A socket that closes earlier resets clients that have just connected.
 */
export const comeBackMs = 5;

/** A turn of the event loop is short below this time: then hardly anything can have arrived since the loop polled. */
export const shortTurnMs = 1;

/**
 * Plans a stop of at most `timeoutMs`, with this many requests open. Moments are milliseconds since the signal; readiness
 * drops at 0. More open requests only make `operationsEndAt` earlier: sending their answers takes time, and a coded error is
 * better than a cut connection. Operations always have at least a tenth of the time until the cut-off, which is enough for
 * most of them.
 */
export function planShutdown(timeoutMs: number, openRequests: number, delayMs = usualDelayMs) {
  const closingMs = Math.min(longestClosingMs, Math.floor(timeoutMs / 2));
  const cutOffAt = timeoutMs - closingMs;
  const holdsAt = Math.min(delayMs, cutOffAt);
  const socketClosesBy = Math.min(holdsAt + longestHoldMs, between(holdsAt, cutOffAt));
  const leastMs = Math.min(longestSendingMs, cutOffAt / 10);
  const sendingMs = Math.min(leastMs + openRequests * sendingMsPerRequest, cutOffAt - leastMs);
  return {
    /**
     * From here on requests are held, and the socket closes as soon as no connection waits to be accepted. Until here
     * requests are served as before, so that a balancer has time to see that the gateway is not ready.
     */
    holdsAt,
    /** The latest moment at which the socket closes. Under a flood of new connections the queue may never be empty. */
    socketClosesBy,
    /** From the close of the socket until idle connections end. A client may have sent a request before it saw the close. */
    idleEndsAfterMs: holdsAt,
    /** The latest moment at which idle connections end. Before it, the server waits for a short turn of the event loop. */
    idleEndsBy: Math.min(socketClosesBy + longestHoldMs, between(socketClosesBy, cutOffAt)),
    /** Operations that still run end here, with a coded error. */
    operationsEndAt: cutOffAt - sendingMs,
    /** Connections that are still open are cut off here. Their requests count as unanswered. */
    cutOffAt,
    /** Spans are sent for at most this long, and no later than `spansEndBy`. A collector that answers needs a fraction. */
    spansMs: 2000,
    spansEndBy: cutOffAt + closingMs * 0.4,
    /** The time of the whole stop of the operators' port. It answers longest, so that operators can watch the stop. */
    operatorsMs: closingMs * 0.5,
    /** The log is flushed for at most this long, and no later than `logEndsBy`. A reader that reads needs a fraction. */
    logMs: 250,
    logEndsBy: cutOffAt + closingMs * 0.95,
    /** The process ends here in any case: the platform waits no longer. */
    endsAt: timeoutMs,
  };
}

const between = (from: number, to: number): number => (from + to) / 2;
