/**
 * Fetches one page: gets a permit, a slot and a token, sends the call, and releases everything at the end; once more if it
 * fails for a passing reason (`retry.ts`).
 */

import type { Breaker, BreakerCall, Evidence, Trials } from './breaker.ts';
import type { Permit } from './budget/call-budget.ts';
import type { PermitRequest, Permits } from './budget/permits.ts';
import type { OutgoingHeaders } from './credentials/caller-headers.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { CredentialsState } from './credentials/credentials-state.ts';
import { CallFailure, ownRefusal } from './failure.ts';
import type { Connections, Endpoint } from './http/dispatcher.ts';
import { fetchAnswer, type HttpCall, ownHeaders } from './http/http-call.ts';
import {
  type CallObserver,
  type CallOutcome,
  type CallSpan,
  outcomeOf,
  type StartCallSpan,
  traceparentOf,
} from './observe.ts';
import type { CallCount, CallerHeaders, PageAnswer, PageRequest } from './page-request.ts';
import { decodeAnswer, type RawAnswer } from './rest/decode.ts';
import { buildListQuery, buildQuery, questionOf } from './rest/parameters.ts';
import { type Retried, type RetryOptions, untilNextTry } from './retry.ts';
import { pause, type Signal, unlessAborted } from './signal.ts';

/** The caller for whom calls are made: one incoming HTTP request. */
export type UpstreamCaller = {
  readonly headers: CallerHeaders;
  /** Goes upstream as x-request-id. */
  readonly requestId: string;
  /** Who calls the gateway, as far as that is known. All callers without a key count as one. */
  readonly fairnessKey?: string | undefined;
  /** Until when an answer is of use, in milliseconds of the monotonic clock. Each call asks for it once, at its start. */
  readonly deadlineAt: () => number;
  /** Adds each call to the caller's trace; undefined without tracing. */
  readonly startSpan?: StartCallSpan | undefined;
};

/** The stages that a call passes through. */
export type CallStages = Endpoint &
  RetryOptions<PageCall> &
  Pick<Connections, 'undici' | 'slots'> & {
    readonly credentials: Credentials;
    readonly credentialsState: CredentialsState;
    readonly permits: Permits;
    readonly breaker: Breaker;
    readonly observe: CallObserver;
    /** Called for each call that goes out, except the first for its page. */
    readonly onRepeat: () => void;
  };

/** A caller, and the budget in which its calls count. */
type BoundCaller = UpstreamCaller & Pick<PermitRequest, 'credential' | 'reserved'>;

/** The headers of a call that was not signed yet. */
const unsigned: OutgoingHeaders = {};

/**
 * A request for one page by one caller, and its tries so far. Its query is written when the call goes out, because very many
 * calls may wait at a time.
 */
export class PageCall implements PermitRequest, BreakerCall, Retried {
  readonly caller: BoundCaller;
  readonly request: PageRequest;
  readonly signal: Signal;
  readonly count: CallCount;
  readonly deadlineAt: number;
  readonly credential: string;
  readonly reserved: 0 | 1;
  readonly fairnessKey: string;
  readonly requestId: string;
  /** The headers that the last try was signed with. */
  signed = unsigned;
  failures = 0;
  isReplayed = false;
  permitPauseMs = 0;
  /** What the present try holds, and whether it has gone out. */
  permit: Permit | undefined;
  hasSlot = false;
  sent: SentCall | undefined;
  #listQuery: string | undefined;

  constructor(caller: BoundCaller, request: PageRequest, signal: Signal, count: CallCount) {
    this.caller = caller;
    this.request = request;
    this.signal = signal;
    this.count = count;
    this.deadlineAt = caller.deadlineAt();
    this.credential = caller.credential;
    this.reserved = caller.reserved;
    this.fairnessKey = caller.fairnessKey ?? '';
    this.requestId = caller.requestId;
  }

  /** The query of its list, written once however many tries it takes. @throws as `buildListQuery`. */
  get listQuery(): string {
    this.#listQuery ??= buildListQuery(this.request);
    return this.#listQuery;
  }

  get question(): string {
    return questionOf(this.listQuery);
  }
}

/**
 * Fetches the page. Awaits a stage only if it is not ready. One function, because each further async frame takes several
 * hundred bytes for as long as the call waits.
 * @throws {CallFailure} of the last try; the signal's reason, as soon as the signal fires.
 */
export async function fetchPage(stages: CallStages, call: PageCall): Promise<PageAnswer> {
  const { signal, deadlineAt } = call;
  for (;;) {
    let failure: unknown;
    try {
      signal.throwIfAborted();
      stages.breaker.refuseIfOpen(call);
      const askedAt = stages.now();
      const acquired = stages.permits.acquire(call);
      call.permit = acquired instanceof Promise ? await acquired : acquired;
      if (call.permitPauseMs > 0) await pauseWithPermit(stages, call);
      const permitAt = stages.now();
      if (!stages.slots.take()) await stages.slots.wait(signal, [call.fairnessKey, call.credential]);
      call.hasSlot = true;
      const signing = stages.credentials.headersFor(call.caller.headers, deadlineAt, call.caller.startSpan);
      call.signed = signing instanceof Promise ? await signedInTime(signal, signing) : signing;
      refuseIfLate(stages, call);
      call.sent = new SentCall(stages, call, permitAt - askedAt, stages.now() - permitAt);
      return call.sent.endWith(await fetchAnswer(stages.undici, call.sent));
    } catch (error) {
      failure = await failureOf(stages, call, error);
    } finally {
      release(stages, call, failure);
    }
    await untilNextTry(stages, call, failure);
  }
}

/** After a 429, so that calls which waited for the end of the block do not go out together. */
function pauseWithPermit(
  { now }: CallStages,
  { permitPauseMs, deadlineAt, signal }: PageCall,
): Promise<void> {
  return pause(Math.min(permitPauseMs, (deadlineAt - now()) / 2), signal);
}

/** Waits for a token. The signal ends the wait, not the token call, which others may wait for as well. */
function signedInTime(signal: Signal, signing: Promise<OutgoingHeaders>): Promise<OutgoingHeaders> {
  return unlessAborted(signal, (wait) => {
    wait.follow(signing);
  });
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

/** A call that goes out now. Its slot is released when undici is done with it, even if the caller has left before. */
class SentCall implements HttpCall<PageAnswer> {
  readonly method = 'GET';
  readonly path: string;
  readonly headers: string[];
  readonly signal: Signal;
  readonly timeoutMs: number;
  readonly #stages: CallStages;
  readonly #call: PageCall;
  readonly #at: number;
  readonly #trials: Trials;
  readonly #observed: (outcome: CallOutcome) => void;
  readonly #span: CallSpan | undefined;

  /** Tells breaker, trace and metrics. A trace shows the page, but neither customer nor filter. */
  constructor(stages: CallStages, call: PageCall, budgetWaitMs: number, slotWaitMs: number) {
    const { origin, pathPrefix, breaker, now, observe, onRepeat } = stages;
    const { caller, request, count } = call;
    const { pageNumber, limit } = request;
    this.path = `${pathPrefix}${pagePath}?${buildQuery(request, call.listQuery)}`;
    this.#trials = breaker.begin(call);
    this.#span = caller.startSpan?.({
      ...{ method: 'GET', origin, path: pagePath, page: { pageNumber, limit } },
      ...{ resends: count.tries, budgetWaitMs, slotWaitMs },
    });
    this.#observed = observe();
    if (count.tries > 0) onRepeat();
    count.tries += 1;
    this.headers = headersOf(call, this.#span?.traceparent ?? traceparentOf(caller.headers));
    this.signal = call.signal;
    this.timeoutMs = stages.timeoutMs;
    this.#stages = stages;
    this.#call = call;
    this.#at = now();
  }

  onStatus(status: number): void {
    this.#span?.onStatus(status);
  }

  decode(answer: RawAnswer): PageAnswer {
    const { credentials, permits, wallNow } = this.#stages;
    const { signed, credential } = this.#call;
    try {
      return decodeAnswer(answer, { credentialsOwner: credentials.owner, wallNow: wallNow(), sent: signed });
    } catch (error) {
      if (isUpstream429(error)) permits.block(credential, error); // Before the slot is free: the next call must know.
      throw error;
    }
  }

  onDone(): void {
    this.#stages.slots.release();
  }

  endWith(answer: PageAnswer): PageAnswer {
    this.#end('answered', answer === null ? 'NO_SUCH_CUSTOMER' : 'OK');
    this.#stages.credentialsState.addAnswer();
    return answer;
  }

  /**
   * Ends a failed call. When the caller left early, the failure says nothing about the upstream. When the caller left after
   * more than half of the timeout and no other call was answered meanwhile, it counts as a failure of the upstream.
   * Otherwise impatient callers would hide an upstream that hangs.
   */
  fail(error: unknown): void {
    const { breaker, timeoutMs, now } = this.#stages;
    const isSilent = now() - this.#at > timeoutMs / 2 && !breaker.hasAnsweredSince(this.#at);
    const ofLeaver = isSilent ? 'upstream' : 'nobody';
    const ofCall = error instanceof CallFailure ? error.blames : 'nobody';
    this.#end(this.signal.aborted ? ofLeaver : ofCall, outcomeOf(error, this.signal));
  }

  #end(evidence: Evidence, outcome: CallOutcome): void {
    this.#stages.breaker.end(this.#call, this.#trials, evidence);
    this.#observed(outcome);
    this.#span?.end(outcome);
  }
}

/** The endpoint's path for pages, below the base URL. */
const pagePath = '/v2/pointsLedger/getCustomerLedgerBalance';

/** Names and values in turn: an object of these takes V8 several microseconds. */
function headersOf({ signed, requestId }: PageCall, traceparent: string | undefined): string[] {
  const headers = ['x-request-id', requestId];
  for (const name in signed) headers.push(name, signed[name] ?? '');
  for (const text of ownHeaders) headers.push(text);
  if (traceparent !== undefined) headers.push('traceparent', traceparent);
  return headers;
}

/** Tells the stages that a try has failed. Returns its failure, after a 429 with the longer of two waits. */
function failureOf(stages: CallStages, call: PageCall, error: unknown): unknown {
  stages.credentialsState.addFailure(call, error);
  call.sent?.fail(error);
  return call.sent !== undefined && isUpstream429(error) ? stages.permits.withLongerWait(call, error) : error;
}

/** Releases what a try holds, but for the slot of a call that went out: `SentCall` does that. */
function release({ permits, slots }: CallStages, call: PageCall, failure: unknown): void {
  const { permit, hasSlot, sent } = call;
  if (permit !== undefined) permits.release(call, permit, sent !== undefined && mayBeCounted(failure));
  if (hasSlot && sent === undefined) slots.release();
  call.permit = undefined;
  call.hasSlot = false;
  call.sent = undefined;
}

/** Whether the upstream may have counted a call that went out and failed so. */
const mayBeCounted = (error: unknown): boolean => !(error instanceof CallFailure) || error.sent;

/** Whether the upstream answered with 429. Our own RATE_LIMITED refusals were never sent. */
function isUpstream429(error: unknown): error is CallFailure {
  return error instanceof CallFailure && error.again === 'in-queue' && error.sent;
}
