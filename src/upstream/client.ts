/**
 * The upstream's client: one page request → one HTTP call → its answer, decoded. Knows neither what pages are
 * for nor when to ask again.
 */

import type { Dispatcher } from 'undici';
import { readBody } from './body.ts';
import { type CallObserver, observeCall, unobserved } from './call-observer.ts';
import type { Credentials } from './credentials.ts';
import { withDeadline } from './deadline.ts';
import { decodeAnswer, type RawAnswer } from './decode.ts';
import type { CallDispatcher } from './dispatcher.ts';
import type { FetchPage, PageRequest } from './page-request.ts';
import { buildQuery } from './parameters.ts';
import { traceHeaders } from './trace-context.ts';
import { transportFailure } from './transport-failure.ts';

/** What a client needs. */
export type UpstreamClientOptions = {
  /** Where the endpoint is: scheme, host, port; a path before the endpoint's own if there is one. */
  readonly baseUrl: string;
  /** For one call, in milliseconds, from the moment that it need wait for no other call. */
  readonly timeoutMs: number;
  readonly credentials: Credentials;
  /** Opens the connections, which the client ends with `close`. */
  readonly dispatcher: CallDispatcher;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Is told of every call that goes out. */
  readonly observe?: CallObserver | undefined;
};

/** On whose behalf calls are made: one incoming HTTP request. `requestId` goes upstream as x-request-id. */
export type UpstreamCaller = { readonly headers: Headers; readonly requestId: string };

export type UpstreamClient = {
  /** Binds calls to one caller. Makes no call. */
  readonly forCaller: (caller: UpstreamCaller) => FetchPage;
  /** Ends all connections at once. Calls still under way fail as UPSTREAM_UNAVAILABLE. */
  readonly close: () => Promise<void>;
};

const endpointPath = '/v2/pointsLedger/getCustomerLedgerBalance';

/**
 * Builds the client. Its calls fail with the `GatewayError`s that `decodeAnswer` and `transportFailure`
 * describe, with UPSTREAM_TIMEOUT, and, as soon as the given signal fires, with that signal's own reason.
 * Redirects are never followed, nothing is tried twice.
 */
export const createUpstreamClient = (options: UpstreamClientOptions): UpstreamClient => {
  const { timeoutMs, credentials, now, observe = unobserved } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const path = pathname.replace(/\/+$/, '') + endpointPath;
  const { undici, slots, close } = options.dispatcher.open(origin);

  const fetchOnce = async (caller: UpstreamCaller, request: PageRequest, signal: AbortSignal) => {
    const headers = callHeaders(await credentials.headersFor(caller.headers), caller);
    const call = { path: `${path}?${buildQuery(request)}`, headers, signal };
    return observeCall(observe, signal, async () => {
      const answer = await fetchAnswer(undici, call);
      return decodeAnswer(answer, { credentialsOwner: credentials.owner, now: now() });
    });
  };

  const forCaller =
    (caller: UpstreamCaller): FetchPage =>
    (request, callerSignal) =>
      withDeadline(callerSignal, timeoutMs, (signal, startClock) =>
        slots.run(signal, () => {
          startClock();
          return fetchOnce(caller, request, signal);
        }),
      );
  return { forCaller, close };
};

/** Firewalls in front of REST endpoints often refuse calls that do not say what they come from. */
const userAgent = 'ledger-balance-gateway';

const callHeaders = (signed: Readonly<Record<string, string>>, { headers, requestId }: UpstreamCaller) => ({
  ...signed,
  ...traceHeaders(headers),
  accept: 'application/json',
  'accept-encoding': 'identity', // None at all would allow every coding: RFC 9110, section 12.5.3.
  'user-agent': userAgent,
  'x-request-id': requestId,
});

type Call = {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
};

const fetchAnswer = async (undici: Dispatcher, call: Call): Promise<RawAnswer> => {
  const response = await sendCall(undici, call);
  const retryAfter = response.headers['retry-after'];
  return {
    status: response.statusCode,
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    body: await readBody(response.body),
  };
};

/** undici's own time limits are off: the deadline's signal is the only one, so that there is one error. */
const sendCall = async (undici: Dispatcher, call: Call): Promise<Dispatcher.ResponseData> => {
  try {
    return await undici.request({ ...call, method: 'GET', headersTimeout: 0, bodyTimeout: 0 });
  } catch (cause) {
    throw transportFailure(cause);
  }
};
