/** An operation that ended well, as the other stations report it. */
import type { OperationEnd } from '../../src/telemetry/operation-line.ts';

/** One query, answered with data. */
export const endedQuery: OperationEnd = {
  name: 'Balances',
  type: 'query',
  durationMs: 12.345,
  upstreamCalls: 2,
  sharedCalls: 1,
  keptAnswers: 3,
  price: 6,
  hasData: true,
  isAborted: false,
  errorCodes: [],
  status: 200,
  requestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
};
