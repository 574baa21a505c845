/**
 * Follows one HTTP request through Yoga's hooks: makes its record, names its operations, gives every error its client form,
 * and at the end writes one log line per operation.
 */
import { type DocumentNode, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { readReceipt } from '../../ledger/source/receipt.ts';
import { describeCauses } from '../../telemetry/fault-line.ts';
import type { OperationRecord } from '../../telemetry/operation-line.ts';
import {
  beginOperation,
  endRequest,
  type GatewayPlugin,
  logFault,
  RequestRecord,
  type RequestWatch,
} from '../http/request-record.ts';
import {
  gatewayErrorIn,
  isFault,
  leftOutError,
  mostErrors,
  toClientError,
  writtenForm,
} from './client-error.ts';

/** What the plugin needs. */
export type RequestPluginOptions = RequestWatch & {
  readonly maxBodyBytes: number;
  /** Whether callers may ask for the receipt of their upstream calls. */
  readonly hasReceipts: boolean;
};

/** Builds the plugin. It must be the first. Requests for pages and probes have no operations, and so no log line. */
export function requestPlugin(options: RequestPluginOptions): GatewayPlugin {
  const { createRequestId, hasReceipts } = options;
  return {
    onRequest({ request, serverContext }) {
      // A request that comes from the short way has a record already.
      serverContext.record ??= new RequestRecord(request.headers.get('x-request-id'), createRequestId);
    },
    onParams({ request, context }) {
      context.operation = beginOperation(options, request, context.record);
    },
    onParse({ context: { params, operation } }) {
      return ({ result }) => {
        if (!(result instanceof Error)) nameOperation(operation, result, params.operationName);
      };
    },
    onResultProcess({ request, serverContext: { record }, result, setResult }) {
      if (Symbol.asyncIterator in result) return; // Only for the compiler: there are no subscriptions.
      const results = (Array.isArray(result) ? result : [result]).map((each, index) => {
        const operation = record.operations[index] ?? beginOperation(options, request, record);
        return finishOperation(options, record.id, operation, each);
      });
      const [first = {}, ...others] = results;
      const isReceiptWanted = hasReceipts && request.headers.get('x-upstream-receipt') === '1';
      // The receipt of the whole HTTP request. In a batch only the first result has it.
      const shown = isReceiptWanted
        ? { ...first, extensions: { ...first.extensions, upstream: readReceipt(record.receipt) } }
        : first;
      setResult(Array.isArray(result) ? [shown, ...others] : shown);
    },
    onResponse({ request, response, serverContext: { record } }) {
      const headers = endRequest(options, record, {
        status: response.status,
        isAborted: request.signal.aborted,
      });
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    },
  };
}

/** Gives the errors of a result their client form, and records the outcome of the operation. */
function finishOperation(
  { maxBodyBytes, log }: RequestPluginOptions,
  requestId: string,
  operation: OperationRecord,
  result: ExecutionResult,
): ExecutionResult {
  const { data, errors: raised = [] } = withoutRepeats(result);
  operation.hasData = Object.values(data ?? {}).some(hasContent);
  if (raised.length === 0) return result;
  const shown = raised.slice(0, mostErrors);
  const errors = shown.map((error) => {
    const clientError = toClientError(error, maxBodyBytes);
    if (isFault(clientError)) logFault(log, requestId, error.originalError ?? error);
    return clientError;
  });
  operation.errorCodes = errors.map(({ extensions }) => String(extensions['code']));
  operation.causes = describeCauses(shown.map(({ originalError }) => originalError));
  const leftOut = raised.length - shown.length;
  if (leftOut > 0) errors.push(leftOutError(leftOut, errors[0]));
  // Without a path the operation failed before any field was resolved. Such a request error has no data.
  return withErrors(errors.some(({ path }) => path !== undefined) ? data : undefined, errors);
}

/** Takes the name from the document. The `operationName` of the request may be any text, and is never logged. */
function nameOperation(record: OperationRecord, document: DocumentNode, name: unknown): void {
  const operation = getOperationAST(document, typeof name === 'string' ? name : undefined);
  record.name = operation?.name?.value;
  record.type = operation?.operation;
}

/**
 * Builds a result that Yoga writes with `stringify`. It writes its errors itself: Yoga would search the document again for the
 * location of each error.
 */
function withErrors(data: ExecutionResult['data'], errors: readonly GraphQLError[]) {
  const written = errors.map(writtenForm);
  return {
    ...(data !== undefined && { data }),
    errors,
    stringify: (result: ExecutionResult) => JSON.stringify({ ...result, errors: written }),
  };
}

/**
 * Turns the result of an operation that was refused as a whole into one request error without data. Every field has failed
 * with the same refusal, and a null field would read as "there is no such customer".
 */
function withoutRepeats(result: ExecutionResult): ExecutionResult {
  const refusal = result.errors?.map(gatewayErrorIn).find((error) => error?.refusesOperation);
  if (refusal === undefined) return result;
  return { errors: [new GraphQLError(refusal.message, { originalError: refusal })] };
}

/** Whether a root field has any data. A field that failed is null; a list whose items all failed has only nulls. */
export const hasContent = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(hasContent) : value !== null;
