/**
 * One try at a page: is there a prospect, a signature, a place in the budget, a slot; then the call under its time
 * limit. Knows nothing of trying again.
 */

import { unlessAborted } from './abortable.ts';
import type { Breaker } from './breaker.ts';
import type { BudgetGate } from './budget-gate.ts';
import type { DelayObserver } from './budget-line.ts';
import { type CallObserver, observeCall } from './call-observer.ts';
import { type CallSpan, observeWithSpan, type StartCallSpan, type TracedCall } from './call-trace.ts';
import type { Credentials, OutgoingHeaders } from './credentials.ts';
import { type Work, withDeadline } from './deadline.ts';
import { type Endpoint, pagePath } from './endpoint.ts';
import { passRow, type RowRequest } from './gate-row.ts';
import { ownHeaders } from './http-call.ts';
import type { PageAnswer, PageRequest } from './page-request.ts';
import { pause } from './pause.ts';
import { callTraceHeaders } from './trace-context.ts';
import { verdictOf } from './verdict.ts';

/** On whose behalf calls are made: one incoming HTTP request. */
export type UpstreamCaller = {
  readonly headers: Headers;
  /** Goes upstream as x-request-id. */
  readonly requestId: string;
  /** Whom fairness is between: who calls the gateway, as far as that is known. All without one count as one. */
  readonly subject?: string | undefined;
  /** Until when an answer is of use, in milliseconds of the clock that never goes back. */
  readonly deadlineAt: () => number;
  /** For a call that several share: told when some of them wait in vain for the budget. */
  readonly onDelay?: DelayObserver | undefined;
  /** Gives each call its place in the caller's trace; nothing where nothing is traced. */
  readonly startSpan?: StartCallSpan | undefined;
};

/** One page wanted by one caller, however many calls it takes. */
export type PageCall = {
  readonly caller: UpstreamCaller;
  readonly request: PageRequest;
  readonly signal: AbortSignal;
  /** Told of each call as it goes out. */
  readonly onSent: () => void;
  /** How many calls have gone out so far. */
  sent: number;
};

/**
 * Makes one try. `onSigned` is told what the call is signed with, before it goes out; `placedPauseMs` is to pass between
 * the call's place in the budget and the call.
 */
export type PageTry = (
  call: PageCall,
  onSigned: (signed: OutgoingHeaders) => void,
  placedPauseMs: number,
) => Promise<PageAnswer>;

/** What a try passes through. */
export type PageTryOptions = {
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  readonly gate: BudgetGate;
  readonly breaker: Breaker;
  /** For the call itself, in milliseconds. */
  readonly timeoutMs: number;
  readonly observe: CallObserver;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/** Builds the way of one try. */
export function createPageTry(options: PageTryOptions): PageTry {
  const { endpoint, credentials, gate, breaker, timeoutMs, now } = options;
  const sign = async ({ headers, deadlineAt, startSpan }: UpstreamCaller) =>
    credentials.headersFor(headers, deadlineAt, startSpan);

  const placesFor = ({ caller, signal }: PageCall): RowRequest => ({
    credentials: credentials.budgetsOf(caller.headers),
    subject: caller.subject ?? '',
    deadlineAt: caller.deadlineAt,
    onDelay: caller.onDelay,
    signal,
  });

  return async (call, onSigned, placedPauseMs) => {
    call.signal.throwIfAborted();
    breaker.refuseIfOpen();
    // Fetched before there is a place to be held, or the token's own call could find none left; asked for again in it,
    // for waiting can take longer than a token lives.
    await unlessAborted(call.signal, sign(call.caller));
    const askedAt = now();
    return passRow(gate, placesFor(call), async (onSpent) => {
      if (placedPauseMs > 0) await pause(placedPauseMs, call.signal);
      const placedAt = now();
      let sentAt: number | undefined;
      const onSent = () => {
        sentAt = now();
        onSpent();
        call.onSent();
      };
      const inSlot =
        (refuseIfShut: () => void): Work<PageAnswer> =>
        (signal, startClock) =>
          endpoint.slots.run(
            signal,
            async () => {
              const slotAt = now();
              // A renewal that is due by now is no part of the call, neither of its time nor of what it tells.
              const signed = await unlessAborted(signal, sign(call.caller));
              refuseIfShut();
              startClock();
              onSigned(signed);
              const waits = { budgetWaitMs: placedAt - askedAt, slotWaitMs: slotAt - placedAt };
              return send(options, call, { signed, signal, onSent }, waits);
            },
            credentials.subjectOf?.(call.caller.headers) ?? call.caller.subject,
          );
      return breaker.run(
        (refuseIfShut) => withDeadline(call.signal, timeoutMs, inSlot(refuseIfShut)),
        (error) => {
          if (sentAt === undefined) return 'unknown';
          return verdictOf(error, { callerSignal: call.signal, waitedMs: now() - sentAt, timeoutMs });
        },
      );
    });
  };
}

type SendParts = Pick<Parameters<Endpoint['fetchPage']>[1], 'signal' | 'onSent'> & {
  readonly signed: OutgoingHeaders;
};
type Waits = Pick<TracedCall, 'budgetWaitMs' | 'slotWaitMs'>;

/** The call over the wire. */
function send(
  { endpoint, credentials, observe }: PageTryOptions,
  call: PageCall,
  { signed, onSent, signal }: SendParts,
  waits: Waits,
): Promise<PageAnswer> {
  const span = spanOf(call, endpoint.origin, waits);
  call.sent += 1;
  const headers = callHeaders(signed, call.caller, span);
  const parts = { headers, signal, onSent, onStatus: span?.onStatus, owner: credentials.owner };
  return observeCall(observeWithSpan(observe, span), signal, () => endpoint.fetchPage(call.request, parts));
}

/** The call's place in its caller's trace, if that is kept. Of what is asked for no more than the page is told. */
function spanOf({ caller, request, sent }: PageCall, origin: string, waits: Waits): CallSpan | undefined {
  const { pageNumber, limit } = request;
  const traced = {
    method: 'GET',
    origin,
    path: pagePath,
    page: { pageNumber, limit },
    resends: sent,
  } as const;
  return caller.startSpan?.({ ...traced, ...waits });
}

function callHeaders(
  signed: OutgoingHeaders,
  { headers, requestId }: UpstreamCaller,
  span: CallSpan | undefined,
): OutgoingHeaders {
  return { ...signed, ...callTraceHeaders(span, headers), ...ownHeaders, 'x-request-id': requestId };
}
