/**
 * What the log says of one operation. Pure: everything measured comes in. Lets through nothing that could
 * hold an identifier, a credential, a header or an address, whatever a client or an upstream sends.
 */

import { type ErrorCode, errorCodes } from '../errors.ts';
import type { LogFields } from './log.ts';

/** How an operation ended. */
export type OperationEnd = {
  /** The name as the client gave it, if it did: any text at all. */
  readonly name: string | null | undefined;
  /** Undefined when the document could not be read that far. */
  readonly type: 'query' | 'mutation' | 'subscription' | undefined;
  /** From the request's arrival to its answer, in milliseconds. */
  readonly durationMs: number;
  /** Calls that went out for its HTTP request; the members of a batch are planned, and counted, together. */
  readonly upstreamCalls: number;
  /** Calls of other requests that served it too, and kept answers that did. */
  readonly sharedCalls: number;
  readonly keptAnswers: number;
  /** Calls needed if every page were full and nothing could be shared or kept. */
  readonly price: number;
  /** Whether the answer has data that is not null. */
  readonly hasData: boolean;
  /** Whether the client went away before the answer. */
  readonly isAborted: boolean;
  /** `extensions.code` of each error of the answer. */
  readonly errorCodes: readonly string[];
  /** What lies behind those errors, in words that may be shown: `describeCauses`. */
  readonly causes?: readonly string[];
  /** The HTTP status of the answer. */
  readonly status: number;
  /** As sent in `x-request-id`. */
  readonly requestId: string;
};

/** `partial`: data with errors beside it. `error`: errors alone. `aborted`: nobody was there to be answered. */
export type Outcome = 'ok' | 'partial' | 'error' | 'aborted';

const longestName = 64;

/**
 * The name as the log may show it. GraphQL's own grammar (October 2021, section 2.1.9) keeps out whatever
 * is no name; a run of five or more digits can be a mobile or a card number that a client builds into its
 * operation names, so it is blotted out.
 */
export const loggedName = (name: string | null | undefined): string | null =>
  name && /^[_A-Za-z][_0-9A-Za-z]*$/.test(name) ? name.replace(/\d{5,}/g, '#').slice(0, longestName) : null;

/** The codes, each once. One that is not ours, should one slip through, is told as what it is: a fault of the gateway. */
export const loggedCodes = (codes: readonly string[]): readonly ErrorCode[] => {
  const ours = codes.map((code) => (isErrorCode(code) ? code : 'INTERNAL_SERVER_ERROR'));
  return [...new Set(ours)].sort();
};

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

/** A request id as the log may show it; one of another form, which should not occur, is left out. */
const loggedRequestId = (requestId: string): string | null =>
  /^[\w.:-]{1,128}$/.test(requestId) ? requestId : null;

/** What an operation came to. Being aborted goes before everything: nobody saw the rest. */
export const outcomeOf = ({ hasData, isAborted, errorCodes: codes }: OperationEnd): Outcome => {
  if (isAborted) return 'aborted';
  if (codes.length === 0) return 'ok';
  return hasData ? 'partial' : 'error';
};

/** The fields of an operation's log line; `causes` only where there are any. Durations are rounded to a tenth of a millisecond. */
export const describeOperation = (end: OperationEnd): LogFields => ({
  requestId: loggedRequestId(end.requestId),
  operation: loggedName(end.name),
  type: end.type ?? null,
  outcome: outcomeOf(end),
  status: end.status,
  durationMs: Math.round(end.durationMs * 10) / 10,
  upstreamCalls: end.upstreamCalls,
  sharedCalls: end.sharedCalls,
  keptAnswers: end.keptAnswers,
  price: end.price,
  errorCodes: loggedCodes(end.errorCodes),
  ...(end.causes?.length && { causes: end.causes }),
});
