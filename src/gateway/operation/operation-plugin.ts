/**
 * Yoga's life cycle, tied to an exchange: each request gets one, its deadline runs while it executes, every
 * error takes its client form, and one log line ends it.
 */
import { type DocumentNode, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { Receipt } from '../../ledger/arguments/receipt.ts';
import { describeCauses, describeFault } from '../../telemetry/fault-line.ts';
import type { Log } from '../../telemetry/log.ts';
import { describeOperation, type OperationEnd } from '../../telemetry/operation-line.ts';
import type { Exchange, OperationNote } from '../http/exchange.ts';
import { gatewayErrorIn, isFault, leftOut, mostErrors, toClientError, writtenForm } from './client-error.ts';

/** What the plugin works with. `exchangeOf` finds the exchange that belongs to a request. */
export type OperationPluginOptions = {
  readonly exchangeOf: (request: Request) => Exchange;
  readonly maxBodyBytes: number;
  /** Whether callers may have an account of the calls made for them. */
  readonly hasReceipts: boolean;
  readonly log: Log;
  /** Is told of every answered HTTP request: its operations, none for a page or a probe, and its cost. */
  readonly countRequest: (ends: readonly OperationEnd[], receipt: Receipt) => void;
};

/** The plugin. Pages and probes are requests too, but have no operations and leave no operation line. */
export function operationPlugin({
  exchangeOf,
  maxBodyBytes,
  hasReceipts,
  log,
  countRequest,
}: OperationPluginOptions): Plugin {
  const notes = new WeakMap<GraphQLParams, OperationNote>();

  function tellClient(error: GraphQLError, { requestId }: Exchange): GraphQLError {
    const told = toClientError(error, maxBodyBytes);
    if (isFault(told)) log.error({ requestId, ...describeFault(error.originalError ?? error) }, 'fault');
    return told;
  }

  function finishResult(result: ExecutionResult, exchange: Exchange, note: OperationNote): ExecutionResult {
    const { data, errors: raised = [] } = withoutRepeats(result);
    const errors = raised.slice(0, mostErrors).map((error) => tellClient(error, exchange));
    note.hasData = Object.values(data ?? {}).some(hasContent);
    note.errorCodes = errors.map(({ extensions }) => String(extensions['code']));
    note.causes = describeCauses(raised.slice(0, mostErrors).map(({ originalError }) => originalError));
    if (errors.length === 0) return result;
    const left = raised.length - errors.length;
    if (left > 0) errors.push(leftOut(left, errors[0]));
    // What failed before any field was resolved is a request error, and has no data.
    return withErrors(errors.some(({ path }) => path !== undefined) ? data : undefined, errors);
  }

  return {
    onParams({ request, params }) {
      notes.set(params, exchangeOf(request).begin());
    },
    onParse({ context: { params } }) {
      return ({ result }) => {
        if (!(result instanceof Error)) nameOperation(notes.get(params), result, params.operationName);
      };
    },
    onExecute({ args }) {
      exchangeOf(args.contextValue.request).deadline.start();
    },
    onResultProcess({ request, result, setResult }) {
      if (Symbol.asyncIterator in result) return; // There are no subscriptions.
      const exchange = exchangeOf(request);
      const results = (Array.isArray(result) ? result : [result]).map((one, index) =>
        finishResult(one, exchange, exchange.operations[index] ?? exchange.begin()),
      );
      const [first = {}, ...others] = results;
      const told = hasReceipts && wantsReceipt(request) ? withReceipt(first, exchange.receipt.read()) : first;
      setResult(Array.isArray(result) ? [told, ...others] : told);
    },
    onResponse({ request, response }) {
      const exchange = exchangeOf(request);
      exchange.deadline.stop();
      response.headers.set('x-request-id', exchange.requestId);
      const ends = exchange.end(response.status);
      // Whoever stands between must not keep a person's balances, which GET would allow.
      if (ends.length > 0) response.headers.set('cache-control', 'no-store');
      countRequest(ends, exchange.receipt.read());
      for (const end of ends) log.info(describeOperation(end), 'operation');
    },
  };
}

/** Notes the operation as its document has it: the name that a request gives may be any text, and is told to nobody. */
function nameOperation(note: OperationNote | undefined, document: DocumentNode, name: unknown): void {
  const operation = getOperationAST(document, typeof name === 'string' ? name : undefined);
  if (note !== undefined) Object.assign(note, { name: operation?.name?.value, type: operation?.operation });
}

/** What Yoga sends of a result, where it does not write it by itself. */
type WrittenResult = ExecutionResult & { readonly stringify: (result: ExecutionResult) => string };

/** A result with errors, written by ourselves: Yoga would find the place of each in the document once more. */
function withErrors(data: ExecutionResult['data'], errors: readonly GraphQLError[]): WrittenResult {
  const written = errors.map(writtenForm);
  return {
    ...(data !== undefined && { data }),
    errors,
    stringify: (result) => JSON.stringify({ ...result, errors: written }),
  };
}

/**
 * The result as a request error, without data, when the operation as a whole was refused while it was being executed: each
 * field has met the same refusal, and null beside it would read as "there is none".
 */
function withoutRepeats(result: ExecutionResult): ExecutionResult {
  const refusal = result.errors?.map(gatewayErrorIn).find((error) => error?.refusesOperation);
  if (refusal === undefined) return result;
  return { errors: [new GraphQLError(refusal.message, { originalError: refusal })] };
}

function wantsReceipt({ headers }: Request): boolean {
  return headers.get('x-upstream-receipt') === '1';
}

/** The account of the whole HTTP request; of a batch it stands in the first answer. */
function withReceipt(result: ExecutionResult, receipt: Receipt): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, upstream: receipt } };
}

/** Whether a root field gave anything: a failed one is null, and a list of failed ones holds nothing else. */
function hasContent(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasContent) : value !== null;
}
