/**
 * The client of the upstream: turns one page request into a decoded answer, with as many HTTP calls as that takes.
 * `call.ts` makes them. Does not know what pages are for.
 */

import { createBreaker } from './breaker.ts';
import type { CallBudget } from './budget/call-budget.ts';
import { createPermits } from './budget/permits.ts';
import { createWindowBudget } from './budget/window-budget.ts';
import { type CallStages, PageCall, type UpstreamCaller } from './call.ts';
import type { Credentials } from './credentials/credentials.ts';
import { createCredentialsState } from './credentials/credentials-state.ts';
import { type OAuthLogin, openOAuthCredentials } from './credentials/oauth.ts';
import type { CallDispatcher, Endpoint } from './http/dispatcher.ts';
import { type ClientEvents, ignoredEvents } from './observe.ts';
import type { FetchPage } from './page-request.ts';
import type { RetryOptions } from './retry.ts';

/** What a client needs. */
export type UpstreamClientOptions = Pick<Endpoint, 'timeoutMs' | 'now' | 'wallNow'> & {
  /** Where the endpoint is: scheme, host, port; a path before the endpoint's own if there is one. */
  readonly baseUrl: string;
  /** How calls are signed; or the key and secret with which the client fetches tokens. */
  readonly credentials: Credentials | OAuthLogin;
  /** How often a call that failed for a passing reason is tried again; never by default. */
  readonly retry?: Retries;
  /** How many calls each credential may make; unlimited by default. */
  readonly budget?: CallBudget;
  /** Opens the connections, which the client ends with `close`. */
  readonly dispatcher: CallDispatcher;
  /** Called for each call: that it waits, goes out, ends, or is not made. */
  readonly events?: ClientEvents;
};

export type UpstreamClient = ReturnType<typeof createUpstreamClient>;

type Retries = Pick<RetryOptions<PageCall>, 'retries' | 'random'>;

const noRetry: Retries = { retries: 0, random: () => 0 };
const ignore = () => undefined;

/**
 * Builds the client. Its calls reject with UPSTREAM_TIMEOUT, or with the errors that `decodeAnswer`, `decodeToken` and
 * `transportFailure` describe. They reject with the signal's reason as soon as their signal fires.
 */
export function createUpstreamClient(options: UpstreamClientOptions) {
  const { timeoutMs, now, wallNow, dispatcher, retry = noRetry, events = ignoredEvents } = options;
  const { budget = createWindowBudget({ callsPerMinute: Number.POSITIVE_INFINITY, now }) } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const pathPrefix = pathname.replace(/\/+$/, '');
  const { undici, slots, close } = dispatcher.open(origin);
  const permits = createPermits({ budget, now, onWaited: events.onWaited });
  const parts = { origin, pathPrefix, permits, timeoutMs, now, wallNow, events };
  const { credentials, close: closeTokens } =
    'headersFor' in options.credentials
      ? { credentials: options.credentials, close: ignore }
      : openOAuthCredentials({ ...parts, login: options.credentials, dispatcher });
  const breaker = createBreaker(now, () => events.onBreakerRefusal('page'));
  const credentialsState = createCredentialsState(now);
  const renewToken = ({ signed }: PageCall) => credentials.replaceRefused?.(signed) ?? false;
  const own = { ...parts, ...retry, renewToken, undici, slots };
  const stages = { ...own, credentials, credentialsState, breaker };
  return {
    /** Binds calls to one caller. Makes no call. */
    forCaller: (caller: UpstreamCaller) => bindCalls(stages, caller),
    scopeOf: credentials.scopeOf,
    headersProblem: credentials.headersProblem,
    /** Whether the upstream refuses the gateway's own credentials, as far as calls have shown. */
    areCredentialsRefused: credentialsState.areRefused,
    /** The state of the circuit breaker. No calls go out while it is open. */
    breakerState: breaker.state,
    /** Sets the shutdown deadline, on the monotonic clock. A call whose permit would come later is refused at once. */
    closeAt: permits.closeAt,
    /** How many calls wait for their credential's budget. */
    waitingCalls: permits.waiting,
    /** How many calls have a permit and wait for a slot. */
    callsWaitingForSlot: slots.waiting,
    /** The state of the budget, over all credentials. */
    budget: budget.read,
    /** Ends all connections at once. Calls in flight fail as UPSTREAM_UNAVAILABLE. */
    async close(): Promise<void> {
      await Promise.all([close(), closeTokens()]);
    },
  };
}

function bindCalls(stages: CallStages, caller: UpstreamCaller): FetchPage {
  const { budgetOf, replaceRefused } = stages.credentials;
  // With credentials that are fetched, the last permit of the budget is reserved for the token call.
  const reserved = replaceRefused === undefined ? 0 : 1;
  const binding = { stages, caller, credential: budgetOf(caller.headers), reserved } as const;
  return (request, signal, count = { tries: 0 }) => new PageCall(binding, request, signal, count).fetch();
}
