/**
 * Which headers of a caller go upstream, and whose credentials. Knows neither the call nor its answer.
 */

import { createHash } from 'node:crypto';
import { type BudgetNames, budgetNames } from './budget-names.ts';
import type { StartCallSpan } from './call-trace.ts';
import type { CredentialsOwner } from './decode.ts';

/** Headers of one call, by lower-case name. Holds secrets: never logged, never part of a message. */
export type OutgoingHeaders = Readonly<Record<string, string>>;

/**
 * A way to sign calls. Whoever makes a call asks for its headers right before and waits for them: credentials
 * that must first be fetched or renewed answer with a promise, and nobody else need know.
 */
export type Credentials = {
  /** Whose they are; decides whom a 401 concerns. */
  readonly owner: CredentialsOwner;
  /**
   * The headers for one call on behalf of the caller with these incoming headers. Whatever must be fetched for them
   * must be on its way by `deadlineAt`, in milliseconds of the clock that never goes back and asked at every look, or
   * this fails; `startSpan` gives such a call its place in the caller's trace.
   */
  readonly headersFor: (
    incoming: Headers,
    deadlineAt: () => number,
    startSpan?: StartCallSpan,
  ) => OutgoingHeaders | Promise<OutgoingHeaders>;
  /**
   * A name for all that makes one caller's answers differ from another's: credentials, attribution, language.
   * Callers may share an answer exactly when their names are equal. Holds no secret: it is a digest.
   */
  readonly scopeOf: (incoming: Headers) => string;
  /** Whose budgets of calls are spent: names for the credentials alone. Hold no secret: they are digests. */
  readonly budgetsOf: (incoming: Headers) => BudgetNames;
  /**
   * Whom fairness is between, where callers bring credentials of their own: a digest. Nothing for one who has none, or
   * whose can be read in several ways: junk beside them must make nobody another. Then, and without this, it is between
   * callers by what else is known of them.
   */
  readonly subjectOf?: (incoming: Headers) => string | undefined;
  /** For credentials that can be fetched anew; others have none. */
  readonly renewal?: CredentialsRenewal;
};

/** Learns what became of calls, by the headers that they were sent with. */
export type CredentialsRenewal = {
  /** The call was answered 401. @returns whether it makes sense to try once more. */
  readonly refused: (sent: OutgoingHeaders) => boolean;
  /** The call was let in. */
  readonly accepted: (sent: OutgoingHeaders) => void;
};

/** Forward mode: each caller's own credentials, checked by nobody but the upstream. */
export const forwardCredentials: Credentials = {
  owner: 'caller',
  headersFor: (incoming) => forwardedHeaders(incoming),
  scopeOf: (incoming) => scopeOfHeaders(forwardedHeaders(incoming)),
  budgetsOf: namesOf,
  subjectOf(incoming) {
    const [name, ...others] = namesOf(incoming);
    return isSigned(incoming) && others.length === 0 ? name : undefined;
  },
};

function namesOf(incoming: Headers): BudgetNames {
  return budgetNames(incoming.get('authorization'), incoming.get('x-cap-api-oauth-token'));
}

function isSigned(incoming: Headers): boolean {
  return incoming.has('authorization') || incoming.has('x-cap-api-oauth-token');
}

/** Service mode with HTTP Basic (RFC 7617, in UTF-8): of the caller's headers only the language remains. */
export const createBasicCredentials = (user: string, password: string): Credentials => {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  return {
    owner: 'gateway',
    headersFor: (incoming) => ({ ...languageHeader(incoming), authorization }),
    scopeOf: (incoming) => scopeOfHeaders({ ...languageHeader(incoming), authorization }),
    budgetsOf: () => [scopeOfHeaders({ authorization })],
  };
};

const forwarded = new Set(['authorization', 'x-cap-api-oauth-token', 'accept-language']);
const attributionPrefix = 'x-cap-api-attribution-';

/**
 * The headers of a caller that forward mode sends on: credentials, till attribution and language. No other
 * header ever, cookies least of all. Without credentials the call goes out bare and the upstream answers.
 * Lower-cased, combined and sorted by name here: the Headers of the Fetch standard are so by themselves, the
 * ones that Yoga hands on are as the client sent them.
 */
export const forwardedHeaders = (incoming: Headers): OutgoingHeaders => {
  const names = new Set(Array.from(incoming.keys(), (name) => name.toLowerCase()));
  const chosen = [...names].filter((name) => forwarded.has(name) || name.startsWith(attributionPrefix));
  return Object.fromEntries(chosen.sort().map((name) => [name, incoming.get(name) ?? '']));
};

/** A digest of headers, which must stand in one order, so that equal ones give equal digests. */
export const scopeOfHeaders = (headers: OutgoingHeaders): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(headers)))
    .digest('base64url');

/** The caller's language, as a header of its own. */
export const languageHeader = (incoming: Headers): OutgoingHeaders => {
  const language = incoming.get('accept-language');
  return language === null ? {} : { 'accept-language': language };
};
