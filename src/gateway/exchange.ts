/**
 * What the gateway remembers of one HTTP request while it is served: its id, its deadline, its calls, and what
 * its log line will say. Knows nothing of how it is served.
 */
import { GatewayError } from '../errors.ts';
import { createReceiptBook, type ReceiptBook } from '../ledger/receipt.ts';
import type { OperationEnd } from '../telemetry/operation-line.ts';
import type { RequestTrace } from '../telemetry/trace-spans.ts';

/** One HTTP request being served. */
export type Exchange = {
  readonly requestId: string;
  /** Fires when the client goes away or the operation's time is up, with a GatewayError as its reason. */
  readonly signal: AbortSignal;
  /** Starts the time of the operations, with the first of them. */
  readonly startDeadline: () => void;
  /**
   * When that time is up, in milliseconds of the clock that never goes back: until then an answer is of use.
   * Without an operation there is no end.
   */
  readonly deadlineAt: () => number;
  /** Ends it when the request is answered, so that no timer outlives it. */
  readonly stopDeadline: () => void;
  /** What the request has cost so far. */
  readonly receipt: ReceiptBook;
  /** Its spans, from its first operation on; nothing where nothing is traced. */
  readonly trace: () => RequestTrace | undefined;
  /** A new, blank note for an operation of this request. */
  readonly begin: () => OperationNote;
  /** The notes in the order of the request: one, or as many as a batch has members. */
  readonly operations: readonly OperationNote[];
  /** All that the log wants to know of each operation, now that the answer has this status. Ends the trace. */
  readonly end: (status: number) => OperationEnd[];
};

/** What hooks find out about an operation on its way, and write down. */
export type OperationNote = {
  -readonly [Field in 'name' | 'type' | 'hasData' | 'errorCodes']: OperationEnd[Field];
};

/** What an exchange is made from. */
export type ExchangeOptions = {
  readonly requestId: string;
  readonly clientSignal: AbortSignal;
  readonly operationTimeoutMs: number;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** Begins its trace, at a moment of that clock. */
  readonly startTrace?: ((startedAt: number) => RequestTrace) | undefined;
};

/** Begins an exchange. */
export function createExchange({
  requestId,
  clientSignal,
  operationTimeoutMs,
  now,
  startTrace,
}: ExchangeOptions): Exchange {
  const startedAt = now();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let deadlineAt = Number.POSITIVE_INFINITY;
  let trace: RequestTrace | undefined;
  const receipt = createReceiptBook();
  const operations: OperationNote[] = [];

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
    operations,
    startDeadline() {
      if (timer !== undefined) return;
      deadlineAt = now() + operationTimeoutMs;
      timer = setTimeout(onTimeUp, operationTimeoutMs);
    },
    deadlineAt: () => deadlineAt,
    trace: () => trace,
    stopDeadline() {
      clearTimeout(timer);
      clientSignal.removeEventListener('abort', onClientGone);
    },
    begin() {
      trace ??= startTrace?.(startedAt);
      const note: OperationNote = { name: undefined, type: undefined, hasData: false, errorCodes: [] };
      operations.push(note);
      return note;
    },
    end(status) {
      const { made, shared, kept, price } = receipt.read();
      const costs = { upstreamCalls: made, sharedCalls: shared, keptAnswers: kept, price };
      const ending = { requestId, status, durationMs: now() - startedAt, isAborted: clientSignal.aborted };
      const ends = operations.map((note) => ({ ...note, ...costs, ...ending }));
      trace?.end(ends);
      return ends;
    },
  };
}
