/**
 * What the gateway remembers of one HTTP request while it is served: its id, its deadline, its calls, and what
 * its log line will say. Knows nothing of how it is served.
 */
import { createReceiptBook, type ReceiptBook } from '../../ledger/arguments/receipt.ts';
import type { OperationEnd } from '../../telemetry/operation-line.ts';
import type { RequestTrace } from '../../telemetry/trace-spans.ts';
import {
  createOperationDeadline,
  type OperationDeadline,
  type OperationDeadlineOptions,
} from './operation-deadline.ts';

/** One HTTP request being served. */
export type Exchange = {
  readonly requestId: string;
  /** How long its operations may go on; it starts with the first of them. */
  readonly deadline: OperationDeadline;
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
} & { causes?: readonly string[] };

/** What an exchange is made from. */
export type ExchangeOptions = OperationDeadlineOptions & {
  readonly requestId: string;
  /** Begins its trace, at a moment of the clock that never goes back. */
  readonly startTrace?: ((startedAt: number) => RequestTrace) | undefined;
};

/** Begins an exchange. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { requestId, clientSignal, now, startTrace } = options;
  const startedAt = now();
  let trace: RequestTrace | undefined;
  const receipt = createReceiptBook();
  const operations: OperationNote[] = [];

  return {
    requestId,
    deadline: createOperationDeadline(options),
    receipt,
    operations,
    trace: () => trace,
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
