/**
 * Log fields for one operation. Pure: others measure. Whatever a client or the upstream sends, no field can contain an
 * identifier, a credential, a header or an address.
 */
import { type ErrorCode, errorCodes } from '../errors.ts';
import type { Receipt } from '../ledger/source/receipt.ts';
import type { LogFields } from './log.ts';

/** What is known about one operation of a request. */
export type OperationRecord = {
  /** The operation's name as the client sent it, if any. It may be any text. */
  name: string | null | undefined;
  /** Undefined if the document could not be parsed. */
  type: 'query' | 'mutation' | 'subscription' | undefined;
  /** Whether `data` of the answer has a value that is not null. */
  hasData: boolean;
  /** `extensions.code` of each error of the answer. */
  errorCodes: readonly string[];
  /** The causes of those errors (`describeCauses`). */
  causes: readonly string[];
};

/** How an HTTP request ended. */
export type RequestEnd = {
  /** The id that the answer has in `x-request-id`. */
  readonly requestId: string;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** From the request's arrival to its answer, in milliseconds. */
  readonly durationMs: number;
  /** Whether the client went away before the answer. */
  readonly isAborted: boolean;
  /** None for a page or a probe, several for a batch. */
  readonly operations: readonly Readonly<OperationRecord>[];
  /** The upstream calls of all operations: the members of a batch share calls. */
  readonly receipt: Receipt;
};

/** `partial`: data and errors. `error`: only errors. `aborted`: the client went away. */
export type Outcome = 'ok' | 'partial' | 'error' | 'aborted';

/**
 * The fields of an operation's log line. `causes` is left out if empty. Durations are rounded to a tenth of a
 * millisecond.
 */
export function describeOperation(operation: Readonly<OperationRecord>, end: RequestEnd) {
  const { made, shared, kept, price } = end.receipt;
  const fields = {
    requestId: loggedRequestId(end.requestId),
    operation: loggedName(operation.name),
    type: operation.type ?? null,
    outcome: outcomeOf(operation, end),
    status: end.status,
    durationMs: Math.round(end.durationMs * 10) / 10,
    upstreamCalls: made,
    sharedCalls: shared,
    keptAnswers: kept,
    price,
    errorCodes: loggedCodes(operation.errorCodes),
  };
  return (
    operation.causes.length === 0 ? fields : { ...fields, causes: operation.causes }
  ) satisfies LogFields;
}

/** A request id that the log may show. Null for any other text, which should not occur. */
const loggedRequestId = (requestId: string): string | null =>
  /^[\w.:-]{1,128}$/.test(requestId) ? requestId : null;

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
export function outcomeOf(
  { hasData, errorCodes: codes }: Readonly<OperationRecord>,
  { isAborted }: Pick<RequestEnd, 'isAborted'>,
): Outcome {
  if (isAborted) return 'aborted';
  if (codes.length === 0) return 'ok';
  return hasData ? 'partial' : 'error';
}

/** The codes, each once, sorted. An unknown code, which should not occur, becomes INTERNAL_SERVER_ERROR. */
export function loggedCodes(codes: readonly string[]): readonly ErrorCode[] {
  if (codes.length === 0) return [];
  const ours = codes.map((code) =>
    Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'INTERNAL_SERVER_ERROR',
  );
  return [...new Set(ours)].sort();
}
