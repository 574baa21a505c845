/**
 * The short way of an operation that was let pass before.
 *
 * Background. Yoga's way from a request to its answer costs several hundred microseconds: Web streams, Request and Response,
 * hooks, and an executor that walks the document anew. Front ends send the same few operations over and over.
 *
 * Need. Those few at little more than the cost of their calls, with every rule of the long way.
 *
 * Trick. This way knows the everyday case alone: a JSON POST of a known operation that comes to data without an error. It
 * reads the body and puts it back; what it finds unusual goes to Yoga, which reads the same body. When an operation that it
 * has begun comes to an error, Yoga executes it as well. Its loads are remembered, so that no call is made twice: the error
 * gets the form, the place and the log line that it has on the long way, because it is made there. Steps that both ways
 * have (limits, record, context, log, metrics) are the same functions.
 *
 * Cost. An operation that fails is executed twice. PREPARED_OPERATIONS=false turns this way off.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { SchemaContext } from '../../schema/builder.ts';
import type { CallerHeaders } from '../../upstream/page-request.ts';
import type { WatchClient } from '../http/operation-deadline.ts';
import { isObject } from '../http/request-parameters.ts';
import { createRequestRecord, requestIdOf, type ServerContext } from '../http/request-record.ts';
import { answerTypeFor, isJson } from '../http/well-formed-plugin.ts';
import { beginOperation, endRequest, type RequestPluginOptions } from '../operation/request-plugin.ts';
import type { ExecutedRequest } from '../wiring/request-context.ts';
import { peekBody } from './peek-body.ts';
import type { AskedParameters, PreparedOperations, PreparedRun } from './prepared-operations.ts';
import { rememberLoads } from './remembered-loads.ts';

/** The long way: Yoga's listener. It goes on with a record that is handed to it. */
export type LongWay = (
  request: IncomingMessage,
  response: ServerResponse,
  context: Partial<Pick<ServerContext, 'record'>>,
) => unknown;

/** What the short way is made from. */
export type ShortWayParts = Pick<
  RequestPluginOptions,
  'createRequestId' | 'startTrace' | 'now' | 'maxBodyBytes' | 'log' | 'countRequest'
> & {
  readonly operations: PreparedOperations;
  readonly contextOf: (executed: ExecutedRequest) => SchemaContext;
  readonly headersProblem: (headers: CallerHeaders) => string | undefined;
};

/** Returns a listener that takes the short way where it can, and the long way everywhere else. */
export function shortWay(parts: ShortWayParts, longWay: LongWay): RequestListener {
  return (request, response) => {
    const length = lengthOf(request, parts.maxBodyBytes);
    const answerType = answerTypeFor(request.headers.accept ?? null);
    if (length === undefined || answerType === undefined) return void longWay(request, response, {});
    peekBody(request, length, (body) => {
      const asked = body && readParameters(body);
      const headers = readerOf(request);
      const run = asked && parts.operations.find(asked);
      if (run === undefined || parts.headersProblem(headers) !== undefined) longWay(request, response, {});
      else void answer(parts, { request, response, headers, answerType, run }, longWay);
    });
  };
}

/** The length of the body of an everyday request; undefined for any other. */
function lengthOf({ method, url, headers }: IncomingMessage, maxBodyBytes: number): number | undefined {
  if (method !== 'POST' || url !== '/graphql' || !isJson(headers['content-type'] ?? '')) return undefined;
  if (unusualHeaders.some((name) => headers[name] !== undefined)) return undefined;
  const length = Number(headers['content-length']);
  return length > 0 && length <= maxBodyBytes ? length : undefined;
}

const unusualHeaders = ['transfer-encoding', 'content-encoding', 'expect', 'upgrade', 'x-upstream-receipt'];

/** The parameters of one operation; undefined for anything else, which the long way refuses or serves. */
function readParameters(body: Buffer): AskedParameters | undefined {
  if (!isUtf8(body)) return undefined;
  const given = parseJson(body.toString());
  if (!isObject(given)) return undefined;
  const { query, operationName = null, variables = null, extensions = null } = given;
  if (typeof query !== 'string') return undefined;
  if (operationName !== null && typeof operationName !== 'string') return undefined;
  if ([variables, extensions].some((each) => each !== null && !isObject(each))) return undefined;
  return {
    query,
    operationName: operationName ?? undefined,
    variables: isObject(variables) ? variables : {},
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Node's headers, read as those of the Fetch standard are. */
function readerOf({ headers }: IncomingMessage): CallerHeaders {
  return {
    get(name) {
      const value = headers[name];
      return value === undefined ? null : String(value);
    },
    keys: () => Object.keys(headers)[Symbol.iterator](),
  };
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: CallerHeaders;
  readonly answerType: string;
  readonly run: PreparedRun;
};

async function answer(
  parts: ShortWayParts,
  { request, response, headers, answerType, run }: Exchange,
  longWay: LongWay,
): Promise<void> {
  const record = createRequestRecord(requestIdOf(headers.get('x-request-id'), parts.createRequestId));
  const operation = beginOperation(parts, { method: 'POST', headers }, record);
  operation.name = run.operation.name?.value;
  operation.type = run.operation.operation;
  let isGone = false;
  const watchClient: WatchClient = (onGone) =>
    watchResponse(response, () => {
      isGone = true;
      onGone();
    });
  const context = parts.contextOf({ headers, record, req: request, watchClient });
  const loads = rememberLoads(context.customers);
  const data = await run.writeData({ ...context, customers: loads.first }).catch(() => undefined);
  if (isGone) {
    endRequest(parts, record, 200, true);
    return;
  }
  if (data === undefined) {
    // The long way begins the operation anew, and loads nothing twice.
    record.operations.length = 0;
    record.context = { ...context, customers: loads.again() };
    longWay(request, response, { record });
    return;
  }
  operation.hasData = data.hasData;
  send(response, answerType, data.text, endRequest(parts, record, 200, false));
  request.resume(); // The body was put back.
}

/** A response closes when it has been sent, or when its client has left before that. Returns what ends the watch. */
function watchResponse(response: ServerResponse, onClosed: () => void): () => void {
  response.once('close', onClosed);
  return () => response.off('close', onClosed);
}

function send(
  response: ServerResponse,
  answerType: string,
  data: string,
  headers: Readonly<Record<string, string>>,
): void {
  const body = `{"data":${data}}`;
  response
    .writeHead(200, {
      'content-type': `${answerType}; charset=utf-8`,
      'content-length': Buffer.byteLength(body),
      ...headers,
    })
    .end(body);
}
