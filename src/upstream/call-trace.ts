/**
 * Ties calls to a trace: what is told of each that goes out, and what it is sent with for that. Knows no tracing
 * system.
 */

import type { CallObserver, CallOutcome } from './call-observer.ts';

/**
 * What a trace is told of a call. Neither query nor headers nor what stands before the endpoint's own path: those name
 * customers, or hold secrets.
 */
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
  /** How long it waited for its place in the budget, and then for a connection, in milliseconds. */
  readonly budgetWaitMs: number;
  readonly slotWaitMs: number;
};

/** A call that goes out, as a trace sees it. Nothing here throws. */
export type CallSpan = {
  /** Its own place in the trace, as W3C Trace Context has it in the header of that name. */
  readonly traceparent: string;
  /** Is told the HTTP status, if there comes one. */
  readonly onStatus: (status: number) => void;
  /** Is told of the end, once. */
  readonly end: (outcome: CallOutcome) => void;
};

/** Is told of a call right before it goes out. Must not throw. */
export type StartCallSpan = (call: TracedCall) => CallSpan;

/** Sees what both see. */
export function observeWithSpan(observe: CallObserver, span: CallSpan | undefined): CallObserver {
  if (span === undefined) return observe;
  return () => {
    const tellEnd = observe();
    return (outcome) => {
      tellEnd(outcome);
      span.end(outcome);
    };
  };
}
