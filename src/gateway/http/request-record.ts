/**
 * What the gateway remembers of one HTTP request while it serves it. The first hook puts the record on Yoga's server
 * context, where every later hook finds it. Each operation has a record of its own below it.
 */
import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { createReceiptBook, type Receipt, type ReceiptBook } from '../../ledger/source/receipt.ts';
import type { SchemaContext } from '../../schema/builder.ts';
import type { OperationEnd } from '../../telemetry/operation-line.ts';
import type { RequestTrace } from '../../telemetry/trace-spans.ts';
import type { CallerHeaders } from '../../upstream/page-request.ts';
import type { OperationDeadline } from './operation-deadline.ts';

/** One HTTP request being served. */
export type RequestRecord = {
  /** Stands in `x-request-id`, in the log and in the calls upstream. */
  readonly id: string;
  /** In the order of the request: none for a page or a probe, several for a batch. */
  readonly operations: OperationRecord[];
  /** What the request has cost so far. */
  readonly receipt: ReceiptBook;
  /** What its documents have cost so far: the documents of a batch are read and checked in one turn. */
  readonly documents: { tokens: number; errors: number };
  /** The media type of its answer. */
  answerType: string;
  /** When its first operation was read, on the monotonic clock; undefined before. */
  startedAt: number | undefined;
  /** Begun with the first operation; undefined where nothing is traced. */
  trace: RequestTrace | undefined;
  /** Begun with the first operation that is executed. */
  deadline: OperationDeadline | undefined;
  /** How large the members of a batch are together; undefined for a single operation. */
  batch: BatchSize | undefined;
  /** What its operations are resolved with. Those of a batch share it, so that their demands are planned together. */
  context: SchemaContext | undefined;
};

/** What hooks find out about an operation, for its log line. */
export type OperationRecord = {
  -readonly [Field in 'name' | 'type' | 'hasData' | 'errorCodes']: OperationEnd[Field];
} & { causes: readonly string[] };

/** Fields that the members of a batch resolve together, and a promise that all of them have been measured. */
export type BatchSize = { fields: number; readonly measured: Promise<unknown> };

/** What Yoga hands to every hook. `req` is missing for a request without a socket. */
export type ServerContext = {
  readonly req?: IncomingMessage;
  record: RequestRecord;
  /** Of a batch each member has a context of its own, which inherits the rest. */
  operation: OperationRecord;
};

/** A Yoga plugin that works with the record. */
export type GatewayPlugin = Plugin<ServerContext, ServerContext, SchemaContext>;

/** A record of a request that has done nothing yet. */
export function createRequestRecord(id: string): RequestRecord {
  return {
    id,
    operations: [],
    receipt: createReceiptBook(),
    documents: { tokens: 0, errors: 0 },
    answerType: 'application/json', // Libraries of before 2025 know no other.
    startedAt: undefined,
    trace: undefined,
    deadline: undefined,
    batch: undefined,
    context: undefined,
  };
}

/** What a trace takes of a request. */
export type TracedRequest = Pick<Request, 'method'> & { readonly headers: CallerHeaders };

/** Adds an operation to a request. */
export function addOperation({ operations }: RequestRecord): OperationRecord {
  const operation = { name: undefined, type: undefined, hasData: false, errorCodes: [], causes: [] };
  operations.push(operation);
  return operation;
}

/** What the log and the metrics say of each operation, now that the request is answered. */
export function endsOf(
  { id, operations }: RequestRecord,
  { made, shared, kept, price }: Receipt,
  answer: Pick<OperationEnd, 'status' | 'durationMs' | 'isAborted'>,
): OperationEnd[] {
  const costs = { upstreamCalls: made, sharedCalls: shared, keptAnswers: kept, price };
  return operations.map((operation) => ({ ...operation, ...costs, ...answer, requestId: id }));
}

/**
 * What generators of ids write, and no phone number, card number, e-mail address or name can be: a UUID of RFC 9562, a
 * ULID, or 32 hexadecimal digits (nginx, trace ids). The latter two must have a letter.
 */
const idForms: readonly RegExp[] = [
  /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i,
  /^(?=.*[A-Z])[0-7][\dA-HJKMNP-TV-Z]{25}$/,
  /^(?=.*[a-f])[\da-f]{32}$/i,
];

/**
 * The caller's `x-request-id` if a generator made it, else a new one. The id stands in headers and logs, and some callers
 * write there which customer they ask for.
 */
export function requestIdOf(given: string | null | undefined, createId: () => string): string {
  return given && idForms.some((form) => form.test(given)) ? given : createId();
}
