/** What metrics and traces see of calls: how they wait, go out and end, and which are not made. Knows no metrics system. */

import { type ErrorCode, GatewayError } from '../errors.ts';
import type { CallerHeaders } from './page-request.ts';

/** How one call ended: with a page, with "no such customer", because the caller went away, or with the error's code. */
export type CallOutcome = 'OK' | 'NO_SUCH_CUSTOMER' | 'CANCELLED' | ErrorCode;

/** Called for every call that goes out, retries included. Returns a function for the outcome. Neither may throw. */
export type CallObserver = () => (outcome: CallOutcome) => void;

/** Observes nothing. */
export const unobserved: CallObserver = () => () => undefined;

/** How a wait for a permit ended: with one, with a refusal, or because the caller went away. */
export type WaitOutcome = 'granted' | 'refused' | 'left';

/** Listeners; none may throw. */
export type ClientEvents = {
  /** Called for every wait for a permit, of a page call or a token call, also for those that took no time. */
  readonly onWaited: (outcome: WaitOutcome, waitedMs: number) => void;
  /** A call goes out that is not the first for its page: a retry, or a replay after a 401. */
  readonly onRepeat: () => void;
  /** A call was not made because the breaker is open, or because the token endpoint failed a moment ago. */
  readonly onBreakerRefusal: (call: 'page' | 'token') => void;
};

/** Listens to nothing. */
export const unheardEvents: ClientEvents = {
  onWaited: () => undefined,
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
  /** The page that is asked for; a token call asks for none. */
  readonly page?: { readonly pageNumber: number; readonly limit: number };
  /** How many calls went out for the same page before. */
  readonly resends: number;
  /** How long it waited for its permit, and then for its slot and token, in milliseconds. */
  readonly budgetWaitMs: number;
  readonly slotWaitMs: number;
};

/** A call in a trace. Nothing here throws. */
export type CallSpan = {
  /** The span's own W3C `traceparent`. */
  readonly traceparent: string;
  /** Called with the HTTP status, if one comes. */
  readonly onStatus: (status: number) => void;
  /** Called once, at the end. */
  readonly end: (outcome: CallOutcome) => void;
};

/** Called right before a call goes out. Must not throw. */
export type StartCallSpan = (call: TracedCall) => CallSpan;

/** The outcome that an error means. An error that is no `GatewayError` is a caller who went away, or a bug. */
export function outcomeOf(error: unknown, { aborted }: AbortSignal): CallOutcome {
  if (error instanceof GatewayError) return error.code;
  return aborted ? 'CANCELLED' : 'INTERNAL_SERVER_ERROR';
}

/**
 * W3C Trace Context, section 3.2: version, trace id, parent id, flags, in lower-case hexadecimal. Ids of zeros alone are
 * invalid, and so is version ff. Later versions may be longer; unknown parts are not passed on.
 */
const validTraceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The header that ties a call to the caller's trace; none if the caller sent no valid one. `tracestate` is dropped, as
 * section 6 allows: it is the vendors' own and not for a third party.
 */
export function traceHeaders(incoming: CallerHeaders): Readonly<Record<string, string>> {
  const traceparent = incoming.get('traceparent');
  return traceparent !== null && validTraceparent.test(traceparent) ? { traceparent } : {};
}
