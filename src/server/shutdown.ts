/**
 * The timetable of a stop: every moment from the signal to the end of the process, and why it is when it is. Pure.
 * `server.ts` and `main.ts` follow it.
 */

/** The moments of a stop, in milliseconds since the signal. Readiness drops at 0. */
export type ShutdownPlan = {
  /**
   * Until here all goes on as before, so that a balancer sees that the gateway is not ready. Then requests are held, and
   * the socket closes as soon as no connection waits to be accepted.
   */
  readonly holdsAt: number;
  /** The socket closes at the latest. Under a flood of new connections the queue may never be empty. */
  readonly socketClosesBy: number;
  /** How long after the socket idle connections end: a client may have sent a request before it saw the close. */
  readonly idleEndsAfterMs: number;
  /** Idle connections end at the latest. Before that, the server waits for a short turn of the event loop. */
  readonly idleEndsBy: number;
  /** Operations that still run end here, with a coded error. */
  readonly operationsEndAt: number;
  /** Connections that are still open are cut off. Their requests count as unanswered. */
  readonly cutOffAt: number;
  /** Spans are sent for this long, and no later than `spansEndBy`. */
  readonly spansMs: number;
  readonly spansEndBy: number;
  /** The whole stop of the operators' port, which answers longest so that the stop can be watched. */
  readonly operatorsMs: number;
  /** The log is flushed for this long, and no later than `logEndsBy`. */
  readonly logMs: number;
  readonly logEndsBy: number;
  /** The process ends, whatever still hangs: the platform waits no longer. */
  readonly endsAt: number;
};

/** From the signal until no more connections are accepted, unless a caller knows better: several health checks of a close balancer. */
const usualDelayMs = 100;

/** The longest wait for an empty accept queue, and then for a short turn. A client does not notice a second here. */
const longestHoldMs = 1000;

/** What is reserved after the cut-off, for spans, operators and the log. An answer to an operator takes some milliseconds. */
const longestClosingMs = 500;

/** What is reserved to send the last answers. It is a tenth of the time where that is less. */
const longestSendingMs = 1000;

/**
 * What it costs to end one operation and to send its answer. All operations that wait for an upstream that hangs end at
 * one moment, on one processor. Measured with 1000 of them, each took 1.3 to 1.7 ms.
 */
const sendingMsPerRequest = 3;

/** A collector that answers needs a fraction of this. */
const longestSpansMs = 2000;

/** A reader of the log that reads at all needs a fraction of this. */
const longestLogMs = 250;

/**
 * After an answer, a client is back within this time: some ten times what it takes on one machine. A socket that closes
 * earlier resets clients that have just connected.
 */
export const comeBackMs = 5;

/** A turn of the event loop that is shorter than this had hardly room for an arrival after the loop had polled. */
export const shortTurnMs = 1;

/**
 * Plans a stop that takes `timeoutMs` at most, with so many requests open. More open requests draw only `operationsEndAt`
 * in: their answers need time to be sent, and an answer that says why is better than a cut connection. But a tenth of the
 * time always remains to answer, because most requests are answered in it.
 */
export function planShutdown(timeoutMs: number, openRequests: number, delayMs = usualDelayMs): ShutdownPlan {
  const closingMs = Math.min(longestClosingMs, Math.floor(timeoutMs / 2));
  const cutOffAt = timeoutMs - closingMs;
  const holdsAt = Math.min(delayMs, cutOffAt);
  const socketClosesBy = Math.min(holdsAt + longestHoldMs, between(holdsAt, cutOffAt));
  const leastMs = Math.min(longestSendingMs, cutOffAt / 10);
  const sendingMs = Math.min(leastMs + openRequests * sendingMsPerRequest, cutOffAt - leastMs);
  return {
    holdsAt,
    socketClosesBy,
    idleEndsAfterMs: holdsAt,
    idleEndsBy: Math.min(socketClosesBy + longestHoldMs, between(socketClosesBy, cutOffAt)),
    operationsEndAt: cutOffAt - sendingMs,
    cutOffAt,
    spansMs: longestSpansMs,
    spansEndBy: cutOffAt + closingMs * 0.4,
    operatorsMs: closingMs * 0.5,
    logMs: longestLogMs,
    logEndsBy: cutOffAt + closingMs * 0.95,
    endsAt: timeoutMs,
  };
}

function between(from: number, to: number): number {
  return (from + to) / 2;
}
