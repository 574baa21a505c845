/**
 * Makes one call for a page: gets a permit, a slot and a token, sends the call, and releases everything at the end. Its
 * failure says whether another try is worth it (`retry.ts`).
 */

import type { Breaker, BreakerCall, Evidence, Trials } from './breaker.ts';
import type { FairnessKey } from './budget/fair-queue.ts';
import type { PermitRequest, Permits } from './budget/permits.ts';
import type { OutgoingHeaders } from './credentials/caller-headers.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { CredentialsState } from './credentials/credentials-state.ts';
import { CallFailure, ownRefusal } from './failure.ts';
import type { Connections, Endpoint } from './http/dispatcher.ts';
import { fetchAnswer, ownHeaders } from './http/http-call.ts';
import {
  type CallObserver,
  type CallOutcome,
  type CallSpan,
  outcomeOf,
  type StartCallSpan,
  traceparentOf,
} from './observe.ts';
import type { CallCount, CallerHeaders, PageAnswer, PageRequest } from './page-request.ts';
import { decodeAnswer } from './rest/decode.ts';
import { buildQuery } from './rest/parameters.ts';
import { pause, type Signal, unlessAborted } from './signal.ts';

/** The caller for whom calls are made: one incoming HTTP request. */
export type UpstreamCaller = {
  readonly headers: CallerHeaders;
  /** Goes upstream as x-request-id. */
  readonly requestId: string;
  /** Who calls the gateway, as far as that is known. All callers without a key count as one. */
  readonly fairnessKey?: string | undefined;
  /** Until when an answer is of use, in milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  /** Adds each call to the caller's trace; undefined without tracing. */
  readonly startSpan?: StartCallSpan | undefined;
};

/** A request for one page by one caller. Retries are further calls of it. */
export type PageCall = UpstreamCaller &
  PermitRequest &
  BreakerCall & {
    readonly request: PageRequest;
    /** The query of its list, written once however many calls it takes. */
    readonly listQuery: string;
    readonly count: CallCount;
    /** The headers that the last call was signed with. */
    signed: OutgoingHeaders;
  };

/** The stages that a call passes through. */
export type CallStages = Endpoint &
  Pick<Connections, 'undici' | 'slots'> & {
    readonly credentials: Credentials;
    readonly credentialsState: CredentialsState;
    readonly permits: Permits;
    readonly breaker: Breaker;
    readonly observe: CallObserver;
    /** Called for each call that goes out, except the first for its page. */
    readonly onRepeat: () => void;
  };

/** A call that has gone out. */
type SentCall = {
  readonly at: number;
  readonly path: string;
  readonly trials: Trials;
  readonly observed: (outcome: CallOutcome) => void;
  readonly span: CallSpan | undefined;
};

/** The endpoint's path for pages, below the base URL. */
const pagePath = '/v2/pointsLedger/getCustomerLedgerBalance';

/**
 * Makes one call. Pauses for `pauseMs` between getting the permit and sending. Awaits a stage only if it is not ready.
 * @throws {CallFailure} with the facts for `retry.ts`; the signal's reason, as soon as the signal fires.
 */
export async function callOnce(stages: CallStages, call: PageCall, pauseMs: number): Promise<PageAnswer> {
  const { permits, slots, now } = stages;
  call.signal.throwIfAborted();
  stages.breaker.refuseIfOpen(call);
  const askedAt = now();
  const acquired = permits.acquire(call);
  const permit = acquired instanceof Promise ? await acquired : acquired;
  let hasSlot = false;
  let sent: SentCall | undefined;
  let wasSent = true;
  try {
    if (pauseMs > 0) await pause(Math.min(pauseMs, (call.deadlineAt - now()) / 2), call.signal);
    const permitAt = now();
    if (!slots.take()) await slots.wait(call.signal, slotKey(stages.credentials, call));
    hasSlot = true;
    const signing = stages.credentials.headersFor(call.headers, call.deadlineAt, call.startSpan);
    call.signed = signing instanceof Promise ? await signedInTime(call.signal, signing) : signing;
    refuseIfLate(stages, call);
    sent = begin(stages, call, { askedAt, permitAt });
    const answer = await send(stages, call, sent);
    const outcome = answer === null ? 'NO_SUCH_CUSTOMER' : 'OK';
    end(stages, call, sent, { evidence: 'answered', outcome });
    stages.credentialsState.addAnswer();
    return answer;
  } catch (error) {
    stages.credentialsState.addFailure(call, error);
    if (sent !== undefined) end(stages, call, sent, judge(stages, call, sent, error));
    wasSent = sent !== undefined && mayBeCounted(error);
    throw wasSent && isUpstream429(error) ? await permits.withLongerWait(call, error) : error;
  } finally {
    permits.release(call, permit, wasSent);
    if (hasSlot && sent === undefined) slots.release(); // `send` releases the slot of a call that went out.
  }
}

/** Waits for a token. The signal ends the wait, not the token call, which others may wait for as well. */
function signedInTime(signal: Signal, signing: Promise<OutgoingHeaders>): Promise<OutgoingHeaders> {
  return unlessAborted(signal, (wait) => {
    wait.follow(signing);
  });
}

/**
 * Slots take turns between addresses, because anybody can make up credentials. Within one address, such as a proxy's, they
 * take turns between credentials.
 */
function slotKey({ fairnessKeyOf }: Credentials, { headers, fairnessKey }: PageCall): FairnessKey {
  return [fairnessKey, fairnessKeyOf?.(headers) ?? ''];
}

/**
 * The last check before a call goes out: its caller may have left, its deadline may have passed, and the upstream may
 * have answered another call with 429. No call goes out after its deadline, because its permit in Redis could be free
 * again before the call ends. Callers with more time that share this call ask again.
 */
function refuseIfLate({ permits, now }: CallStages, { signal, deadlineAt, credential }: PageCall): void {
  signal.throwIfAborted();
  if (now() > deadlineAt) {
    throw ownRefusal('RATE_LIMITED', 'No connection to the upstream was free in time.', 1);
  }
  permits.refuseIfBlocked(credential);
}

type Moments = { readonly askedAt: number; readonly permitAt: number };

/** Tells breaker, trace and metrics that the call goes out now. A trace shows the page, but neither customer nor filter. */
function begin(stages: CallStages, call: PageCall, { askedAt, permitAt }: Moments): SentCall {
  const { origin, pathPrefix, breaker, now, observe, onRepeat } = stages;
  const { request, listQuery, count, startSpan } = call;
  const { pageNumber, limit } = request;
  const trials = breaker.begin(call);
  const waits = () => ({ budgetWaitMs: permitAt - askedAt, slotWaitMs: now() - permitAt });
  const traced = { method: 'GET', origin, path: pagePath, resends: count.tries } as const;
  const span = startSpan?.({ ...traced, ...waits(), page: { pageNumber, limit } });
  const observed = observe();
  if (count.tries > 0) onRepeat();
  count.tries += 1;
  return {
    at: now(),
    path: `${pathPrefix}${pagePath}?${buildQuery(request, listQuery)}`,
    trials,
    observed,
    span,
  };
}

/** Sends the call. Releases its slot when undici is done with it, even if the caller has left before. */
function send(
  { undici, slots, permits, credentials, timeoutMs, wallNow }: CallStages,
  { signed, headers, requestId, credential, signal }: PageCall,
  { path, span }: SentCall,
): Promise<PageAnswer> {
  const traceparent = span?.traceparent ?? traceparentOf(headers);
  const sent = [...ownHeaders, 'x-request-id', requestId]; // An object of these takes V8 several microseconds.
  for (const name in signed) sent.push(name, signed[name] ?? '');
  if (traceparent !== undefined) sent.push('traceparent', traceparent);
  return fetchAnswer(undici, {
    method: 'GET',
    path,
    headers: sent,
    signal,
    timeoutMs,
    onStatus: span?.onStatus,
    decode(answer) {
      try {
        const context = { credentialsOwner: credentials.owner, wallNow: wallNow(), sent: signed };
        return decodeAnswer(answer, context);
      } catch (error) {
        if (isUpstream429(error)) permits.block(credential, error); // Before the slot is free: the next call must know.
        throw error;
      }
    },
    onDone: slots.release,
  });
}

type End = { readonly evidence: Evidence; readonly outcome: CallOutcome };

function end({ breaker }: CallStages, call: PageCall, sent: SentCall, { evidence, outcome }: End): void {
  breaker.end(call, sent.trials, evidence);
  sent.observed(outcome);
  sent.span?.end(outcome);
}

/**
 * How a failed call counts. When the caller left early, the failure says nothing about the upstream. When the caller left
 * after more than half of the timeout and no other call was answered meanwhile, it counts as a failure of the upstream.
 * Otherwise impatient callers would hide an upstream that hangs.
 */
function judge(stages: CallStages, { signal }: PageCall, { at }: SentCall, error: unknown): End {
  const { breaker, timeoutMs, now } = stages;
  const outcome = outcomeOf(error, signal);
  if (!signal.aborted) return { evidence: error instanceof CallFailure ? error.blames : 'nobody', outcome };
  const isSilent = now() - at > timeoutMs / 2 && !breaker.hasAnsweredSince(at);
  return { evidence: isSilent ? 'upstream' : 'nobody', outcome };
}

/** Whether the upstream may have counted a call that went out and failed so. */
const mayBeCounted = (error: unknown): boolean => !(error instanceof CallFailure) || error.sent;

/** Whether the upstream answered with 429. Our own RATE_LIMITED refusals were never sent. */
function isUpstream429(error: unknown): error is CallFailure {
  return error instanceof CallFailure && error.again === 'in-queue' && error.sent;
}
