/**
 * The short way: answers operations that have passed validation before, without Yoga.
 *
 * Background. Yoga's way from a request to its answer costs several hundred microseconds: Web streams, Request and Response,
 * hooks, and an executor that walks the document anew. Front ends send the same few operations over and over.
 *
 * Need. Serve those few at little more than the cost of their upstream calls, under every rule of the long way.
 *
 * Trick. The short way serves only the everyday case: a JSON POST of a prepared operation whose answer has no error. It
 * leaves every other request to Yoga, with its parsed body or with the bytes put back. When an operation fails on the
 * short way, Yoga executes it again, so errors have the form and the log line of the long way. The loads of the first run
 * are remembered, so no call is made twice. Both ways call the same functions for limits, record, context, log and metrics.
 *
 * Cost. An operation that fails is executed twice. PREPARED_OPERATIONS=false turns this way off.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asError, attempt, GatewayError } from '../../errors.ts';
import type { SchemaContext } from '../../schema/builder.ts';
import type { CallerHeaders } from '../../upstream/page-request.ts';
import { isObject, type JsonObject } from '../http/request-parameters.ts';
import {
  beginOperation,
  endRequest,
  RequestRecord,
  type RequestWatch,
  type ServerContext,
} from '../http/request-record.ts';
import { answerTypeFor, isJson } from '../http/well-formed-plugin.ts';
import type { ExecutedRequest } from '../wiring/request-context.ts';
import type { AskedParameters, PreparedOperations, PreparedRun } from './prepared-operations.ts';

/** The long way: Yoga's listener. It uses the record in `context` if there is one. */
export type LongWay = (
  request: IncomingMessage,
  response: ServerResponse,
  context: Partial<Pick<ServerContext, 'record'>>,
) => unknown;

/** What the short way is made from. */
export type ShortWayParts = RequestWatch & {
  readonly maxBodyBytes: number;
  readonly operations: PreparedOperations;
  readonly contextOf: (executed: ExecutedRequest) => SchemaContext;
  readonly headersProblem: (headers: CallerHeaders) => string | undefined;
};

/** Returns a listener that takes the short way where it can, and the long way for all other requests. */
export function shortWay(parts: ShortWayParts, longWay: LongWay): RequestListener {
  return (request, response) => {
    const length = lengthOf(request, parts.maxBodyBytes);
    const answerType = answerTypeFor(request.headers.accept ?? null);
    if (length === undefined || answerType === undefined) return void longWay(request, response, {});
    readBody(request, length, (body) => {
      const headers = callerHeadersOf(request);
      if (body === undefined) return endUnread(parts, headers);
      const given = parseBody(body);
      const takeLongWay = (context: Parameters<LongWay>[2]) => {
        if (given === undefined) request.unshift(body);
        else Object.assign(request, { body: given }).resume(); // Without `resume` the request would never end.
        longWay(request, response, context);
      };
      const asked = given && readParameters(given);
      const run = asked && parts.operations.find(asked);
      if (run === undefined || parts.headersProblem(headers) !== undefined) return takeLongWay({});
      // A fault before the answer, as on the long way, where Yoga reports it to the client.
      answer(parts, { request, response, headers, answerType, run }, takeLongWay).catch(() => {
        if (!response.headersSent) takeLongWay({});
      });
    });
  };
}

/** The length of the body of a request that may take the short way; undefined for any other request. */
function lengthOf({ method, url, headers }: IncomingMessage, maxBodyBytes: number): number | undefined {
  if (method !== 'POST' || url !== '/graphql' || !isJson(headers['content-type'] ?? '')) return undefined;
  if (unusualHeaders.some((name) => headers[name] !== undefined)) return undefined;
  const length = Number(headers['content-length']);
  return length > 0 && length <= maxBodyBytes ? length : undefined;
}

const unusualHeaders = ['transfer-encoding', 'content-encoding', 'expect', 'upgrade', 'x-upstream-receipt'];

/** Reads a body of `length` bytes. `onBody` gets undefined when the client stopped sending. */
function readBody(
  request: IncomingMessage,
  length: number,
  onBody: (body: Buffer | undefined) => void,
): void {
  const take = (body: Buffer | null) => onBody(body?.length === length ? body : undefined);
  function end(body: Buffer | null): void {
    request.off('readable', onReadable).off('close', onGone).off('error', onGone);
    take(body);
  }
  // One listener for all packets: a new one would be called at once, again and again, while a part of the body waits.
  function onReadable(): void {
    const body: Buffer | null = request.read(length);
    if (body !== null) end(body);
  }
  const onGone = () => end(null);
  // Most bodies come with their headers. They are here when Node has read the packet to its end, without any event.
  // `queueMicrotask` would do the same, but makes an AsyncResource.
  void packetEnd.then(() => {
    const body: Buffer | null = request.read(length);
    if (body !== null) take(body);
    else request.on('readable', onReadable).on('close', onGone).on('error', onGone);
  });
}

const packetEnd = Promise.resolve();

/** Parses the body of one operation; undefined for any other body. */
function parseBody(body: Buffer): JsonObject | undefined {
  if (!isUtf8(body)) return undefined;
  const given = attempt((): unknown => JSON.parse(body.toString()));
  return isObject(given) && typeof given['query'] === 'string' ? given : undefined;
}

/** Reads the parameters of an operation; undefined when one has a wrong type. */
function readParameters(given: JsonObject): AskedParameters | undefined {
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

/** Gives Node's headers the methods that the `Headers` of the Fetch standard have. */
function callerHeadersOf({ headers }: IncomingMessage): CallerHeaders {
  return {
    get(name) {
      const value = headers[name];
      return value === undefined ? null : String(value);
    },
    keys: () => Object.keys(headers)[Symbol.iterator](),
  };
}

/**
 * Ends a request whose client has left before its body was whole. Yoga could not tell that any more: it watches for the end
 * of a connection from its own start on.
 */
function endUnread(parts: ShortWayParts, headers: CallerHeaders): void {
  const record = new RequestRecord(headers.get('x-request-id'), parts.createRequestId);
  beginOperation(parts, { method: 'POST', headers }, record).errorCodes = ['BAD_REQUEST'];
  endRequest(parts, record, { status: 400, isAborted: true });
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
  takeLongWay: (context: Parameters<LongWay>[2]) => void,
): Promise<void> {
  const record = new RequestRecord(headers.get('x-request-id'), parts.createRequestId);
  const operation = beginOperation(parts, { method: 'POST', headers }, record);
  operation.name = run.operation.name?.value;
  operation.type = run.operation.operation;
  let isGone = false;
  const context = parts.contextOf({ headers, record, req: request });
  response.on('close', () => {
    isGone = true;
    record.deadline?.leave();
  });
  const loads = rememberLoads(context.customers);
  const written = await run.writeAnswer({ ...context, customers: loads.first }).catch(asError);
  if (written instanceof Error) await nextTurn(); // Two runs in one turn would block the event loop for twice as long.
  if (isGone) {
    if (written instanceof GatewayError) operation.errorCodes = [written.code];
    endRequest(parts, record, { status: 200, isAborted: true });
    return;
  }
  if (written instanceof Error) {
    // The long way runs the operation again, and loads nothing twice.
    record.operations.length = 0;
    record.context = { ...context, customers: loads.again() };
    takeLongWay({ record });
    return;
  }
  operation.hasData = written.hasData;
  const ended = endRequest(parts, record, { status: 200, isAborted: false });
  await endOfTurn();
  send(response, answerType, written.body, ended);
  request.resume(); // Without it the request would never end.
}

let turnEnd: Promise<void> | undefined;

/**
 * Resolves at the end of this turn, for all its answers. The first write of a turn wakes the client's core and takes about
 * 50 µs, and one right after it 12. Until then Node counts no answer as finished, so a stop does not end its connection.
 */
function endOfTurn(): Promise<void> {
  turnEnd ??= nextTurn().then(() => {
    turnEnd = undefined;
  });
  return turnEnd;
}

function send(
  response: ServerResponse,
  answerType: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  response
    .writeHead(200, {
      'Content-Type': `${answerType}; charset=utf-8`, // In Yoga's spelling.
      'content-length': body.length,
      ...headers,
    })
    .end(body);
}

type Customers = SchemaContext['customers'];

/**
 * Wraps a loader for both runs of an operation. `first` remembers its demands and answers. `again` returns a loader that
 * answers remembered demands from memory, and loads all others.
 */
function rememberLoads(customers: Customers): { readonly first: Customers; readonly again: () => Customers } {
  const loads: (readonly [Parameters<Customers['load']>[0], ReturnType<Customers['load']>])[] = [];
  return {
    first: {
      load(demand) {
        const answer = customers.load(demand);
        loads.push([demand, answer]);
        return answer;
      },
    },
    again() {
      const known = new Map(loads.map(([demand, answer]) => [JSON.stringify(demand), answer]));
      return { load: (demand) => known.get(JSON.stringify(demand)) ?? customers.load(demand) };
    },
  };
}
