/** What metrics and traces see of calls: how they wait, go out and end, and which are refused. Knows no metrics system. */

import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Signal } from './signal.ts';

/** How one call ended: with a page, with "no such customer", because the caller went away, or with the error's code. */
export type CallOutcome = 'OK' | 'NO_SUCH_CUSTOMER' | 'CANCELLED' | ErrorCode;

/** How a wait for a permit ended: with one, with a refusal, or because the caller went away. */
export type WaitOutcome = 'granted' | 'refused' | 'left';

/** Listeners for events of the client; none may throw. */
export type ClientEvents = {
  /** Called when a page call or a token call got its permit, or got none. The wait may have been 0. */
  readonly onWaited: (outcome: WaitOutcome, waitedMs: number) => void;
  /** Called when a call goes out, retries included, and when it has ended, `durationMs` later. */
  readonly onSent: (call: 'page' | 'token') => void;
  readonly onEnded: (call: 'page' | 'token', outcome: CallOutcome, durationMs: number) => void;
  /** Called when a call goes out again for the same page: a retry, or a replay after a 401. */
  readonly onRepeat: () => void;
  /** Called when a call is refused because the breaker is open, or because the token endpoint failed a moment ago. */
  readonly onBreakerRefusal: (call: 'page' | 'token') => void;
};

/** Ignores all events. */
export const ignoredEvents: ClientEvents = {
  onWaited: () => undefined,
  onSent: () => undefined,
  onEnded: () => undefined,
  onRepeat: () => undefined,
  onBreakerRefusal: () => undefined,
};

/** What a trace shows of a call: neither query nor headers nor a path prefix, which name customers or hold secrets. */
export type TracedCall = {
  readonly method: 'GET' | 'POST';
  /** Scheme, host, port. */
  readonly origin: string;
  /** One of the endpoint's own paths. */
  readonly path: string;
  /** The page that is asked for; undefined for a token call. */
  readonly page?: { readonly pageNumber: number; readonly limit: number };
  /** How many calls went out for the same page before. */
  readonly resends: number;
  /** How long the call waited for its permit, and then for its slot and token, in milliseconds. */
  readonly budgetWaitMs: number;
  readonly slotWaitMs: number;
};

/** A call in a trace. Nothing here throws. */
export type CallSpan = {
  /** The span's own W3C `traceparent`. */
  readonly traceparent: string;
  /** Called with the HTTP status, if one comes. */
  readonly onStatus: (status: number) => void;
  /** Called once, when the call has ended. */
  readonly end: (outcome: CallOutcome) => void;
};

/** Called right before a call goes out. Must not throw. */
export type StartCallSpan = (call: TracedCall) => CallSpan;

/** The outcome of a call that failed. Any error but a `GatewayError` is the signal's reason, or a bug. */
export function outcomeOf(error: unknown, { aborted }: Signal): CallOutcome {
  if (error instanceof GatewayError) return error.code;
  return aborted ? 'CANCELLED' : 'INTERNAL_SERVER_ERROR';
}

/**
 * W3C Trace Context, section 3.2: version, trace id, parent id, flags, in lower-case hexadecimal. Ids of zeros alone are
 * invalid, and so is version ff. Later versions may be longer; unknown parts are not passed on.
 */
const validTraceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The caller's `traceparent`, which adds a call to its trace; undefined if it is not valid. `tracestate` is dropped, as
 * section 6 allows: it belongs to the caller's tracing vendors.
 */
export function traceparentOf(incoming: Pick<Headers, 'get'>): string | undefined {
  const traceparent = incoming.get('traceparent');
  return traceparent !== null && validTraceparent.test(traceparent) ? traceparent : undefined;
}
