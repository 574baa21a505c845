/**
 * The client of the upstream: turns one page request into a decoded answer, with as many HTTP calls as that takes.
 * `call.ts` makes one call, `retry.ts` repeats it. Does not know what pages are for.
 */

import { type BreakerState, createBreaker } from './breaker.ts';
import type { BudgetReading, CallBudget } from './budget/call-budget.ts';
import { createPermits } from './budget/permits.ts';
import { createWindowBudget } from './budget/window-budget.ts';
import { type CallStages, callOnce, type PageCall, type UpstreamCaller } from './call.ts';
import type { Credentials } from './credentials/credentials.ts';
import { createCredentialsState } from './credentials/credentials-state.ts';
import { type OAuthLogin, openOAuthCredentials } from './credentials/oauth.ts';
import type { CallDispatcher } from './http/dispatcher.ts';
import { type CallObserver, type ClientEvents, ignoredEvents, unobserved } from './observe.ts';
import type { FetchPage } from './page-request.ts';
import { buildListQuery, questionOf } from './rest/parameters.ts';
import { type RetryOptions, withRetries } from './retry.ts';

/** What a client needs. */
export type UpstreamClientOptions = {
  /** Where the endpoint is: scheme, host, port; a path before the endpoint's own if there is one. */
  readonly baseUrl: string;
  /** Time limit of one call, in milliseconds, from the moment that it goes out. */
  readonly timeoutMs: number;
  /** How calls are signed; or the key and secret with which the client fetches tokens. */
  readonly credentials: Credentials | OAuthLogin;
  /** How often a call that failed for a passing reason is tried again; never by default. */
  readonly retry?: Pick<RetryOptions<PageCall>, 'retries' | 'random'>;
  /** How many calls each credential may make; unlimited by default. */
  readonly budget?: CallBudget;
  /** Opens the connections, which the client ends with `close`. */
  readonly dispatcher: CallDispatcher;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  /** The clock in milliseconds since 1970. */
  readonly wallNow: () => number;
  /** Called for every page call that goes out. */
  readonly observe?: CallObserver | undefined;
  /** Called for every token call that goes out. */
  readonly observeToken?: CallObserver | undefined;
  /** Called for waits, repeats and calls that were not made. */
  readonly events?: ClientEvents;
};

export type UpstreamClient = Pick<Credentials, 'scopeOf' | 'headersProblem'> & {
  /** Binds calls to one caller. Makes no call. */
  readonly forCaller: (caller: UpstreamCaller) => FetchPage;
  /** Whether the upstream refuses the gateway's own credentials, as far as calls have shown. */
  readonly areCredentialsRefused: () => boolean;
  /** The state of the circuit breaker. No calls go out while it is open. */
  readonly breakerState: () => BreakerState;
  /** Sets the shutdown deadline, on the monotonic clock. A call whose permit would come later is refused at once. */
  readonly closeAt: (moment: number) => void;
  /** How many calls wait for their credential's budget. */
  readonly waitingCalls: () => number;
  /** How many calls have a permit and wait for a slot. */
  readonly callsWaitingForSlot: () => number;
  /** The state of the budget, over all credentials. */
  readonly budget: () => BudgetReading;
  /** Ends all connections at once. Calls in flight fail as UPSTREAM_UNAVAILABLE. */
  readonly close: () => Promise<void>;
};

const noRetry = { retries: 0, random: () => 0 };
const ignore = () => undefined;

/**
 * Builds the client. Its calls reject with UPSTREAM_TIMEOUT, or with the errors that `decodeAnswer`, `decodeToken` and
 * `transportFailure` describe. They reject with the signal's reason as soon as their signal fires.
 */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { timeoutMs, now, wallNow, retry = noRetry, events = ignoredEvents, observe = unobserved } = options;
  const { budget = createWindowBudget({ callsPerMinute: Number.POSITIVE_INFINITY, now }) } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const pathPrefix = pathname.replace(/\/+$/, '');
  const { undici, slots, close } = options.dispatcher.open(origin);
  const permits = createPermits({ budget, now, onWaited: events.onWaited });
  const parts = { origin, pathPrefix, permits, timeoutMs, now, wallNow };
  const { credentials, close: closeTokens } = openCredentials(options, parts);
  const breaker = createBreaker(now, () => events.onBreakerRefusal('page'));
  const credentialsState = createCredentialsState(now);
  const { onRepeat } = events;
  const stages = { ...parts, undici, slots, credentials, credentialsState, breaker, observe, onRepeat };
  return {
    forCaller: bindCalls(stages, retry),
    scopeOf: credentials.scopeOf,
    headersProblem: credentials.headersProblem,
    areCredentialsRefused: credentialsState.areRefused,
    breakerState: breaker.state,
    closeAt: permits.closeAt,
    waitingCalls: permits.waiting,
    callsWaitingForSlot: slots.waiting,
    budget: budget.read,
    async close() {
      await Promise.all([close(), closeTokens()]);
    },
  };
}

function openCredentials(
  { credentials, dispatcher, observeToken = unobserved, events = ignoredEvents }: UpstreamClientOptions,
  parts: Pick<CallStages, 'origin' | 'pathPrefix' | 'permits' | 'timeoutMs' | 'now' | 'wallNow'>,
) {
  if ('headersFor' in credentials) return { credentials, close: async () => undefined };
  const onResting = () => events.onBreakerRefusal('token');
  return openOAuthCredentials({ ...parts, login: credentials, dispatcher, observe: observeToken, onResting });
}

function bindCalls(
  stages: CallStages,
  retry: Pick<RetryOptions<PageCall>, 'retries' | 'random'>,
): UpstreamClient['forCaller'] {
  const { credentials, now } = stages;
  const renewToken = ({ signed }: PageCall) => credentials.replaceRefused?.(signed) ?? false;
  const retryOptions = { ...retry, now, renewToken };
  const attempt = (call: PageCall, pauseMs: number) => callOnce(stages, call, pauseMs);
  // With credentials that are fetched, the last permit of the budget is reserved for the token call.
  const reserved = credentials.replaceRefused === undefined ? 0 : 1;

  return (caller) =>
    async (request, signal, onSent = ignore) => {
      const { requestId, fairnessKey = '', deadlineAt } = caller;
      const listQuery = buildListQuery(request);
      const call: PageCall = {
        caller,
        request,
        listQuery,
        question: questionOf(listQuery),
        requestId,
        fairnessKey,
        deadlineAt,
        credential: credentials.budgetOf(caller.headers),
        reserved,
        signal,
        onSent,
        sent: 0,
        signed: {},
      };
      return withRetries(retryOptions, call, attempt);
    };
}
