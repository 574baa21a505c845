/**
 * One try at a page: is there a prospect, a signature, a place in the budget, a slot; then the call under its time
 * limit. Knows nothing of trying again.
 */

import { unlessAborted } from './abortable.ts';
import type { Breaker } from './breaker.ts';
import type { BudgetGate, GateRequest } from './budget-gate.ts';
import { type CallObserver, observeCall } from './call-observer.ts';
import type { Credentials, OutgoingHeaders } from './credentials.ts';
import { type Work, withDeadline } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { ownHeaders } from './http-call.ts';
import type { PageAnswer, PageRequest } from './page-request.ts';
import { traceHeaders } from './trace-context.ts';
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
};

/** One page wanted by one caller, however many calls it takes. */
export type PageCall = {
  readonly caller: UpstreamCaller;
  readonly request: PageRequest;
  readonly signal: AbortSignal;
  /** Told of each call as it goes out. */
  readonly onSent: () => void;
};

/** Makes one try. `onSigned` is told what the call is signed with, before it goes out. */
export type PageTry = (call: PageCall, onSigned: (signed: OutgoingHeaders) => void) => Promise<PageAnswer>;

/** What a try passes through. */
export type PageTryOptions = {
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  readonly gate: BudgetGate;
  readonly breaker: Breaker;
  /** For the call itself, in milliseconds. */
  readonly timeoutMs: number;
  readonly observe: CallObserver;
};

/** Builds the way of one try. */
export function createPageTry(options: PageTryOptions): PageTry {
  const { endpoint, credentials, gate, breaker, timeoutMs, observe } = options;
  const sign = async ({ headers, deadlineAt }: UpstreamCaller) =>
    credentials.headersFor(headers, deadlineAt());

  const placeFor = ({ caller, signal }: PageCall): GateRequest => ({
    credential: credentials.budgetOf(caller.headers),
    subject: caller.subject ?? '',
    deadlineAt: caller.deadlineAt(),
    signal,
  });

  /** The call over the wire. */
  function send({ caller, request }: PageCall, parts: Omit<SendParts, 'owner'>): Promise<PageAnswer> {
    const headers = callHeaders(parts.headers, caller);
    const call = { ...parts, headers, owner: credentials.owner };
    return observeCall(observe, parts.signal, () => endpoint.fetchPage(request, call));
  }

  return async (call, onSigned) => {
    call.signal.throwIfAborted();
    breaker.refuseIfOpen();
    // Fetched before there is a place to be held, or the token's own call could find none left; asked for again in it,
    // for waiting can take longer than a token lives.
    await unlessAborted(call.signal, sign(call.caller));
    return gate.pass(placeFor(call), (onSpent) => {
      const onSent = () => {
        onSpent();
        call.onSent();
      };
      const inSlot: Work<PageAnswer> = (signal, startClock) =>
        endpoint.slots.run(signal, async () => {
          startClock();
          const headers = await sign(call.caller);
          onSigned(headers);
          return send(call, { headers, signal, onSent });
        });
      return breaker.run(
        () => withDeadline(call.signal, timeoutMs, inSlot),
        (error) => verdictOf(error, call.signal),
      );
    });
  };
}

type SendParts = Parameters<Endpoint['fetchPage']>[1];

function callHeaders(signed: OutgoingHeaders, { headers, requestId }: UpstreamCaller): OutgoingHeaders {
  return { ...signed, ...traceHeaders(headers), ...ownHeaders, 'x-request-id': requestId };
}
