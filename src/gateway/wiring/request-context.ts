/**
 * Builds the context in which the operations of one HTTP request are resolved: a loader over the upstream with the
 * caller's credentials, deadline and trace. Long work shares the event loop: it pauses every few milliseconds.
 */
import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createListRecords } from '../../ledger/arguments/ledger-list.ts';
import { limitsUpTo } from '../../ledger/list/block.ts';
import { createCallAllowance } from '../../ledger/reading/call-limits.ts';
import { createCustomerLoader } from '../../ledger/reading/customer-loader.ts';
import { deriveKeys } from '../../ledger/sealing/secret-keys.ts';
import { createPageSource } from '../../ledger/source/page-source.ts';
import type { SchemaContext } from '../../schema/builder.ts';
import type { CallerHeaders } from '../../upstream/page-request.ts';
import type { Signal } from '../../upstream/signal.ts';
import { fairnessKeyOf } from '../http/fairness-key.ts';
import type { OperationDeadlines } from '../http/operation-deadline.ts';
import type { ServerContext } from '../http/request-record.ts';
import type { GatewayConfig } from './upstream-access.ts';
import type { UpstreamStates } from './upstream-states.ts';

/** What all requests share. */
export type ContextDeps = {
  readonly states: Pick<UpstreamStates, 'stateFor'>;
  readonly deadlines: OperationDeadlines;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** A request whose operation is about to be executed. */
export type ExecutedRequest = Pick<ServerContext, 'record'> & {
  /** Missing for a request without a socket. */
  readonly req?: IncomingMessage | undefined;
  readonly headers: CallerHeaders;
  /** Fires when the client leaves. Without it the caller watches the client itself, and tells the record's deadline. */
  readonly clientSignal?: AbortSignal;
};

/**
 * Returns a function that builds the context of a request and starts its deadline. The members of a batch get the same
 * context.
 */
export function createContextFactory(
  config: GatewayConfig,
  { states, deadlines, now }: ContextDeps,
): (executed: ExecutedRequest) => SchemaContext {
  const { trustedProxies, maxPageSize } = config;
  const keys = deriveKeys(config.idSecret, config.idSecretPrevious);
  const limits = limitsUpTo(config.upstreamMaxLimit, config.upstreamFixedPages);
  const shareTurn = createTurnShare(now);

  function createContext({ headers, record, req, clientSignal }: ExecutedRequest): SchemaContext {
    const { id: requestId, receipt, trace } = record;
    const deadline = deadlines.start();
    const { signal, at: deadlineAt } = deadline;
    record.deadline = deadline;
    if (clientSignal?.aborted) deadline.leave();
    else clientSignal?.addEventListener('abort', () => deadline.leave(), { once: true });
    const forwardedFor = headers.get('x-forwarded-for');
    const fairnessKey = fairnessKeyOf({ peer: req?.socket.remoteAddress, forwardedFor, trustedProxies });
    const startSpan = trace?.startCall;
    const isGiven = headers.get('x-request-id') === requestId;
    const { upstream, cache, callsInFlight } = states.stateFor(isGiven ? requestId : undefined);
    const sourceOf = createPageSource({
      fetchPage: upstream.forCaller({ headers, requestId, fairnessKey, deadlineAt, startSpan }),
      deadlineAt,
      scope: `${config.upstream.url}\n${upstream.scopeOf(headers)}`,
      callsInFlight,
      cache,
      receipt,
      now,
    });
    const allowance = createCallAllowance(config.maxCallsPerOperation);
    const listOf = createListRecords(keys.cursors);
    const customers = createCustomerLoader({ limits, listOf, signal, allowance, sourceOf, receipt });
    const yieldTurn = () => shareTurn(signal);
    return { customers, listOf, ids: keys.ids, maxPageSize, isLarge: false, yieldTurn };
  }

  return (executed) => {
    executed.record.context ??= createContext(executed);
    return executed.record.context;
  };
}

/**
 * Work pauses after this many milliseconds of one turn. The work between two calls of `yieldTurn` comes on top. A client
 * notices a pause of about 20 ms.
 */
const longestTurnMs = 6;

/**
 * Builds the one turn share of a process, for all its requests. `now` is the monotonic clock in milliseconds. The function
 * returns undefined while the current turn of the event loop has time left. Otherwise it waits for a turn that has. It
 * rejects with the signal's reason once the signal has fired.
 */
export function createTurnShare(now: () => number): (signal: Signal) => Promise<void> | undefined {
  let startedAt: number | undefined;

  /** Measures a turn from the first call in it, and starts anew with the next turn. */
  function isLong(): boolean {
    if (startedAt === undefined) {
      startedAt = now();
      setImmediate(() => {
        startedAt = undefined;
      });
    }
    return now() - startedAt > longestTurnMs;
  }

  async function untilShort(signal: Signal): Promise<void> {
    // All waiting work continues in one turn, piece after piece. The turn may be long again before the last piece.
    do await nextTurn();
    while (isLong());
    signal.throwIfAborted();
  }

  return (signal) => (isLong() ? untilShort(signal) : undefined);
}
