/** Errors that are sent before there is a result to put them into: outside Yoga, or before it reads an operation. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorCode, type ErrorDetails, errorCodes } from '../../errors.ts';
import { readReceipt } from '../../ledger/source/receipt.ts';
import type { Log, LogFields } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { describeOperation } from '../../telemetry/operation-line.ts';
import { addOperation, createRequestRecord, endsOf, requestIdOf } from './request-record.ts';

/** The body and its type, in the form of every other error. */
export function plainError(code: ErrorCode, message: string, details: ErrorDetails = {}) {
  const { retryable } = errorCodes[code];
  return {
    body: JSON.stringify({ errors: [{ message, extensions: { code, retryable, ...details } }] }),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  };
}

/** All that a client learns of a fault of the gateway's own. */
export const unexpected = 'Something unexpected went wrong';

/** Why a request is refused outside Yoga. `headers` go with the answer. */
export type Refusal = {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: ErrorDetails;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Refuses a request; `fields` stand in its log line besides the usual ones. */
export type Refuse = (
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  fields?: LogFields,
) => void;

/** What a refusal leaves behind. */
export type RefuseDeps = {
  readonly createRequestId: () => string;
  readonly log: Pick<Log, 'info'>;
  readonly countRequest: Metrics['countRequest'];
};

/** Builds what refuses requests. Each gets an id, a log line and a count, as if it were an operation. */
export function createRefuse({ createRequestId, log, countRequest }: RefuseDeps): Refuse {
  return (request, response, { status, code, message, details, headers }, fields) => {
    const { 'x-request-id': given } = request.headers;
    const record = createRequestRecord(requestIdOf(String(given ?? ''), createRequestId));
    addOperation(record).errorCodes = [code];
    const plain = plainError(code, message, details);
    const always = {
      'x-request-id': record.id,
      'cache-control': 'no-store',
      'content-length': Buffer.byteLength(plain.body),
    };
    // The body is not read: Node passes over it.
    response.writeHead(status, { ...plain.headers, ...always, ...headers }).end(plain.body);
    const receipt = readReceipt(record.receipt);
    const ends = endsOf(record, receipt, { status, durationMs: 0, isAborted: false });
    countRequest(ends, receipt);
    for (const end of ends) log.info({ ...describeOperation(end), ...fields }, 'operation');
  };
}
