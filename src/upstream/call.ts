/**
 * One call for a page: permit, slot, token, then the wire, and everything given back in the end. What it fails with says
 * whether it is worth another try (`retry.ts`).
 */

import type { Asked, Breaker, BreakerCall, Shown } from './breaker.ts';
import type { FairnessKey } from './budget/fair-queue.ts';
import type { HeldPermit, PermitRequest, Permits } from './budget/permits.ts';
import type { Slot } from './budget/slots.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { OutgoingHeaders } from './credentials/forwarded-headers.ts';
import { type Endpoint, pagePath } from './endpoint.ts';
import { CallFailure, ownRefusal } from './failure.ts';
import { ownHeaders } from './http/http-call.ts';
import {
  beginCall,
  type CallObserver,
  type CallOutcome,
  type ObservedCall,
  outcomeOf,
  type StartCallSpan,
  type TracedCall,
} from './observe.ts';
import type { PageAnswer, PageRequest } from './page-request.ts';
import { callTraceHeaders } from './trace-context.ts';
import { pause, unlessAborted, withDeadline } from './waiting.ts';

/** On whose behalf calls are made: one incoming HTTP request. */
export type UpstreamCaller = {
  readonly headers: Headers;
  /** Goes upstream as x-request-id. */
  readonly requestId: string;
  /** The fairness key: who calls the gateway, as far as that is known. All without one count as one. */
  readonly fairnessKey?: string | undefined;
  /** Until when an answer is of use, in milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  /** Gives each call its place in the caller's trace; nothing where nothing is traced. */
  readonly startSpan?: StartCallSpan | undefined;
};

/** One page wanted by one caller, however many calls it takes. */
export type PageCall = {
  readonly caller: UpstreamCaller;
  readonly request: PageRequest;
  /** `questionOf` the request. */
  readonly question: string;
  readonly signal: AbortSignal;
  /** Called for each call that goes out. */
  readonly onSent: () => void;
  /** How many calls have gone out so far. */
  sent: number;
  /** What the last of them was signed with. */
  signed: OutgoingHeaders;
};

/** What a call passes through. */
export type CallOptions = {
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  readonly permits: Permits;
  readonly breaker: Breaker;
  /** For the call itself, from the moment that it goes out, in milliseconds. */
  readonly timeoutMs: number;
  readonly observe: CallObserver;
  /** Called for each call that goes out and is not the first for its page. */
  readonly onRepeat: () => void;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/**
 * Makes one call; `pauseMs` passes between its permit and the call.
 * @throws {CallFailure} that says what may follow; the signal's reason, as soon as that fires.
 */
export type CallOnce = (call: PageCall, pauseMs: number) => Promise<PageAnswer>;

/** A call that goes out. */
type SentCall = {
  readonly at: number;
  readonly breaker: BreakerCall;
  readonly observed: ObservedCall;
};

/** What a call holds, from its permit on. */
type Held = {
  readonly askedAt: number;
  readonly permit: HeldPermit;
  readonly pauseMs: number;
  slot: Slot | undefined;
  sent: SentCall | undefined;
};

/** Builds the call. */
export function createCall(options: CallOptions): CallOnce {
  const { permits, breaker, now } = options;

  return async function callOnce(call, pauseMs) {
    call.signal.throwIfAborted();
    breaker.refuseIfOpen(questionIn(call));
    const askedAt = now();
    const acquired = permits.acquire(permitRequest(options, call));
    const permit = acquired instanceof Promise ? await acquired : acquired;
    const held: Held = { askedAt, permit, pauseMs, slot: undefined, sent: undefined };
    let wasSent = true;
    try {
      const answer = await goOut(options, call, held);
      end(held, 'answered', answer === null ? 'NO_SUCH_CUSTOMER' : 'OK');
      return answer;
    } catch (error) {
      end(held, shownBy(options, call, { error, sentAt: held.sent?.at }), outcomeOf(error, call.signal));
      wasSent = held.sent !== undefined && !(error instanceof CallFailure && !error.sent);
      throw wasSent && isLimit(error) ? await permit.longerWait(error) : error;
    } finally {
      permit.release(wasSent);
      if (held.sent === undefined) held.slot?.release(); // Else it is free as soon as undici has done with it.
    }
  };
}

/** With its permit in hand: slot, token, wire. None of them is waited for that is there. */
async function goOut(options: CallOptions, call: PageCall, held: Held): Promise<PageAnswer> {
  const { endpoint, credentials, breaker, now } = options;
  const { caller, signal } = call;
  const { headers, deadlineAt, startSpan } = caller;
  if (held.pauseMs > 0) await pause(Math.min(held.pauseMs, (deadlineAt - now()) / 2), signal);
  const permitAt = now();
  const slot = endpoint.slots.acquire(signal, () => turnOf(options, caller));
  held.slot = slot instanceof Promise ? await slot : slot;
  const signing = credentials.headersFor(headers, deadlineAt, startSpan);
  call.signed = signing instanceof Promise ? await unlessAborted(signal, signing) : signing;
  signal.throwIfAborted(); // It may have fired between the grant of the slot and here.
  if (now() > deadlineAt) throw tooLate();
  held.permit.refuseIfBlocked(); // The upstream may have said 429 meanwhile.
  const path = endpoint.pathOf(call.request);
  const breakerCall = breaker.begin(questionIn(call));
  const waits = { budgetWaitMs: permitAt - held.askedAt, slotWaitMs: now() - permitAt };
  const observed = beginCall(options.observe, startSpan, tracedCall(options, call, waits));
  held.sent = { at: now(), breaker: breakerCall, observed };
  if (call.sent > 0) options.onRepeat();
  call.sent += 1;
  call.onSent();
  return withDeadline(signal, options.timeoutMs, (ending) =>
    send(options, call, { held, path, signal: ending }),
  );
}

/**
 * Others may wait for this call who have more time than its caller had, and ask anew. A permit that is kept in Redis would not
 * last for as long as they do.
 */
function tooLate(): CallFailure {
  return ownRefusal('RATE_LIMITED', 'No connection to the upstream was free in time.', 1);
}

type Sending = { readonly held: Held; readonly path: string; readonly signal: AbortSignal };

/** Over the wire. Goes on until undici has done with the call, even if nobody cares for its outcome any more. */
async function send(
  { endpoint, credentials }: CallOptions,
  { caller, signed }: PageCall,
  { held, path, signal }: Sending,
): Promise<PageAnswer> {
  const span = held.sent?.observed.span;
  const trace = callTraceHeaders(span, caller.headers);
  const headers = { ...signed, ...trace, ...ownHeaders, 'x-request-id': caller.requestId };
  try {
    const parts = { headers, signal, onStatus: span?.onStatus, owner: credentials.owner };
    return await endpoint.fetchPage(path, parts);
  } catch (error) {
    if (isLimit(error)) held.permit.stop(error); // Before the slot is free: who has it next must know.
    throw error;
  } finally {
    held.slot?.release();
  }
}

function end({ sent }: Held, shown: Shown, outcome: CallOutcome): void {
  sent?.breaker.end(shown);
  sent?.observed.end(outcome);
}

/**
 * What the upstream is blamed for. A caller who has left soon shows nothing, whatever the call failed with. One who left after
 * more than half of its time had no answer for long enough, unless others were answered meanwhile: else impatient callers
 * would hide an upstream that hangs.
 */
function shownBy(
  { breaker, timeoutMs, now }: CallOptions,
  { signal }: PageCall,
  { error, sentAt = now() }: { readonly error: unknown; readonly sentAt: number | undefined },
): Shown {
  if (!signal.aborted) return error instanceof CallFailure ? error.blames : 'nobody';
  const hasWaitedLong = now() - sentAt > timeoutMs / 2;
  return hasWaitedLong && !breaker.wasWellSince(sentAt) ? 'upstream' : 'nobody';
}

/** The upstream's own 429; our refusals are not tried again. */
function isLimit(error: unknown): error is CallFailure {
  return error instanceof CallFailure && error.again === 'in-queue' && error.sent;
}

function questionIn({ caller, question }: PageCall): Asked {
  return { caller: caller.fairnessKey ?? '', requestId: caller.requestId, question };
}

function permitRequest({ credentials }: CallOptions, { caller, signal }: PageCall): PermitRequest {
  const { headers, fairnessKey = '', deadlineAt } = caller;
  return {
    credential: credentials.budgetOf(headers),
    fairnessKey,
    deadlineAt,
    signal,
    kept: credentials.renewal === undefined ? 0 : 1, // For the token call.
  };
}

/** Addresses first, for anybody can make up credentials; and within an address, as behind a proxy, credentials. */
function turnOf({ credentials }: CallOptions, { headers, fairnessKey = '' }: UpstreamCaller): FairnessKey {
  return [fairnessKey, credentials.fairnessKeyOf?.(headers) ?? ''];
}

/** Of what is asked for, a trace shows the page alone. */
function tracedCall(
  { endpoint }: CallOptions,
  { request, sent }: PageCall,
  waits: Pick<TracedCall, 'budgetWaitMs' | 'slotWaitMs'>,
): TracedCall {
  const { pageNumber, limit } = request;
  const { origin } = endpoint;
  return { method: 'GET', origin, path: pagePath, page: { pageNumber, limit }, resends: sent, ...waits };
}
