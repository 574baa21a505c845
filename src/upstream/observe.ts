/** What others see of calls: each that goes out, how it ended, and the calls that wait or are not made. Knows no metrics. */

import { type ErrorCode, GatewayError } from '../errors.ts';

/** What came of one call: a page, "no such customer", nobody waiting for it any more, or the error's code. */
export type CallOutcome = 'OK' | 'NO_SUCH_CUSTOMER' | 'CANCELLED' | ErrorCode;

/** Called for every call that goes out, retries included; returns what to call with its outcome. Must not throw. */
export type CallObserver = () => (outcome: CallOutcome) => void;

/** Sees nothing. */
export const unobserved: CallObserver = () => () => undefined;

/** How a wait for a permit ended: with one, with a refusal, or because nobody waited any more. */
export type WaitOutcome = 'granted' | 'refused' | 'left';

/** Called for every wait for a permit, also of those that took no time. Must not throw. */
export type WaitObserver = (outcome: WaitOutcome, waitedMs: number) => void;

/** Listeners; none may throw. */
export type ClientEvents = {
  /** A call, for a page or a token, has waited for its permit. */
  readonly onWaited: WaitObserver;
  /** A call goes out that is not the first for its page: a retry, or a replay after a 401. */
  readonly onRepeat: () => void;
  /** A call was not made because the breaker is open, or because the token endpoint failed a moment ago. */
  readonly onBreakerRefusal: (call: 'page' | 'token') => void;
};

/** Nobody listens. */
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
  /** What is asked for; a token call asks for no page. */
  readonly page?: { readonly pageNumber: number; readonly limit: number };
  /** How many calls went out for the same before. */
  readonly resends: number;
  /** How long it waited for its permit, and then for its slot and token, in milliseconds. */
  readonly budgetWaitMs: number;
  readonly slotWaitMs: number;
};

/** A call in a trace. Nothing here throws. */
export type CallSpan = {
  /** Its own place in the trace, as W3C Trace Context has it in the header of that name. */
  readonly traceparent: string;
  /** Called with the HTTP status, if there comes one. */
  readonly onStatus: (status: number) => void;
  /** Called once, at the end. */
  readonly end: (outcome: CallOutcome) => void;
};

/** Called right before a call goes out. Must not throw. */
export type StartCallSpan = (call: TracedCall) => CallSpan;

/** A call that goes out, in metrics and trace. */
export type ObservedCall = {
  readonly span: CallSpan | undefined;
  readonly end: (outcome: CallOutcome) => void;
};

/** Begins to observe a call; right before it goes out. */
export function beginCall(
  observe: CallObserver,
  startSpan: StartCallSpan | undefined,
  traced: TracedCall,
): ObservedCall {
  const span = startSpan?.(traced);
  const count = observe();
  return {
    span,
    end(outcome) {
      count(outcome);
      span?.end(outcome);
    },
  };
}

/** The outcome that an error means: what is no `GatewayError` is a caller who went away, else a bug. */
export function outcomeOf(error: unknown, { aborted }: AbortSignal): CallOutcome {
  if (error instanceof GatewayError) return error.code;
  return aborted ? 'CANCELLED' : 'INTERNAL_SERVER_ERROR';
}
