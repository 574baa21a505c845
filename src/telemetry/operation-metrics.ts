/** Metrics of what callers get: operations, their errors, and the upstream calls that they did not need. */
import type { Registry } from 'prom-client';
import { type ErrorCode, errorCodes } from '../errors.ts';
import type { Receipt } from '../ledger/source/receipt.ts';
import { loggedCodes, type OperationEnd, outcomeOf } from './operation-line.ts';
import { addCounters, addDurations, durationBuckets } from './series.ts';

/** Called for every answered HTTP request, with its operations and what it cost. */
export type CountRequest = (ends: readonly OperationEnd[], costs: Receipt) => void;

/** Adds the metrics. */
export function addOperationMetrics(registry: Registry): CountRequest {
  const observeDuration = addDurations(
    registry,
    {
      name: 'operation_duration_seconds',
      help: 'Time from the arrival of an operation to its answer, by outcome.',
      label: 'outcome',
      values: ['ok', 'partial', 'error', 'aborted'],
    },
    durationBuckets,
  );
  const countError = addCounters(registry, {
    name: 'operation_errors_total',
    help: 'Operations whose client got at least one error of this code.',
    label: 'code',
    values: Object.keys(errorCodes) as ErrorCode[],
  });
  const countSaved = addCounters(registry, {
    name: 'upstream_calls_saved_total',
    help: 'Upstream calls that were not made. shared: calls of other requests that were waited for; kept: price less made and shared calls, up to the number of cached answers that served; planned: the rest of the price, for requests without errors or failed calls: pages of lists that ended before them.',
    label: 'by',
    values: ['shared', 'kept', 'planned'],
  });
  return (ends, costs) => {
    for (const end of ends) {
      observeDuration(outcomeOf(end), end.durationMs);
      // A client that has left got no errors, and what it would have got says nothing of the upstream.
      if (!end.isAborted) for (const code of loggedCodes(end.errorCodes)) countError(code);
    }
    if (ends.length === 0) return; // A page or a probe.
    const { shared, kept, planned } = savingsOf(costs, ends);
    countSaved('shared', shared);
    countSaved('kept', kept);
    countSaved('planned', planned);
  };
}

/**
 * The calls saved by each means. They never add up to more than the price and the shared calls: a cached answer saves a
 * call only where the price includes one. A request that failed has not saved the calls that it did not come to.
 */
function savingsOf({ price, made, shared, kept, calls }: Receipt, ends: readonly OperationEnd[]) {
  const unmade = Math.max(0, price - made - shared);
  const cached = Math.min(kept, unmade);
  const isWhole =
    ends.every(({ isAborted, errorCodes: codes }) => !isAborted && codes.length === 0) &&
    calls.every(({ outcome }) => outcome === 'OK' || outcome === 'NO_SUCH_CUSTOMER');
  return { shared, kept: cached, planned: isWhole ? unmade - cached : 0 };
}
