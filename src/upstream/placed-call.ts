/**
 * A call that has its place in the budget: through a slot, with a signature, over the wire. Knows neither how it came to
 * its place nor what becomes of its answer.
 */

import { unlessAborted } from './abortable.ts';
import type { Place } from './budget-gate.ts';
import { type CallObserver, observeCall } from './call-observer.ts';
import { type CallSpan, observeWithSpan, type TracedCall } from './call-trace.ts';
import type { Credentials } from './credentials.ts';
import type { Work } from './deadline.ts';
import { type Endpoint, pagePath } from './endpoint.ts';
import type { OutgoingHeaders } from './forwarded-headers.ts';
import { ownHeaders } from './http-call.ts';
import type { PageCall, UpstreamCaller } from './page-call.ts';
import type { PageAnswer } from './page-request.ts';
import { callTraceHeaders } from './trace-context.ts';

/** One that waits for its slot; times in milliseconds of the clock that never goes back. */
export type PlacedCall = {
  readonly call: PageCall;
  readonly place: Place;
  readonly askedAt: number;
  readonly placedAt: number;
  /** Whether a token that has ended since may be waited for with slot and place in hand. */
  readonly canWaitPlaced: boolean;
  /** Told what the call is signed with, before it goes out. */
  readonly onSigned: (signed: OutgoingHeaders) => void;
  /** When the call went out. */
  sentAt: number | undefined;
};

/** What it is made with. */
export type PlacedCallOptions = {
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  /** How long a place may be held before its call goes out, in milliseconds: longer, and it is asked for anew. */
  readonly placeGoodForMs: number;
  readonly observe: CallObserver;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/** Thrown when a call must not go out from where it stands: slot and place are given back, and it begins anew. */
export const beginAnew = new Error('The call begins anew.');

/**
 * The work of the call, whose time runs once it has its slot and need wait for nothing of its own. `refuseIfShut` throws
 * if the breaker has opened meanwhile.
 * @throws `beginAnew`, without having sent anything.
 */
export function callInSlot(
  options: PlacedCallOptions,
  placed: PlacedCall,
  refuseIfShut: () => void,
): Work<PageAnswer> {
  const { headers, subject = '' } = placed.call.caller;
  // Addresses first, for anybody can make up credentials; and within an address, as behind a proxy, credentials.
  const turn = [subject, options.credentials.subjectOf?.(headers) ?? ''];
  return (signal, startClock) =>
    options.endpoint.slots.run(
      signal,
      async () => {
        const slotAt = options.now();
        // A renewal that is due by now is no part of the call, neither of its time nor of what it tells.
        const signed = await signInSlot(options, placed, signal);
        refuseIfShut();
        startClock();
        placed.onSigned(signed);
        return send(options, placed, { signed, signal, slotAt }).catch((error: unknown) => {
          placed.place.onFailed(error); // Before the slot is free: who has it next must know.
          throw error;
        });
      },
      turn,
    );
}

/**
 * Looks at what may have changed while the call waited for its slot. The token may have ended: whoever waits for the next
 * one with a place in hand can keep its call from the only place there is. The place may be void.
 */
async function signInSlot(
  { credentials, placeGoodForMs, now }: PlacedCallOptions,
  { call, place, placedAt, canWaitPlaced }: PlacedCall,
  signal: AbortSignal,
): Promise<OutgoingHeaders> {
  const { headers, deadlineAt, startSpan } = call.caller;
  const signing = credentials.headersFor(headers, deadlineAt, startSpan);
  if (signing instanceof Promise && !canWaitPlaced) {
    signing.catch(() => undefined); // What becomes of it is told to who waits for it next.
    throw beginAnew;
  }
  const signed = await unlessAborted(signal, Promise.resolve(signing));
  if (place.isStopped() || now() - placedAt > placeGoodForMs) throw beginAnew;
  return signed;
}

type SendParts = {
  readonly signed: OutgoingHeaders;
  readonly signal: AbortSignal;
  readonly slotAt: number;
};

/** The call over the wire. */
function send(
  { endpoint, credentials, observe, now }: PlacedCallOptions,
  placed: PlacedCall,
  { signed, signal, slotAt }: SendParts,
): Promise<PageAnswer> {
  const { call, place, askedAt, placedAt } = placed;
  const span = spanOf(call, endpoint.origin, {
    budgetWaitMs: placedAt - askedAt,
    slotWaitMs: slotAt - placedAt,
  });
  call.sent += 1;
  const onSent = () => {
    placed.sentAt = now();
    place.onSent();
    call.onSent();
  };
  const headers = callHeaders(signed, call.caller, span);
  const parts = { headers, signal, onSent, onStatus: span?.onStatus, owner: credentials.owner };
  return observeCall(observeWithSpan(observe, span), signal, () => endpoint.fetchPage(call.request, parts));
}

/** The call's place in its caller's trace, if that is kept. Of what is asked for no more than the page is told. */
function spanOf(
  { caller, request, sent }: PageCall,
  origin: string,
  waits: Pick<TracedCall, 'budgetWaitMs' | 'slotWaitMs'>,
): CallSpan | undefined {
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
