/**
 * The record of one HTTP request, from its first step to its log line. The first hook puts it on Yoga's server context, where
 * every later hook finds it. It holds a record for each operation of the request.
 */
import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { createReceiptBook, type ReceiptBook, readReceipt } from '../../ledger/source/receipt.ts';
import type { SchemaContext } from '../../schema/builder.ts';
import { describeFault } from '../../telemetry/fault-line.ts';
import type { Log, LogFields } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { describeOperation, type OperationRecord } from '../../telemetry/operation-line.ts';
import type { RequestTrace, StartRequestTrace, TracedRequest } from '../../telemetry/trace-spans.ts';
import type { OperationDeadline } from './operation-deadline.ts';
import type { JsonObject } from './request-parameters.ts';

/**
 * The forms of generated ids: a UUID (RFC 9562), a ULID, or 32 hexadecimal digits (nginx, trace ids). The last two must have
 * a letter. No phone number, card number, e-mail address or name has such a form.
 */
const idForms: readonly RegExp[] = [
  /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i,
  /^(?=.*[A-Z])[0-7][\dA-HJKMNP-TV-Z]{25}$/,
  /^(?=.*[a-f])[\da-f]{32}$/i,
];

const none: readonly never[] = [];

/** One HTTP request being served. */
export class RequestRecord {
  /** The request id: it goes into `x-request-id`, the log and the upstream calls. */
  readonly id: string;
  /** In the order of the request: none for a page or a probe, several for a batch. */
  readonly operations: OperationRecord[] = [];
  /** The upstream calls of the request so far. */
  readonly receipt: ReceiptBook = createReceiptBook();
  /** Tokens and validation errors of all its documents so far. A batch has several, read in one turn of the event loop. */
  readonly documents = { tokens: 0, errors: 0 };
  /** The media type of its answer. First the only type that client libraries before 2025 know. */
  answerType = 'application/json';
  /** When its first operation was read, on the monotonic clock; undefined before. */
  startedAt: number | undefined;
  /** Begins with the first operation; undefined without tracing. */
  trace: RequestTrace | undefined;
  /** Starts when the first operation is executed. */
  deadline: OperationDeadline | undefined;
  /** The size of all members of a batch; undefined for a single operation. */
  batch: BatchSize | undefined;
  /** The context of its resolvers. The operations of a batch share it, so that their demands are planned together. */
  context: SchemaContext | undefined;

  /**
   * Takes the caller's `x-request-id` if it has the form of a generated id, or else a new id. Some callers write the
   * customer's identifier into this header, and the id goes into headers and logs.
   */
  constructor(givenId: string | null | undefined, createId: () => string) {
    this.id = givenId && idForms.some((form) => form.test(givenId)) ? givenId : createId();
  }
}

/** How many fields the members of a batch resolve in total. `measured` resolves when all members have been measured. */
export type BatchSize = { fields: number; readonly measured: Promise<unknown> };

/**
 * What Yoga hands to every hook. `req` is missing for a request without a socket. Its `body` is the parsed body of one
 * operation, if the short way has read it. Yoga looks for it there too, and then builds no streams.
 */
export type ServerContext = {
  readonly req?: IncomingMessage & { readonly body?: JsonObject };
  record: RequestRecord;
  /** Each member of a batch has its own context with its own operation. It inherits the rest. */
  operation: OperationRecord;
};

/** A Yoga plugin that works with the record. */
export type GatewayPlugin = Plugin<ServerContext, ServerContext, SchemaContext>;

/** What begins and ends requests. */
export type RequestWatch = {
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Undefined without tracing. */
  readonly startTrace: StartRequestTrace | undefined;
  readonly log: Pick<Log, 'info' | 'error'>;
  readonly createRequestId: () => string;
  readonly metrics: Pick<Metrics, 'countRequest'>;
};

/** Begins an operation of a request. The first one starts the request's time and trace. */
export function beginOperation(
  { now, startTrace }: Pick<RequestWatch, 'now' | 'startTrace'>,
  request: TracedRequest,
  record: RequestRecord,
): OperationRecord {
  record.startedAt ??= now();
  record.trace ??= startTrace?.(request, record.startedAt);
  return addOperation(record);
}

/** Adds an operation to a request. */
export function addOperation({ operations }: RequestRecord): OperationRecord {
  const operation = { name: undefined, type: undefined, hasData: false, errorCodes: none, causes: none };
  operations.push(operation);
  return operation;
}

/** How a request ended. Its log lines get `fields` besides the usual ones. */
export type Ending = {
  readonly status: number;
  readonly isAborted: boolean;
  readonly fields?: LogFields | undefined;
};

/** Ends a request: writes its log lines, counts it, and ends its trace. Returns the headers that its answer must have. */
export function endRequest(
  { now, log, metrics }: Pick<RequestWatch, 'now' | 'log' | 'metrics'>,
  record: RequestRecord,
  { status, isAborted, fields }: Ending,
): Readonly<Record<string, string>> {
  record.deadline?.stop();
  const { id: requestId, operations, startedAt } = record;
  if (startedAt === undefined) return { 'x-request-id': requestId };
  try {
    const durationMs = now() - startedAt;
    const receipt = readReceipt(record.receipt);
    const end = { requestId, status, durationMs, isAborted, operations, receipt };
    record.trace?.end(end);
    metrics.countRequest(end);
    for (const each of operations) {
      const line = describeOperation(each, end);
      log.info(fields ? { ...line, ...fields } : line, 'operation');
    }
  } catch (fault) {
    logFault(log, requestId, fault); // A throw here would make Yoga send the stack trace instead of the answer.
  }
  // A cache may store answers to GET by default, and must not store a person's balances.
  return { 'x-request-id': requestId, 'cache-control': 'no-store' };
}

/** Logs a fault of the gateway's own. */
export function logFault(log: Pick<Log, 'error'>, requestId: string, fault: unknown): void {
  log.error({ requestId, ...describeFault(fault) }, 'fault');
}
