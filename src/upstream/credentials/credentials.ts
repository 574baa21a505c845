/** Whose credentials go upstream, and what calls with them have in common. Knows neither the call nor its answer. */

import { createHash } from 'node:crypto';
import type { StartCallSpan } from '../observe.ts';
import type { CredentialsOwner } from '../rest/decode.ts';
import { credentialName } from './credential-name.ts';
import {
  forwardedHeaders,
  forwardedHeadersProblem,
  languageHeader,
  languageProblem,
  type OutgoingHeaders,
} from './forwarded-headers.ts';

/**
 * A way to sign calls. Whoever makes a call asks for its headers right before and waits for them: credentials
 * that must first be fetched or renewed answer with a promise, and nobody else need know.
 */
export type Credentials = {
  /** Whose they are; decides whom a 401 concerns. */
  readonly owner: CredentialsOwner;
  /**
   * The headers for one call on behalf of the caller with these incoming headers. Whatever must be fetched for them
   * must be on its way by `deadlineAt`, in milliseconds of the monotonic clock, or this fails; `startSpan` gives such a
   * call its place in the caller's trace.
   */
  readonly headersFor: (
    incoming: Headers,
    deadlineAt: number,
    startSpan?: StartCallSpan,
  ) => OutgoingHeaders | Promise<OutgoingHeaders>;
  /**
   * A name for all that makes one caller's answers differ from another's: credentials, attribution, language.
   * Callers may share an answer exactly when their names are equal. Holds no secret: it is a digest.
   */
  readonly scopeOf: (incoming: Headers) => string;
  /** Whose budget of calls is spent: a name for the credentials alone. Holds no secret: it is a digest. */
  readonly budgetOf: (incoming: Headers) => string;
  /**
   * Whom fairness is between, where callers bring credentials of their own: a digest. Nothing for one who has none. Then,
   * and without this, it is between callers by what else is known of them.
   */
  readonly fairnessKeyOf?: (incoming: Headers) => string | undefined;
  /** Why a request with these headers is refused before any call; undefined if it is not. Quotes no value. */
  readonly headersProblem: (incoming: Headers) => string | undefined;
  /** For credentials that can be fetched anew; others have none. */
  readonly renewal?: CredentialsRenewal;
};

/** Knows calls by the headers that they were sent with. */
export type CredentialsRenewal = {
  /** The call was answered 401. Returns whether it makes sense to try once more. */
  readonly refused: (sent: OutgoingHeaders) => boolean;
};

/** Forward mode: each caller's own credentials, checked by nobody but the upstream. */
export const forwardCredentials: Credentials = {
  owner: 'caller',
  headersFor: (incoming) => forwardedHeaders(incoming),
  scopeOf: (incoming) => scopeOfHeaders(forwardedHeaders(incoming)),
  budgetOf: (incoming) => credentialName(forwardedHeaders(incoming)),
  fairnessKeyOf: (incoming) => (isSigned(incoming) ? credentialName(forwardedHeaders(incoming)) : undefined),
  headersProblem: forwardedHeadersProblem,
};

function isSigned(incoming: Headers): boolean {
  return ['authorization', 'x-cap-api-oauth-token'].some((name) => incoming.get(name));
}

/** Service mode with HTTP Basic (RFC 7617, in UTF-8): of the caller's headers only the language remains. */
export const createBasicCredentials = (user: string, password: string): Credentials => {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  return {
    owner: 'gateway',
    headersFor: (incoming) => ({ ...languageHeader(incoming), authorization }),
    scopeOf: (incoming) => scopeOfHeaders({ ...languageHeader(incoming), authorization }),
    budgetOf: () => scopeOfHeaders({ authorization }),
    headersProblem: languageProblem,
  };
};

/** A digest of headers, which must stand in one order, so that equal ones give equal digests. */
export const scopeOfHeaders = (headers: OutgoingHeaders): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(headers)))
    .digest('base64url');
