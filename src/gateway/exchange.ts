/**
 * What the gateway remembers of one HTTP request while it is served: its id, its deadline, its calls, and what
 * its log line will say. Knows nothing of how it is served.
 */
import { GatewayError } from '../errors.ts';
import { createReceiptBook, type ReceiptBook } from '../ledger/receipt.ts';
import type { OperationEnd } from '../telemetry/operation-line.ts';

/** One HTTP request being served. */
export type Exchange = {
  readonly requestId: string;
  /** Fires when the client goes away or the operation's time is up, with a GatewayError as its reason. */
  readonly signal: AbortSignal;
  /** Starts the operation's time; a second start does nothing. */
  readonly startDeadline: () => void;
  /** Ends it, so that no timer outlives the operation. */
  readonly stopDeadline: () => void;
  /** What the request has cost so far. */
  readonly receipt: ReceiptBook;
  /** Adds to what is known of the operation. */
  readonly note: (known: Partial<Noted>) => void;
  /** All that the log wants to know, now that the answer has this status. */
  readonly end: (status: number) => OperationEnd;
};

/** What hooks find out about an operation on its way. */
export type Noted = Pick<OperationEnd, 'name' | 'type' | 'hasData' | 'errorCodes'>;

/** What an exchange is made from. */
export type ExchangeOptions = {
  readonly requestId: string;
  readonly clientSignal: AbortSignal;
  readonly operationTimeoutMs: number;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/** Begins an exchange. */
export function createExchange({
  requestId,
  clientSignal,
  operationTimeoutMs,
  now,
}: ExchangeOptions): Exchange {
  const startedAt = now();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const receipt = createReceiptBook();
  let noted: Noted = { name: undefined, type: undefined, hasData: false, errorCodes: [] };

  const onClientGone = () => controller.abort(new GatewayError('UPSTREAM_TIMEOUT', 'The client went away'));
  const onTimeUp = () =>
    controller.abort(
      new GatewayError('UPSTREAM_TIMEOUT', `The operation was not done within ${operationTimeoutMs} ms`),
    );
  if (clientSignal.aborted) onClientGone();
  else clientSignal.addEventListener('abort', onClientGone, { once: true });

  return {
    requestId,
    signal: controller.signal,
    receipt,
    startDeadline() {
      timer ??= setTimeout(onTimeUp, operationTimeoutMs);
    },
    stopDeadline() {
      clearTimeout(timer);
      clientSignal.removeEventListener('abort', onClientGone);
    },
    note(known) {
      noted = { ...noted, ...known };
    },
    end: (status) => ({
      ...noted,
      requestId,
      status,
      upstreamCalls: receipt.read().made,
      durationMs: now() - startedAt,
      isAborted: clientSignal.aborted,
    }),
  };
}
