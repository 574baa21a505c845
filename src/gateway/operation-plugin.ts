/**
 * Yoga's life cycle, tied to an exchange: each request gets one, its deadline runs while it executes, every
 * error takes its client form, and one log line ends it.
 */
import { type GraphQLError, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { describeFault } from '../telemetry/fault-line.ts';
import type { Log } from '../telemetry/log.ts';
import { describeOperation } from '../telemetry/operation-line.ts';
import { isFault, toClientError } from './client-error.ts';
import type { Exchange } from './exchange.ts';

/** What the plugin works with. `exchangeOf` finds the exchange that belongs to a request. */
export type OperationPluginOptions = {
  readonly exchangeOf: (request: Request) => Exchange;
  readonly maxBodyBytes: number;
  readonly log: Log;
};

/** The plugin. Pages and probes are requests too, but leave no operation line. */
export function operationPlugin({ exchangeOf, maxBodyBytes, log }: OperationPluginOptions): Plugin {
  const operations = new WeakSet<Request>();

  function tellClient(error: GraphQLError, { requestId }: Exchange): GraphQLError {
    const told = toClientError(error, maxBodyBytes);
    if (isFault(told)) log.error({ requestId, ...describeFault(error.originalError ?? error) }, 'fault');
    return told;
  }

  return {
    onParams({ request, params }) {
      operations.add(request);
      exchangeOf(request).note({ name: params.operationName });
    },
    onExecute({ args }) {
      const exchange = exchangeOf(args.contextValue.request);
      const operation = getOperationAST(args.document, args.operationName);
      exchange.note({ name: operation?.name?.value, type: operation?.operation });
      exchange.startDeadline();
      return { onExecuteDone: exchange.stopDeadline };
    },
    onResultProcess({ request, result, setResult }) {
      // Neither batches nor streams are served, so there is one result.
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      operations.add(request);
      const exchange = exchangeOf(request);
      const errors = result.errors?.map((error) => tellClient(error, exchange)) ?? [];
      exchange.note({
        hasData: Object.values(result.data ?? {}).some(hasContent),
        errorCodes: errors.map(({ extensions }) => String(extensions['code'])),
      });
      if (errors.length > 0) setResult({ ...result, errors });
    },
    onResponse({ request, response }) {
      const exchange = exchangeOf(request);
      response.headers.set('x-request-id', exchange.requestId);
      if (!operations.has(request)) return;
      exchange.stopDeadline();
      log.info(describeOperation(exchange.end(response.status)), 'operation');
    },
  };
}

/** Whether a root field gave anything: a failed one is null, and a list of failed ones holds nothing else. */
function hasContent(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasContent) : value !== null;
}
