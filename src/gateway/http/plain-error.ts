/** Errors that are sent without a GraphQL result: outside Yoga, or before Yoga reads an operation. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorCode, type ErrorDetails, errorCodes } from '../../errors.ts';
import type { LogFields } from '../../telemetry/log.ts';
import { addOperation, endRequest, RequestRecord, type RequestWatch } from './request-record.ts';

/** Builds the body of an error in the form of a GraphQL answer, and its content type. */
export function plainError(code: ErrorCode, message: string, details: ErrorDetails = {}) {
  const { retryable } = errorCodes[code];
  return {
    body: JSON.stringify({ errors: [{ message, extensions: { code, retryable, ...details } }] }),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  };
}

/** The message of INTERNAL_SERVER_ERROR. The client gets no other details of the gateway's own faults. */
export const maskedMessage = 'Something unexpected went wrong';

/** Why a request is refused outside Yoga. The answer gets `headers` besides the usual ones. */
export type Refusal = {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: ErrorDetails;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Refuses a request. The log line gets `fields` besides the usual ones. */
export type Refuse = ReturnType<typeof createRefuse>;

/** Builds the function that refuses requests. Each refusal gets an id, a log line and a count, like an operation. */
export function createRefuse(deps: RequestWatch) {
  return (request: IncomingMessage, response: ServerResponse, refusal: Refusal, fields?: LogFields): void => {
    const { status, code, message, details, headers } = refusal;
    const { 'x-request-id': given } = request.headers;
    const record = new RequestRecord(String(given ?? ''), deps.createRequestId);
    record.startedAt = deps.now();
    addOperation(record).errorCodes = [code];
    const always = endRequest(deps, record, { status, isAborted: false, fields });
    const plain = plainError(code, message, details);
    const length = { 'content-length': Buffer.byteLength(plain.body) };
    // Nothing reads the request's body: Node discards it.
    response.writeHead(status, { ...plain.headers, ...always, ...length, ...headers }).end(plain.body);
  };
}
