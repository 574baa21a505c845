/**
 * The life of one HTTP request in Yoga's hooks: its record is made, its operations are named, every error takes its client
 * form, and one log line for each operation ends it.
 */
import { type DocumentNode, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { type Receipt, readReceipt } from '../../ledger/source/receipt.ts';
import { describeCauses, describeFault } from '../../telemetry/fault-line.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { describeOperation } from '../../telemetry/operation-line.ts';
import type { RequestTrace } from '../../telemetry/trace-spans.ts';
import {
  addOperation,
  createRequestRecord,
  endsOf,
  type GatewayPlugin,
  type OperationRecord,
  type RequestRecord,
  requestIdOf,
  type TracedRequest,
} from '../http/request-record.ts';
import { gatewayErrorIn, isFault, leftOut, mostErrors, toClientError, writtenForm } from './client-error.ts';

/** What the plugin works with. */
export type RequestPluginOptions = {
  readonly createRequestId: () => string;
  /** Begins the trace of a request at a moment of the monotonic clock; undefined where nothing is traced. */
  readonly startTrace: ((request: TracedRequest, startedAt: number) => RequestTrace) | undefined;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly maxBodyBytes: number;
  /** Whether callers may have an account of the calls made for them. */
  readonly hasReceipts: boolean;
  readonly log: Log;
  readonly countRequest: Metrics['countRequest'];
};

/** The plugin. Put it first. Pages and probes are requests too, but have no operations and leave no line. */
export function requestPlugin(options: RequestPluginOptions): GatewayPlugin {
  const { createRequestId, hasReceipts } = options;

  const begin = (request: Request, record: RequestRecord) => beginOperation(options, request, record);

  return {
    onRequest({ request, serverContext }) {
      // A request that comes from the short way has a record already.
      serverContext.record ??= createRequestRecord(
        requestIdOf(request.headers.get('x-request-id'), createRequestId),
      );
    },
    onParams({ request, context }) {
      context.operation = begin(request, context.record);
    },
    onParse({ context: { params, operation } }) {
      return ({ result }) => {
        if (!(result instanceof Error)) nameOperation(operation, result, params.operationName);
      };
    },
    onResultProcess({ request, serverContext: { record }, result, setResult }) {
      if (Symbol.asyncIterator in result) return; // There are no subscriptions.
      const results = (Array.isArray(result) ? result : [result]).map((each, index) =>
        finishOperation(options, record.id, record.operations[index] ?? begin(request, record), each),
      );
      const [first = {}, ...others] = results;
      const isReceiptWanted = hasReceipts && request.headers.get('x-upstream-receipt') === '1';
      const shown = isReceiptWanted ? withReceipt(first, readReceipt(record.receipt)) : first;
      setResult(Array.isArray(result) ? [shown, ...others] : shown);
    },
    onResponse({ request, response, serverContext: { record } }) {
      const headers = endRequest(options, record, response.status, request.signal.aborted);
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    },
  };
}

/** Begins an operation of a request, and with the first one the request's time and trace. */
export function beginOperation(
  { now, startTrace }: Pick<RequestPluginOptions, 'now' | 'startTrace'>,
  request: TracedRequest,
  record: RequestRecord,
): OperationRecord {
  record.startedAt ??= now();
  record.trace ??= startTrace?.(request, record.startedAt);
  return addOperation(record);
}

/** Gives the errors of a result their client form, and records what became of the operation. */
function finishOperation(
  { maxBodyBytes, log }: RequestPluginOptions,
  requestId: string,
  operation: OperationRecord,
  result: ExecutionResult,
): ExecutionResult {
  const { data, errors: raised = [] } = withoutRepeats(result);
  operation.hasData = Object.values(data ?? {}).some(hasContent);
  if (raised.length === 0) return result;
  const kept = raised.slice(0, mostErrors);
  const errors = kept.map((error) => {
    const clientError = toClientError(error, maxBodyBytes);
    if (isFault(clientError)) logFault(log, requestId, error.originalError ?? error);
    return clientError;
  });
  operation.errorCodes = errors.map(({ extensions }) => String(extensions['code']));
  operation.causes = describeCauses(kept.map(({ originalError }) => originalError));
  const left = raised.length - errors.length;
  if (left > 0) errors.push(leftOut(left, errors[0]));
  // What failed before any field was resolved is a request error, and has no data.
  return withErrors(errors.some(({ path }) => path !== undefined) ? data : undefined, errors);
}

/** Ends a request with its log lines, metrics and trace. Returns the headers that every answer to it has. */
export function endRequest(
  { now, log, countRequest }: Pick<RequestPluginOptions, 'now' | 'log' | 'countRequest'>,
  record: RequestRecord,
  status: number,
  isAborted: boolean,
): Readonly<Record<string, string>> {
  record.deadline?.stop();
  if (record.startedAt === undefined) return { 'x-request-id': record.id };
  try {
    const receipt = readReceipt(record.receipt);
    const ends = endsOf(record, receipt, { status, durationMs: now() - record.startedAt, isAborted });
    record.trace?.end(ends);
    countRequest(ends, receipt);
    for (const each of ends) log.info(describeOperation(each), 'operation');
  } catch (fault) {
    logFault(log, record.id, fault); // Yoga would replace the answer by the stack trace.
  }
  // A cache on the way must not store a person's balances, which GET would allow.
  return { 'x-request-id': record.id, 'cache-control': 'no-store' };
}

/** Logs a fault of the gateway's own. */
export function logFault(log: Pick<Log, 'error'>, requestId: string, fault: unknown): void {
  log.error({ requestId, ...describeFault(fault) }, 'fault');
}

/** Takes the name from the document. The name that a request gives may be any text, and is not shown. */
function nameOperation(record: OperationRecord, document: DocumentNode, name: unknown): void {
  const operation = getOperationAST(document, typeof name === 'string' ? name : undefined);
  record.name = operation?.name?.value;
  record.type = operation?.operation;
}

/** What Yoga sends of a result, where it does not write it by itself. */
type WrittenResult = ExecutionResult & { readonly stringify: (result: ExecutionResult) => string };

/** A result with errors that is written here: Yoga would search the document for the location of each once more. */
function withErrors(data: ExecutionResult['data'], errors: readonly GraphQLError[]): WrittenResult {
  const written = errors.map(writtenForm);
  return {
    ...(data !== undefined && { data }),
    errors,
    stringify: (result) => JSON.stringify({ ...result, errors: written }),
  };
}

/**
 * Makes one request error, without data, of an operation that was refused as a whole while it was executed. Each field has
 * met the same refusal, and null beside it would read as "there is none".
 */
function withoutRepeats(result: ExecutionResult): ExecutionResult {
  const refusal = result.errors?.map(gatewayErrorIn).find((error) => error?.refusesOperation);
  if (refusal === undefined) return result;
  return { errors: [new GraphQLError(refusal.message, { originalError: refusal })] };
}

/** Adds the account of the whole HTTP request; of a batch it stands in the first answer. */
function withReceipt(result: ExecutionResult, receipt: Receipt): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, upstream: receipt } };
}

/** Whether a root field gave anything: a failed one is null, and a list of failed ones holds nothing else. */
export function hasContent(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasContent) : value !== null;
}
