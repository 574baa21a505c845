/** Whose credentials go upstream, and which calls share a budget and answers. Knows neither the call nor its answer. */

import { createHash } from 'node:crypto';
import type { StartCallSpan } from '../observe.ts';
import type { CallerHeaders } from '../page-request.ts';
import type { CredentialsOwner } from '../rest/decode.ts';
import {
  credentialName,
  forwardedHeaders,
  forwardedHeadersProblem,
  languageHeader,
  languageProblem,
  nameOfNobody,
  type OutgoingHeaders,
} from './caller-headers.ts';

/** A way to sign calls. */
export type Credentials = {
  /** Whose they are; decides whom a 401 concerns. */
  readonly owner: CredentialsOwner;
  /**
   * The headers for one call, on behalf of the caller with these incoming headers; to be asked for right before the call. A
   * promise where a token must be fetched first: that call must go out by `deadlineAt`, in milliseconds of the monotonic
   * clock, or it fails. `startSpan` puts it into the caller's trace.
   */
  readonly headersFor: (
    incoming: CallerHeaders,
    deadlineAt: number,
    startSpan?: StartCallSpan,
  ) => OutgoingHeaders | Promise<OutgoingHeaders>;
  /**
   * A name for everything in which one caller's answers differ from another's: credentials, attribution, language.
   * Callers may share an answer exactly when their names are equal. Holds no secret: it is a digest.
   */
  readonly scopeOf: (incoming: CallerHeaders) => string;
  /** Whose budget of calls is spent: a name for the credentials alone. Holds no secret: it is a digest. */
  readonly budgetOf: (incoming: CallerHeaders) => string;
  /** The part of the fairness key that tells callers at one address apart, where they bring their own credentials. */
  readonly fairnessKeyOf?: (incoming: CallerHeaders) => string | undefined;
  /** Why a request with these headers is refused before any call; undefined if it is not. Quotes no value. */
  readonly headersProblem: (incoming: CallerHeaders) => string | undefined;
  /**
   * A call that was signed with these headers was answered 401. Returns whether other headers are to be had. Only for
   * credentials that are fetched.
   */
  readonly replaceRefused?: (signed: OutgoingHeaders) => boolean;
};

/** Forward mode: each caller's own credentials, which only the upstream checks. */
export const forwardCredentials: Credentials = {
  owner: 'caller',
  headersFor: (incoming) => forwardedHeaders(incoming),
  scopeOf: (incoming) => scopeOfHeaders(forwardedHeaders(incoming)),
  budgetOf: (incoming) => credentialName(incoming) ?? nameOfNobody,
  fairnessKeyOf: credentialName,
  headersProblem: forwardedHeadersProblem,
};

/** Service mode with HTTP Basic (RFC 7617, in UTF-8): of the caller's headers only the language goes upstream. */
export function createBasicCredentials(user: string, password: string): Credentials {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  const name = scopeOfHeaders({ authorization });
  const headersFor = (incoming: CallerHeaders) => ({ ...languageHeader(incoming), authorization });
  return {
    owner: 'gateway',
    headersFor,
    scopeOf: (incoming) => scopeOfHeaders(headersFor(incoming)),
    budgetOf: () => name,
    headersProblem: languageProblem,
  };
}

/** A digest of headers. Equal headers give equal digests only in the same order. */
export function scopeOfHeaders(headers: OutgoingHeaders): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(headers)))
    .digest('base64url');
}
