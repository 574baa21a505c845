/**
 * The upstream's client: one page request → its answer, decoded, by as many HTTP calls as that takes. Knows not what
 * pages are for. Each stage of a call is a file of its own; here stands their order.
 */

import { unlessAborted } from './abortable.ts';
import { type CallObserver, observeCall, unobserved } from './call-observer.ts';
import type { Credentials, OutgoingHeaders } from './credentials.ts';
import { createCredentialsState } from './credentials-state.ts';
import { withDeadline } from './deadline.ts';
import { decodeAnswer } from './decode.ts';
import type { CallDispatcher } from './dispatcher.ts';
import { fetchAnswer, ownHeaders } from './http-call.ts';
import { createOAuthCredentials } from './oauth-credentials.ts';
import type { FetchPage, PageAnswer, PageRequest } from './page-request.ts';
import { buildQuery } from './parameters.ts';
import { withReplay } from './replay.ts';
import { type RetryOptions, withRetries } from './retry.ts';
import { fetchToken, type OAuthLogin } from './token-call.ts';
import { createTokenKeeper } from './token-keeper.ts';
import { traceHeaders } from './trace-context.ts';

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
  /** Ends all connections at once. Calls still under way fail as UPSTREAM_UNAVAILABLE. */
  readonly close: () => Promise<void>;
};

type PageCall = {
  readonly caller: UpstreamCaller;
  readonly request: PageRequest;
  readonly signal: AbortSignal;
  readonly onSent: () => void;
};

const noRetry = { retries: 0, random: () => 0 };

const endpointPath = '/v2/pointsLedger/getCustomerLedgerBalance';

/**
 * Builds the client. Its calls fail with the `GatewayError`s that `decodeAnswer`, `decodeToken` and
 * `transportFailure` describe, with UPSTREAM_TIMEOUT, and, as soon as the given signal fires, with that signal's own
 * reason.
 */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { timeoutMs, retry = noRetry, now, monotonicNow, observe = unobserved } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const pathPrefix = pathname.replace(/\/+$/, '');
  const connections = options.dispatcher.open(origin);
  const { credentials, close } = openCredentials(options, { origin, pathPrefix });
  const state = createCredentialsState(monotonicNow);

  const sign = async ({ headers, deadlineAt }: UpstreamCaller) =>
    credentials.headersFor(headers, deadlineAt());

  function send({ caller, request, onSent }: PageCall, signed: OutgoingHeaders, signal: AbortSignal) {
    const path = `${pathPrefix}${endpointPath}?${buildQuery(request)}`;
    const call = { method: 'GET', path, headers: callHeaders(signed, caller), signal } as const;
    return observeCall(observe, signal, async () => {
      onSent();
      const answer = await fetchAnswer(connections.undici, call);
      return decodeAnswer(answer, { credentialsOwner: credentials.owner, now: now() });
    });
  }

  /** One try: a place, a signature, the call under its time limit. */
  async function tryCall(call: PageCall, onSigned: (signed: OutgoingHeaders) => void): Promise<PageAnswer> {
    call.signal.throwIfAborted();
    // Fetched before there is a place to be held; asked for again in it, for waiting can take longer than a token lives.
    await unlessAborted(call.signal, sign(call.caller));
    return withDeadline(call.signal, timeoutMs, (signal, startClock) =>
      connections.slots.run(signal, async () => {
        startClock();
        const signed = await sign(call.caller);
        onSigned(signed);
        return send(call, signed, signal);
      }),
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
    forCaller:
      (caller) =>
      (request, signal, onSent = () => undefined) =>
        fetchPage({ caller, request, signal, onSent }),
    scopeOf: credentials.scopeOf,
    areCredentialsRefused: state.areRefused,
    close: async () => {
      await Promise.all([connections.close(), close()]);
    },
  };
}

type OpenCredentials = { readonly credentials: Credentials; readonly close: () => Promise<void> };

/**
 * Token calls have connections of their own: those of other calls may all be taken, by calls that wait for the token.
 */
function openCredentials(
  { credentials, dispatcher, timeoutMs, now, monotonicNow }: UpstreamClientOptions,
  { origin, pathPrefix }: { readonly origin: string; readonly pathPrefix: string },
): OpenCredentials {
  if ('headersFor' in credentials) return { credentials, close: async () => undefined };
  const { undici, close } = dispatcher.open(origin);
  const { signal } = new AbortController();
  const call = { login: credentials, undici, pathPrefix, timeoutMs, now, monotonicNow, signal };
  const keeper = createTokenKeeper({ fetchToken: () => fetchToken(call), now: monotonicNow });
  return { credentials: createOAuthCredentials(credentials.key, keeper), close };
}

function callHeaders(signed: OutgoingHeaders, { headers, requestId }: UpstreamCaller): OutgoingHeaders {
  return { ...signed, ...traceHeaders(headers), ...ownHeaders, 'x-request-id': requestId };
}
