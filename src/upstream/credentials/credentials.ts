/** How calls are signed, and which callers share a budget or an answer. Knows neither the call nor its answer. */

import type { StartCallSpan } from '../observe.ts';
import type { CallerHeaders } from '../page-request.ts';
import type { CredentialsOwner } from '../rest/decode.ts';
import {
  anonymousName,
  credentialName,
  digest,
  forwardedHeaders,
  forwardedHeadersProblem,
  languageHeader,
  languageProblem,
  type OutgoingHeaders,
} from './caller-headers.ts';

/** A way to sign calls. */
export type Credentials = {
  /** Whose credentials they are. It decides which error a 401 becomes. */
  readonly owner: CredentialsOwner;
  /**
   * The headers that sign one call for the caller with the `incoming` headers. Must be called right before the call.
   * Returns a promise if a token must be fetched first. That token call fails if it cannot go out by `deadlineAt`, in
   * milliseconds of the monotonic clock. `startSpan` adds it to the caller's trace.
   */
  readonly headersFor: (
    incoming: CallerHeaders,
    deadlineAt: number,
    startSpan?: StartCallSpan,
  ) => OutgoingHeaders | Promise<OutgoingHeaders>;
  /**
   * A name for everything that may change a caller's answers: a digest of credentials and attribution, and the language.
   * Callers may share an answer exactly when their names are equal.
   */
  readonly scopeOf: (incoming: CallerHeaders) => string;
  /** The name of the budget in which a caller's calls count: a digest of the credentials alone. */
  readonly budgetOf: (incoming: CallerHeaders) => string;
  /** Why a request with these headers is refused without a call; undefined if it is accepted. Quotes no value. */
  readonly headersProblem: (incoming: CallerHeaders) => string | undefined;
  /**
   * Must be called when a call that was signed with these headers was answered 401. Returns whether it can be sent
   * again with another token. Only for credentials with tokens.
   */
  readonly replaceRefused?: (signed: OutgoingHeaders) => boolean;
};

/** What goes upstream of a request's headers. Read once for all calls of the request, each of which needs it. */
const forwarded = new WeakMap<CallerHeaders, OutgoingHeaders>();

function forwardedOf(incoming: CallerHeaders): OutgoingHeaders {
  const headers = forwarded.get(incoming) ?? forwardedHeaders(incoming);
  forwarded.set(incoming, headers);
  return headers;
}

/** Forward mode: each caller's own credentials, which only the upstream checks. */
export const forwardCredentials: Credentials = {
  owner: 'caller',
  headersFor: forwardedOf,
  scopeOf: (incoming) => scopeOfHeaders(forwardedOf(incoming)),
  budgetOf: (incoming) => credentialName(incoming) ?? anonymousName,
  headersProblem: forwardedHeadersProblem,
};

/** Service mode with HTTP Basic (RFC 7617, in UTF-8). The only header of the caller that goes upstream is its language. */
export function createBasicCredentials(user: string, password: string): Credentials {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  return {
    ...gatewayCredentials(scopeOfHeaders({ authorization })),
    // The copy comes last: on Node 20 a property after it is slow.
    headersFor: (incoming) => ({ authorization, ...languageHeader(incoming) }),
  };
}

/** What all credentials of the gateway's own have in common. `name` is a digest of them. */
export function gatewayCredentials(name: string) {
  return {
    owner: 'gateway',
    scopeOf: (incoming: CallerHeaders) => `${name} ${JSON.stringify(incoming.get('accept-language'))}`,
    budgetOf: () => name,
    headersProblem: languageProblem,
  } as const;
}

/** A digest of headers, which depends on their order. */
const scopeOfHeaders = (headers: OutgoingHeaders): string => digest(JSON.stringify(Object.entries(headers)));
