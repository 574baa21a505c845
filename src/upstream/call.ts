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
  type CallOutcome,
  type CallSpan,
  type ClientEvents,
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
    readonly events: ClientEvents;
  };

/** What all calls for one caller have in common. */
export type CallBinding = Pick<PermitRequest, 'credential' | 'reserved'> & {
  readonly stages: CallStages;
  readonly caller: UpstreamCaller;
};

/** A call that has gone out: since when, the trials that it must end, and its span. */
type SentCall = { readonly at: number; readonly trials: Trials; readonly span: CallSpan | undefined };

/** The endpoint's path for pages, below the base URL. */
const pagePath = '/v2/pointsLedger/getCustomerLedgerBalance';

/**
 * A request for one page, until it is answered or fails for good. Very many may wait at a time: so it is a class, its path is
 * written when the call goes out, and it waits in one async frame.
 */
export class PageCall implements PermitRequest, BreakerCall, Retried, HttpCall<PageAnswer> {
  readonly method = 'GET';
  path = '';
  readonly requestId: string;
  readonly fairnessKey: string;
  readonly credential: string;
  readonly reserved: 0 | 1;
  readonly deadlineAt: number;
  readonly timeoutMs: number;
  readonly signal: Signal;
  failures = 0;
  isReplayed = false;
  permitPauseMs = 0;
  /** The headers that the last try was signed with; none before the first. */
  signed: OutgoingHeaders = {};
  readonly #stages: CallStages;
  readonly #caller: UpstreamCaller;
  readonly #request: PageRequest;
  readonly #count: CallCount;
  #listQuery: string | undefined;
  #permit: Permit | undefined;
  #hasSlot = false;
  #sent: SentCall | undefined;

  constructor(binding: CallBinding, request: PageRequest, signal: Signal, count: CallCount) {
    const { stages, caller, credential, reserved } = binding;
    this.requestId = caller.requestId;
    this.fairnessKey = caller.fairnessKey ?? '';
    this.credential = credential;
    this.reserved = reserved;
    this.deadlineAt = caller.deadlineAt();
    this.timeoutMs = stages.timeoutMs;
    this.signal = signal;
    this.#stages = stages;
    this.#caller = caller;
    this.#request = request;
    this.#count = count;
  }

  /** What is asked. Throws as `buildListQuery`. */
  get question(): string {
    return questionOf(this.#writeListQuery());
  }

  /** Names and values in turn, which undici takes faster than an object. */
  get headers(): string[] {
    const headers = ['x-request-id', this.requestId];
    for (const name in this.signed) headers.push(name, this.signed[name] ?? '');
    for (const text of ownHeaders) headers.push(text);
    const traceparent = this.#sent?.span?.traceparent ?? traceparentOf(this.#caller.headers);
    if (traceparent !== undefined) headers.push('traceparent', traceparent);
    return headers;
  }

  /**
   * Fetches the page. Awaits a stage only if it is not ready.
   * @throws {CallFailure} of the last try; the signal's reason, as soon as the signal fires.
   */
  async fetch(): Promise<PageAnswer> {
    const { permits, slots, now } = this.#stages;
    for (;;) {
      let failure: unknown;
      try {
        this.signal.throwIfAborted();
        this.#stages.breaker.refuseIfOpen(this);
        const askedAt = now();
        const acquired = permits.acquire(this);
        this.#permit = acquired instanceof Promise ? await acquired : acquired;
        if (this.permitPauseMs > 0) await this.#pauseWithPermit();
        const permitAt = now();
        if (!slots.take()) await slots.wait(this.signal, [this.fairnessKey, this.credential]);
        this.#hasSlot = true;
        const signing = this.#sign();
        this.signed = signing instanceof Promise ? await signing : signing;
        const sentAt = now();
        this.#refuseIfLate(sentAt);
        this.#begin(sentAt, permitAt - askedAt, sentAt - permitAt);
        const answer = await fetchAnswer(this.#stages.undici, this);
        this.#end('answered', answer === null ? 'NO_SUCH_CUSTOMER' : 'OK');
        this.#stages.credentialsState.addAnswer();
        return answer;
      } catch (error) {
        failure = await this.#failed(error);
      } finally {
        this.#release(failure);
      }
      await untilNextTry(this.#stages, this, failure);
    }
  }

  /** After a 429, so that calls which waited for its end do not go out together. */
  #pauseWithPermit(): Promise<void> {
    return pause(Math.min(this.permitPauseMs, (this.deadlineAt - this.#stages.now()) / 2), this.signal);
  }

  /** The signal ends the wait for a token, but not the token call, which others may wait for as well. */
  #sign(): OutgoingHeaders | Promise<OutgoingHeaders> {
    this.signal.throwIfAborted(); // The caller may have left since it got its slot: no token call for it.
    const { headers, startSpan } = this.#caller;
    const signing = this.#stages.credentials.headersFor(headers, this.deadlineAt, startSpan);
    if (!(signing instanceof Promise)) return signing;
    return unlessAborted(this.signal, (wait) => {
      signing.then(
        (signed) => wait.resolve(signed),
        (error: unknown) => wait.reject(error),
      );
      return undefined;
    });
  }

  /**
   * The last check before a call goes out: its caller may have left, its deadline may have passed, and the upstream may
   * have answered another call with 429. No call goes out after its deadline, because its permit in Redis could be free
   * again before the call ends. Callers with more time that share this call ask again.
   */
  #refuseIfLate(moment: number): void {
    this.signal.throwIfAborted();
    if (moment > this.deadlineAt) {
      throw ownRefusal('RATE_LIMITED', 'No connection to the upstream was free in time.', 1);
    }
    this.#stages.permits.refuseIfBlocked(this.credential);
  }

  /** Tells breaker, trace and metrics that the call goes out now. A trace shows the page, but neither customer nor filter. */
  #begin(at: number, budgetWaitMs: number, slotWaitMs: number): void {
    const { origin, pathPrefix, breaker, events } = this.#stages;
    this.path = `${pathPrefix}${pagePath}?${buildQuery(this.#request, this.#writeListQuery())}`;
    const trials = breaker.begin(this);
    const { pageNumber, limit } = this.#request;
    const span = this.#caller.startSpan?.({
      ...{ method: 'GET', origin, path: pagePath, page: { pageNumber, limit } },
      ...{ resends: this.#count.tries, budgetWaitMs, slotWaitMs },
    });
    events.onSent('page');
    if (this.#count.tries > 0) events.onRepeat();
    this.#count.tries += 1;
    this.#sent = { at, trials, span };
  }

  /** Once, however many tries the page takes. */
  #writeListQuery(): string {
    this.#listQuery ??= buildListQuery(this.#request);
    return this.#listQuery;
  }

  onStatus(status: number): void {
    this.#sent?.span?.onStatus(status);
  }

  decode(answer: RawAnswer): PageAnswer {
    const { credentials, permits, wallNow } = this.#stages;
    const context = { credentialsOwner: credentials.owner, wallNow: wallNow(), sent: this.signed };
    try {
      return decodeAnswer(answer, context);
    } catch (error) {
      if (isUpstream429(error)) permits.block(this.credential, error); // Before the slot is free: the next call must know.
      throw error;
    }
  }

  /** undici is done with the call, whose caller may have left before. */
  onDone(): void {
    this.#stages.slots.release();
  }

  /** Returns the failure, after a 429 with the longer of two waits. */
  #failed(error: unknown): unknown {
    this.#stages.credentialsState.addFailure(this, error);
    if (this.#sent === undefined) return error;
    this.#end(this.#judge(error, this.#sent.at), outcomeOf(error, this.signal));
    return isUpstream429(error) ? this.#stages.permits.withLongerWait(this, error) : error;
  }

  /**
   * How a failed call counts. When the caller left early, the failure says nothing about the upstream. When the caller left
   * after more than half of the timeout and no other call was answered meanwhile, it counts as a failure of the upstream.
   * Otherwise impatient callers would hide an upstream that hangs.
   */
  #judge(error: unknown, sentAt: number): Evidence {
    if (!this.signal.aborted) return error instanceof CallFailure ? error.blames : 'nobody';
    const { breaker, now } = this.#stages;
    const isSilent = now() - sentAt > this.timeoutMs / 2 && !breaker.hasAnsweredSince(sentAt);
    return isSilent ? 'upstream' : 'nobody';
  }

  #end(evidence: Evidence, outcome: CallOutcome): void {
    if (this.#sent === undefined) return;
    const { at, trials, span } = this.#sent;
    const { breaker, events, now } = this.#stages;
    breaker.end(this, trials, evidence);
    events.onEnded('page', outcome, now() - at);
    span?.end(outcome);
  }

  /** Releases what a try holds, but for the slot of a call that went out. */
  #release(failure: unknown): void {
    const wasSent = this.#sent !== undefined;
    const isCounted = wasSent && (!(failure instanceof CallFailure) || failure.sent);
    if (this.#permit !== undefined) this.#stages.permits.release(this, this.#permit, isCounted);
    if (this.#hasSlot && !wasSent) this.#stages.slots.release();
    this.#permit = undefined;
    this.#hasSlot = false;
    this.#sent = undefined;
  }
}

/** Whether the upstream answered with 429. Our own RATE_LIMITED refusals were never sent. */
function isUpstream429(error: unknown): error is CallFailure {
  return error instanceof CallFailure && error.again === 'in-queue' && error.sent;
}
