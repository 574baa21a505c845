/**
 * The upstream's client: one page request → its answer, decoded, by as many HTTP calls as that takes. Knows not what
 * pages are for. Each stage of a call is a file of its own; here stands their order.
 */

import { unlessAborted } from './abortable.ts';
import { type BreakerState, createBreaker } from './breaker.ts';
import { type CallObserver, observeCall, unobserved } from './call-observer.ts';
import type { Credentials, OutgoingHeaders } from './credentials.ts';
import { createCredentialsState } from './credentials-state.ts';
import { type Work, withDeadline } from './deadline.ts';
import type { CallDispatcher } from './dispatcher.ts';
import { openEndpoint } from './endpoint.ts';
import { ownHeaders } from './http-call.ts';
import { openCredentials } from './open-credentials.ts';
import type { FetchPage, PageAnswer, PageRequest } from './page-request.ts';
import { withReplay } from './replay.ts';
import { type RetryOptions, withRetries } from './retry.ts';
import type { OAuthLogin } from './token-call.ts';
import { traceHeaders } from './trace-context.ts';
import { verdictOf } from './verdict.ts';

/** What a client needs. */
export type UpstreamClientOptions = {
  /** Where the endpoint is: scheme, host, port; a path before the endpoint's own if there is one. */
  readonly baseUrl: string;
  /** For one call, in milliseconds, from the moment that it need wait for no other call. */
  readonly timeoutMs: number;
  /** How calls are signed; a key and its secret for the token endpoint. */
  readonly credentials: Credentials | OAuthLogin;
  /** Further tries of a call that failed for a passing reason; none unless given. */
  readonly retry?: Pick<RetryOptions, 'retries' | 'random'>;
  /** Opens the connections, which the client ends with `close`. */
  readonly dispatcher: CallDispatcher;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** A clock in milliseconds that never goes back. */
  readonly monotonicNow: () => number;
  /** Is told of every call that goes out. */
  readonly observe?: CallObserver | undefined;
  /** Is told of every token call that goes out. */
  readonly observeToken?: CallObserver | undefined;
};

/** On whose behalf calls are made: one incoming HTTP request. */
export type UpstreamCaller = {
  readonly headers: Headers;
  /** Goes upstream as x-request-id. */
  readonly requestId: string;
  /** Until when an answer is of use, in milliseconds of the clock that never goes back. */
  readonly deadlineAt: () => number;
};

export type UpstreamClient = {
  /** Binds calls to one caller. Makes no call. */
  readonly forCaller: (caller: UpstreamCaller) => FetchPage;
  /** A name for all that makes one caller's answers differ from another's; see `Credentials`. */
  readonly scopeOf: Credentials['scopeOf'];
  /** Whether the upstream refuses the gateway's own credentials, as far as calls have shown. */
  readonly areCredentialsRefused: () => boolean;
  /** Whether calls are made at all: not while the upstream has been failing. */
  readonly breakerState: () => BreakerState;
  /** Ends all connections at once. Calls still under way fail as UPSTREAM_UNAVAILABLE. */
  readonly close: () => Promise<void>;
};

type OnSigned = (signed: OutgoingHeaders) => void;

type PageCall = {
  readonly caller: UpstreamCaller;
  readonly request: PageRequest;
  readonly signal: AbortSignal;
  readonly onSent: () => void;
};

const noRetry = { retries: 0, random: () => 0 };

/**
 * Builds the client. Its calls fail with the `GatewayError`s that `decodeAnswer`, `decodeToken` and
 * `transportFailure` describe, with UPSTREAM_TIMEOUT, and, as soon as the given signal fires, with that signal's own
 * reason.
 */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { timeoutMs, retry = noRetry, monotonicNow, observe = unobserved } = options;
  const endpoint = openEndpoint(options);
  const { credentials, close } = openCredentials(options, endpoint);
  const state = createCredentialsState(monotonicNow);
  const breaker = createBreaker(monotonicNow);
  const sign = async ({ headers, deadlineAt }: UpstreamCaller) =>
    credentials.headersFor(headers, deadlineAt());

  /** One call over the wire, signed at the last moment. */
  async function send({ caller, request, onSent }: PageCall, onSigned: OnSigned, signal: AbortSignal) {
    const signed = await sign(caller);
    onSigned(signed);
    const parts = { headers: callHeaders(signed, caller), signal, owner: credentials.owner, onSent };
    return observeCall(observe, signal, () => endpoint.fetchPage(request, parts));
  }

  /** One try: is there a prospect, a signature, a place; then the call under its time limit. */
  async function tryCall(call: PageCall, onSigned: OnSigned): Promise<PageAnswer> {
    call.signal.throwIfAborted();
    breaker.refuseIfOpen();
    // Fetched before there is a place to be held; asked for again in it, for waiting can take longer than a token lives.
    await unlessAborted(call.signal, sign(call.caller));
    const inSlot: Work<PageAnswer> = (signal, startClock) =>
      endpoint.slots.run(signal, () => {
        startClock();
        return send(call, onSigned, signal);
      });
    return breaker.run(
      () => withDeadline(call.signal, timeoutMs, inSlot),
      (error) => verdictOf(error, call.signal),
    );
  }

  /** The line of a call, from the outermost stage to the innermost. */
  function fetchPage(call: PageCall): Promise<PageAnswer> {
    const scope = { signal: call.signal, deadlineAt: call.caller.deadlineAt };
    return state.watch(() =>
      withRetries({ ...retry, now: monotonicNow }, scope, () =>
        withReplay(credentials, (onSigned) => tryCall(call, onSigned)),
      ),
    );
  }

  return {
    forCaller: bindCalls(fetchPage),
    scopeOf: credentials.scopeOf,
    areCredentialsRefused: state.areRefused,
    breakerState: breaker.state,
    close: async () => {
      await Promise.all([endpoint.close(), close()]);
    },
  };
}

function bindCalls(fetchPage: (call: PageCall) => Promise<PageAnswer>): UpstreamClient['forCaller'] {
  return (caller) =>
    (request, signal, onSent = () => undefined) =>
      fetchPage({ caller, request, signal, onSent });
}

function callHeaders(signed: OutgoingHeaders, { headers, requestId }: UpstreamCaller): OutgoingHeaders {
  return { ...signed, ...traceHeaders(headers), ...ownHeaders, 'x-request-id': requestId };
}
