/** A request that ended well, as the other stations report it. */
import type { OperationRecord, RequestEnd } from '../../src/telemetry/operation-line.ts';

/** One query, answered with data. */
export const endedQuery: OperationRecord = {
  name: 'Balances',
  type: 'query',
  hasData: true,
  errorCodes: [],
  causes: [],
};

/** The request of that query. */
export const endedRequest: RequestEnd = {
  requestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  status: 200,
  durationMs: 12.345,
  isAborted: false,
  operations: [endedQuery],
  receipt: { price: 6, made: 2, shared: 1, kept: 3, calls: [] },
};
