/**
 * The upstream's refusals and failures: its failure body, its codes, its statuses, and the gateway's error for each. Knows
 * nothing of pages, and of HTTP only the status.
 */

import type { ErrorCode, GatewayError } from '../../errors.ts';
import { CallFailure } from '../failure.ts';
import { publicMessage, type SentHeaders } from './public-message.ts';
import { isJsonObject, type JsonObject, textOf } from './shape.ts';

/** What a failure concerns: the customer, the filter, or only the call. */
export type FailureScope = 'customer' | 'filter' | 'call';

/** `becomes`: the gateway's error code; null for "no such customer", which is no error. */
type KnownRefusal = {
  readonly scope: FailureScope;
  readonly becomes: ErrorCode | null;
  readonly meaning: string;
};

function about(scope: FailureScope, becomes: ErrorCode | null, meaning: string): KnownRefusal {
  return { scope, becomes, meaning };
}

/** The codes that the upstream documents for this endpoint and similar ones. */
export const knownRefusals: Readonly<Record<number, KnownRefusal>> = {
  1632: about('customer', 'UPSTREAM_REJECTED', 'The group id, external id or primary user id is not valid.'),
  8003: about('customer', 'UPSTREAM_REJECTED', 'The source is missing or wrong.'),
  8013: about('customer', 'UPSTREAM_REJECTED', 'The identifier name is missing or wrong.'),
  8015: about('customer', null, 'There is no customer with this identifier.'),
  8069: about('customer', 'CUSTOMER_MERGED', 'The customer was merged into another one.'),
  9003: about('call', 'UPSTREAM_UNAVAILABLE', 'The ledger service failed, and what stands in for it.'),
  9005: about('filter', 'UPSTREAM_REJECTED', 'A name of an alternate currency is not valid.'),
  9018: about('filter', 'UPSTREAM_REJECTED', 'No alternate currency has these names in this category.'),
  11013: about('customer', 'UPSTREAM_REJECTED', 'Identifier name, value and source must not be empty.'),
};

/** A refusal as the upstream sent it. */
export type Refusal = { readonly code: number; readonly message: string };

/**
 * The refusal in a parsed body: the first one with a known code, or else the first one; undefined if there is none. An
 * element of `errors` with `status: true` reports a success and is no refusal.
 */
export function findRefusal(body: unknown): Refusal | undefined {
  const refusals = failuresOf(body).flatMap(asRefusal);
  return refusals.find(({ code }) => code in knownRefusals) ?? refusals[0];
}

/** Whether `errors` reports a failure in any form, known or not. */
export function reportsFailure(body: JsonObject): boolean {
  return (body['errors'] ?? null) !== null && (!Array.isArray(body['errors']) || failuresOf(body).length > 0);
}

function failuresOf(body: unknown): readonly unknown[] {
  const errors = isJsonObject(body) ? body['errors'] : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.filter((error) => !isJsonObject(error) || error['status'] !== true);
}

function asRefusal(failure: unknown): Refusal[] {
  if (!isJsonObject(failure)) return [];
  const code = Number(/^-?\d+$/.exec(textOf(failure['code']) ?? '')?.[0] ?? Number.NaN);
  return Number.isSafeInteger(code) ? [{ code, message: textOf(failure['message']) ?? '' }] : [];
}

/** What else a failed answer says. `retryAfter`: the seconds that it asks to wait, if it does. */
export type FailureContext = { readonly status: number; readonly retryAfter: number | undefined };

/**
 * The error of a refusal; null for "no such customer". An unknown code is a failure of the upstream if the status says so,
 * or else a refusal. Its message is the upstream's, cleaned by `publicMessage`. `sent` are the headers of the call; their
 * secrets are removed.
 */
export function judgeRefusal(
  { code, message }: Refusal,
  context: FailureContext,
  sent: SentHeaders,
): CallFailure | null {
  const known = knownRefusals[code];
  const unknownBecomes = isFailureStatus(context.status) ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_REJECTED';
  const becomes = known === undefined ? unknownBecomes : known.becomes;
  if (becomes === null) return null;
  if (becomes === 'UPSTREAM_UNAVAILABLE') return upstreamFailure(context);
  const neutral = known?.meaning ?? 'The upstream refused the call and gave no reason that can be shown.';
  return new CallFailure(becomes, publicMessage(message, neutral, sent), { upstreamCode: code });
}

/** The error of a failing upstream. The call is tried again, unless the status means that the failure lasts. */
export function upstreamFailure({ status, retryAfter }: FailureContext): CallFailure {
  const message = `Expected an answer, got a failure of the upstream (status ${status}).`;
  const facts = { cause: statusCause(status), ...(retryAfter !== undefined && { retryAfter }) };
  if (meaningOfStatus(status) !== 'failing-for-good')
    return new CallFailure('UPSTREAM_UNAVAILABLE', message, facts);
  return new CallFailure('UPSTREAM_UNAVAILABLE', message, { cause: facts.cause, again: 'no' });
}

/** What the error of a call concerns. An undocumented code concerns only the call. */
export function failureScope(error: GatewayError): FailureScope {
  return knownRefusals[error.details.upstreamCode ?? Number.NaN]?.scope ?? 'call';
}

/**
 * Whether a call with a filter was refused because of its filter. Any code counts that does not concern the customer,
 * because the upstream documents only a few of its codes.
 */
export function isFilterRefusal(error: GatewayError): boolean {
  return (
    error.code === 'UPSTREAM_REJECTED' &&
    error.details.upstreamCode !== undefined &&
    failureScope(error) !== 'customer'
  );
}

/**
 * What the status of an answer means if its body has no refusal. `page`: the body should be a page. `odd`: the answer
 * makes no sense. `refused`: the same call would be refused again. `failing`: the upstream fails, and the next try may
 * succeed. `failing-for-good`: it fails, and the next try would fail as well.
 */
export type StatusMeaning = 'page' | 'odd' | 'refused' | 'failing' | 'failing-for-good';

/** Statuses that mean something else than their class (4xx, 5xx). */
const exceptions: Readonly<Record<number, StatusMeaning>> = {
  200: 'page',
  301: 'refused', // Moved Permanently: the base URL is wrong, and a redirect is never followed.
  308: 'refused', // Permanent Redirect
  408: 'failing', // Request Timeout: RFC 9110, section 15.5.9, lets a client send it again.
  425: 'failing', // Too Early: RFC 8470, section 5.2, lets a client send it again.
  501: 'failing-for-good', // Not Implemented
  505: 'failing-for-good', // HTTP Version Not Supported
  506: 'failing-for-good', // Variant Also Negotiates: its configuration is wrong.
  508: 'failing-for-good', // Loop Detected
  510: 'failing-for-good', // Not Extended
  511: 'failing-for-good', // Network Authentication Required: a network on the way wants a login.
};

/** Not for 401, 403 and 429, which have errors of their own. A status over 599 counts as 5xx (RFC 9110, section 15). */
export function meaningOfStatus(status: number): StatusMeaning {
  const exception = exceptions[status];
  if (exception !== undefined) return exception;
  if (status >= 500) return 'failing';
  return status >= 400 ? 'refused' : 'odd';
}

/** Whether a status says that the upstream itself fails. */
export const isFailureStatus = (status: number): boolean => meaningOfStatus(status).startsWith('failing');

/** The cause of a failure, for the log: its code has the status, in the form of Node's own error codes. */
export function statusCause(status: number): Error {
  return Object.assign(new Error(`The upstream answered with status ${status}.`), { code: `HTTP_${status}` });
}
