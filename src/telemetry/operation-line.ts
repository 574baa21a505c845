/**
 * Log fields for one operation. Pure: others measure. Whatever a client or the upstream sends, no field can contain an
 * identifier, a credential, a header or an address.
 */
import { type ErrorCode, errorCodes } from '../errors.ts';
import type { LogFields } from './log.ts';

/** How an operation ended. */
export type OperationEnd = {
  /** The operation's name as the client sent it, if any. It may be any text. */
  readonly name: string | null | undefined;
  /** Undefined if the document could not be parsed. */
  readonly type: 'query' | 'mutation' | 'subscription' | undefined;
  /** From the request's arrival to its answer, in milliseconds. */
  readonly durationMs: number;
  /**
   * Upstream calls that its HTTP request made. All operations of a batch have the same number, because they share
   * calls.
   */
  readonly upstreamCalls: number;
  /** Calls of other requests whose answers it used. */
  readonly sharedCalls: number;
  /** Cached answers that it used. */
  readonly keptAnswers: number;
  /** Calls that it would need if every page were full and no answer were shared or cached. */
  readonly price: number;
  /** Whether `data` of the answer has a value that is not null. */
  readonly hasData: boolean;
  /** Whether the client went away before the answer. */
  readonly isAborted: boolean;
  /** `extensions.code` of each error of the answer. */
  readonly errorCodes: readonly string[];
  /** The causes of those errors (`describeCauses`). */
  readonly causes?: readonly string[];
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The id that the answer has in `x-request-id`. */
  readonly requestId: string;
};

/** `partial`: data and errors. `error`: only errors. `aborted`: the client went away. */
export type Outcome = 'ok' | 'partial' | 'error' | 'aborted';

/**
 * The fields of an operation's log line. `causes` is left out if empty. Durations are rounded to a tenth of a
 * millisecond.
 */
export function describeOperation(end: OperationEnd): LogFields {
  return {
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
  };
}

/** A request id that the log may show. Null for any other text, which should not occur. */
function loggedRequestId(requestId: string): string | null {
  return /^[\w.:-]{1,128}$/.test(requestId) ? requestId : null;
}

const longestName = 64;

/**
 * An operation's name as the log may show it. Null for text that is no name in GraphQL's grammar (October 2021, section
 * 2.1.9). Five or more digits in a row are replaced, because a client may put a mobile or a card number into the name.
 */
function loggedName(name: string | null | undefined): string | null {
  if (!name || !/^[_A-Za-z][_0-9A-Za-z]*$/.test(name)) return null;
  return name.replace(/\d{5,}/g, '#').slice(0, longestName);
}

/** The outcome. `aborted` takes precedence, because the client saw neither data nor errors. */
export function outcomeOf({ hasData, isAborted, errorCodes: codes }: OperationEnd): Outcome {
  if (isAborted) return 'aborted';
  if (codes.length === 0) return 'ok';
  return hasData ? 'partial' : 'error';
}

/** The codes, each once, sorted. An unknown code, which should not occur, becomes INTERNAL_SERVER_ERROR. */
export function loggedCodes(codes: readonly string[]): readonly ErrorCode[] {
  const ours = codes.map((code) => (isErrorCode(code) ? code : 'INTERNAL_SERVER_ERROR'));
  return [...new Set(ours)].sort();
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
