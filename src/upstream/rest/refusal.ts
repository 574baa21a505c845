/**
 * The upstream's refusals: its failure body, its codes, and what each means to the gateway. Knows neither
 * pages nor HTTP beyond a status number.
 */

import type { ErrorCode, GatewayError } from '../../errors.ts';
import { CallFailure } from '../failure.ts';
import { publicMessage } from './public-message.ts';
import { isJsonObject, type JsonObject, textOf } from './shape.ts';
import { meaningOfStatus, statusCause } from './status.ts';

/** What a failure is about: the customer asked for, the filter, or no more than this one call. */
export type FailureScope = 'customer' | 'filter' | 'call';

type KnownRefusal = {
  readonly meaning: string;
  readonly scope: FailureScope;
  /** The gateway's code for it; null: no failure, there is no such customer. */
  readonly becomes: ErrorCode | null;
};

/** The codes that the upstream and its sibling endpoints document. */
export const knownRefusals: Readonly<Record<number, KnownRefusal>> = {
  1632: {
    meaning: 'The group id, external id or primary user id is not valid.',
    scope: 'customer',
    becomes: 'UPSTREAM_REJECTED',
  },
  8003: { meaning: 'The source is missing or wrong.', scope: 'customer', becomes: 'UPSTREAM_REJECTED' },
  8013: {
    meaning: 'The identifier name is missing or wrong.',
    scope: 'customer',
    becomes: 'UPSTREAM_REJECTED',
  },
  8015: { meaning: 'There is no customer with this identifier.', scope: 'customer', becomes: null },
  8069: {
    meaning: 'The customer was merged into another one.',
    scope: 'customer',
    becomes: 'CUSTOMER_MERGED',
  },
  9003: {
    meaning: 'The ledger service failed, and what stands in for it.',
    scope: 'call',
    becomes: 'UPSTREAM_UNAVAILABLE',
  },
  9005: {
    meaning: 'A name of an alternate currency is not valid.',
    scope: 'filter',
    becomes: 'UPSTREAM_REJECTED',
  },
  9018: {
    meaning: 'No alternate currency has these names under this category filter.',
    scope: 'filter',
    becomes: 'UPSTREAM_REJECTED',
  },
  11013: {
    meaning: 'The identifier name, identifier value and source must not be empty.',
    scope: 'customer',
    becomes: 'UPSTREAM_REJECTED',
  },
};

/** One reason for a refusal, as the upstream gave it. */
export type Refusal = { readonly code: number; readonly message: string };

/**
 * The refusal that a parsed body holds: the first with a known code, else the first with any; undefined if
 * there is none. A member of `errors` with `status: true` reports a success and refuses nothing.
 */
export const findRefusal = (body: unknown): Refusal | undefined => {
  const refusals = failuresOf(body).flatMap(asRefusal);
  return refusals.find(({ code }) => code in knownRefusals) ?? refusals[0];
};

/** Whether `errors` says anything but that all is well, were it in a shape that nobody knows. */
export const reportsFailure = (body: JsonObject): boolean =>
  (body['errors'] ?? null) !== null && (!Array.isArray(body['errors']) || failuresOf(body).length > 0);

const failuresOf = (body: unknown): readonly unknown[] => {
  const errors = isJsonObject(body) ? body['errors'] : undefined;
  return Array.isArray(errors)
    ? errors.filter((error) => !isJsonObject(error) || error['status'] !== true)
    : [];
};

const asRefusal = (failure: unknown): Refusal[] => {
  if (!isJsonObject(failure)) return [];
  const code = Number(/^-?\d+$/.exec(textOf(failure['code']) ?? '')?.[0] ?? Number.NaN);
  return Number.isSafeInteger(code) ? [{ code, message: textOf(failure['message']) ?? '' }] : [];
};

/** The rest of an answer that a failure is read from. `retryAfter`: the seconds that it asks to wait, if it does. */
export type FailureContext = { readonly status: number; readonly retryAfter: number | undefined };

/**
 * What a refusal sent with this HTTP status means: null for "no such customer", else the error to throw. An
 * unknown code is the upstream's own failure where the status says so, and a refusal elsewhere. The
 * upstream's message passes through on refusals, except for what no client may see.
 */
export const judgeRefusal = ({ code, message }: Refusal, context: FailureContext): CallFailure | null => {
  const known = knownRefusals[code];
  const becomes = known === undefined ? unknownBecomes(context.status) : known.becomes;
  if (becomes === null) return null;
  if (becomes === 'UPSTREAM_UNAVAILABLE') return upstreamFailure(context);
  const neutral = known?.meaning ?? 'The upstream refused the call and gave no reason that can be shown.';
  return new CallFailure(becomes, publicMessage(message, neutral), { upstreamCode: code });
};

const unknownBecomes = (status: number): ErrorCode =>
  isFailureStatus(status) ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_REJECTED';

/** Whether a status says that the upstream itself fails. */
export const isFailureStatus = (status: number): boolean => meaningOfStatus(status).startsWith('failing');

/** The upstream's own failure, to be tried again, but not before it says, nor when its status says that it lasts. */
export const upstreamFailure = ({ status, retryAfter }: FailureContext): CallFailure => {
  const message = `Expected an answer, got a failure of the upstream (status ${status}).`;
  const cause = statusCause(status);
  if (meaningOfStatus(status) === 'failing-for-good') {
    return new CallFailure('UPSTREAM_UNAVAILABLE', message, { cause, again: 'no' });
  }
  return new CallFailure('UPSTREAM_UNAVAILABLE', message, {
    cause,
    ...(retryAfter !== undefined && { retryAfter }),
  });
};

/** What an error thrown by an upstream call is about. Codes that nobody documents concern the call alone. */
export const failureScope = (error: GatewayError): FailureScope =>
  knownRefusals[error.details.upstreamCode ?? Number.NaN]?.scope ?? 'call';

/**
 * Whether a call with a filter was refused for the filter's sake: with any code that is not about the customer, for
 * the upstream documents only a few of those that it has.
 */
export const isFilterRefusal = (error: GatewayError): boolean =>
  error.code === 'UPSTREAM_REJECTED' &&
  error.details.upstreamCode !== undefined &&
  failureScope(error) !== 'customer';
