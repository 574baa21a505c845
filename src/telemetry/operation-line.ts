/**
 * What the log says of one operation. Pure: everything measured comes in. Lets nothing through that could contain an
 * identifier, a credential, a header or an address, whatever a client or an upstream sends.
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
  /** Calls of other requests that served it too. */
  readonly sharedCalls: number;
  /** Cached answers that served it. */
  readonly keptAnswers: number;
  /** Calls needed if every page were full and nothing could be shared or cached. */
  readonly price: number;
  /** Whether the answer has data that is not null. */
  readonly hasData: boolean;
  /** Whether the client went away before the answer. */
  readonly isAborted: boolean;
  /** `extensions.code` of each error of the answer. */
  readonly errorCodes: readonly string[];
  /** The causes behind those errors (`describeCauses`). */
  readonly causes?: readonly string[];
  /** The HTTP status of the answer. */
  readonly status: number;
  /** As sent in `x-request-id`. */
  readonly requestId: string;
};

/** `partial`: data and errors. `error`: errors alone. `aborted`: the client went away. */
export type Outcome = 'ok' | 'partial' | 'error' | 'aborted';

/** The fields of an operation's log line; `causes` only if there are any. Durations are rounded to a tenth of a millisecond. */
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

/** A request id as the log may show it; one of another form, which should not occur, is left out. */
function loggedRequestId(requestId: string): string | null {
  return /^[\w.:-]{1,128}$/.test(requestId) ? requestId : null;
}

const longestName = 64;

/**
 * The name as the log may show it. GraphQL's grammar (October 2021, section 2.1.9) keeps out whatever is no name. A
 * client may build a mobile or a card number into its operation names, so a run of five or more digits is replaced.
 */
function loggedName(name: string | null | undefined): string | null {
  if (!name || !/^[_A-Za-z][_0-9A-Za-z]*$/.test(name)) return null;
  return name.replace(/\d{5,}/g, '#').slice(0, longestName);
}

/** The outcome. `aborted` comes before everything: the client saw nothing of the rest. */
export function outcomeOf({ hasData, isAborted, errorCodes: codes }: OperationEnd): Outcome {
  if (isAborted) return 'aborted';
  if (codes.length === 0) return 'ok';
  return hasData ? 'partial' : 'error';
}

/** The codes, each once, sorted. One that is not ours, should one slip through, is a fault of the gateway. */
export function loggedCodes(codes: readonly string[]): readonly ErrorCode[] {
  const ours = codes.map((code) => (isErrorCode(code) ? code : 'INTERNAL_SERVER_ERROR'));
  return [...new Set(ours)].sort();
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
