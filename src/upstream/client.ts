/**
 * The upstream's client: one page request → its answer, decoded, by as many HTTP calls as that takes. Knows not what
 * pages are for. Each stage of a call is a file of its own; here stands their order.
 */

import { setMaxListeners } from 'node:events';
import { type BreakerState, createBreaker } from './breaker.ts';
import type { AccountRoomOptions } from './budget/account-room.ts';
import { type BudgetReading, type CallBudget, unlimitedBudget } from './budget/call-budget.ts';
import { createPermits } from './budget/permits.ts';
import { createCall, type PageCall, type UpstreamCaller } from './call.ts';
import type { Credentials } from './credentials/credentials.ts';
import { createCredentialsState } from './credentials/credentials-state.ts';
import { openCredentials } from './credentials/open-credentials.ts';
import type { OAuthLogin } from './credentials/token-call.ts';
import { openEndpoint } from './endpoint.ts';
import type { CallDispatcher } from './http/dispatcher.ts';
import { type CallObserver, type ClientEvents, unheardEvents, unobserved } from './observe.ts';
import { type FetchPage, type PageAnswer, questionOf } from './page-request.ts';
import { type RetryOptions, withRetries } from './retry.ts';

/** What a client needs. */
export type UpstreamClientOptions = {
  /** Where the endpoint is: scheme, host, port; a path before the endpoint's own if there is one. */
  readonly baseUrl: string;
  /** For one call, in milliseconds, from the moment that it goes out. */
  readonly timeoutMs: number;
  /** How calls are signed; a key and its secret for the token endpoint. */
  readonly credentials: Credentials | OAuthLogin;
  /** Further tries of a call that failed for a passing reason; none unless given. Waits for the upstream are the budget's. */
  readonly retry?: Pick<RetryOptions, 'retries' | 'random'>;
  /** What each credential may spend; without end unless given. */
  readonly budget?: CallBudget;
  /** For how many credentials calls are counted at once, and how long; see there. */
  readonly accounts?: AccountRoomOptions;
  /** Opens the connections, which the client ends with `close`. */
  readonly dispatcher: CallDispatcher;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** The monotonic clock in milliseconds. */
  readonly monotonicNow: () => number;
  /** Called for every call that goes out. */
  readonly observe?: CallObserver | undefined;
  /** Called for every token call that goes out. */
  readonly observeToken?: CallObserver | undefined;
  /** Called for waits, repeats and calls that were not made. */
  readonly events?: ClientEvents;
};

export type UpstreamClient = {
  /** Binds calls to one caller. Makes no call. */
  readonly forCaller: (caller: UpstreamCaller) => FetchPage;
  /** A name for all that makes one caller's answers differ from another's; see `Credentials`. */
  readonly scopeOf: Credentials['scopeOf'];
  /** Why a request with these headers must be refused before any call; see `Credentials`. */
  readonly headersProblem: Credentials['headersProblem'];
  /** Whether the upstream refuses the gateway's own credentials, as far as calls have shown. */
  readonly areCredentialsRefused: () => boolean;
  /** Whether calls are made at all: not while the upstream has been failing. */
  readonly breakerState: () => BreakerState;
  /** From now on no call waits for its budget beyond this moment of the monotonic clock; who does is refused at once. */
  readonly closeAt: (moment: number) => void;
  /** How many calls wait for their credential's budget. */
  readonly waitingCalls: () => number;
  /** How many have their permit, and wait for one of the calls in flight to end. */
  readonly callsWaitingForSlot: () => number;
  /** How many credentials are remembered, because calls of theirs still count. */
  readonly accounts: () => number;
  /** How the budget stands, over all credentials. */
  readonly budget: () => BudgetReading;
  /** Ends all connections at once. Calls still under way fail as UPSTREAM_UNAVAILABLE. */
  readonly close: () => Promise<void>;
};

const noRetry = { retries: 0, random: () => 0 };

/**
 * Builds the client. Its calls fail with the `GatewayError`s that `decodeAnswer`, `decodeToken` and
 * `transportFailure` describe, with UPSTREAM_TIMEOUT, and, as soon as the given signal fires, with that signal's own
 * reason.
 */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { retry = noRetry, monotonicNow: now, observe = unobserved, events = unheardEvents } = options;
  const { budget = unlimitedBudget, accounts } = options;
  const endpoint = openEndpoint(options);
  const permits = createPermits({ budget, now, onWaited: events.onWaited, accounts });
  const onResting = () => events.onBreakerRefusal('token');
  const { credentials, close } = openCredentials({ ...options, permits, onResting }, endpoint);
  const state = createCredentialsState(now);
  const breaker = createBreaker(now, () => events.onBreakerRefusal('page'));
  const stages = { endpoint, credentials, permits, breaker, timeoutMs: options.timeoutMs };
  const callOnce = createCall({ ...stages, observe, onRepeat: events.onRepeat, now });

  async function fetchPage(call: PageCall): Promise<PageAnswer> {
    const { signal, caller, question } = call;
    // Many calls share one caller, and Node 20 takes the eleventh listener on a signal for a leak.
    setMaxListeners(0, signal);
    const renewToken = () => credentials.renewal?.refused(call.signed) ?? false;
    const scope = { signal, deadlineAt: caller.deadlineAt, renewToken };
    try {
      const answer = await withRetries({ ...retry, now }, scope, (pauseMs) => callOnce(call, pauseMs));
      state.letIn();
      return answer;
    } catch (error) {
      state.failed({ question, requestId: caller.requestId }, error);
      throw error;
    }
  }

  return {
    forCaller: bindCalls(fetchPage),
    scopeOf: credentials.scopeOf,
    headersProblem: credentials.headersProblem,
    areCredentialsRefused: state.areRefused,
    breakerState: breaker.state,
    closeAt: permits.closeAt,
    waitingCalls: permits.waiting,
    callsWaitingForSlot: endpoint.slots.waiting,
    accounts: permits.accounts,
    budget: budget.read,
    close: async () => {
      await Promise.all([endpoint.close(), close()]);
    },
  };
}

function bindCalls(fetchPage: (call: PageCall) => Promise<PageAnswer>): UpstreamClient['forCaller'] {
  return (caller) =>
    (request, signal, onSent = () => undefined) =>
      fetchPage({ caller, request, question: questionOf(request), signal, onSent, sent: 0, signed: {} });
}
