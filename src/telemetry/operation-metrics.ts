/** Metrics of operations: duration, errors, and the upstream calls that they saved. */
import { type ErrorCode, errorCodes } from '../errors.ts';
import { loggedCodes, outcomeOf, type RequestEnd } from './operation-line.ts';
import type { Series } from './series.ts';

/** Adds the metrics. The function must be called for every answered HTTP request that has operations. */
export function addOperationMetrics({ addCounters, addDurations }: Series): (end: RequestEnd) => void {
  const observeDuration = addDurations({
    name: 'operation_duration_seconds',
    help: 'Time from the arrival of an operation to its answer, by outcome.',
    label: 'outcome',
    values: ['ok', 'partial', 'error', 'aborted'],
  });
  const countError = addCounters({
    name: 'operation_errors_total',
    help: 'Operations whose client got at least one error of this code.',
    label: 'code',
    values: Object.keys(errorCodes) as ErrorCode[],
  });
  const countSaved = addCounters({
    name: 'upstream_calls_saved_total',
    help: 'Upstream calls of the price that were not made. shared: another request made the call; kept: a cached answer was used; planned: the list ended before the page, counted only for requests without errors and failed calls.',
    label: 'by',
    values: ['shared', 'kept', 'planned'],
  });
  return (end) => {
    for (const operation of end.operations) {
      observeDuration(outcomeOf(operation, end), end.durationMs);
      // A client that has left got no errors.
      if (!end.isAborted) for (const code of loggedCodes(operation.errorCodes)) countError(code);
    }
    const { shared, kept, planned } = savingsOf(end);
    countSaved('shared', shared);
    countSaved('kept', kept);
    countSaved('planned', planned);
  };
}

/**
 * The calls that were saved, by reason. A cached answer saves a call only if the price includes the call. A request with an
 * error has not saved its remaining calls: it only did not get to them.
 */
function savingsOf({ receipt: { price, made, shared, kept, calls }, operations, isAborted }: RequestEnd) {
  const unmade = Math.max(0, price - made - shared);
  const cached = Math.min(kept, unmade);
  const isWhole =
    !isAborted &&
    operations.every(({ errorCodes: codes }) => codes.length === 0) &&
    calls.every(({ outcome }) => outcome === 'OK' || outcome === 'NO_SUCH_CUSTOMER');
  return { shared, kept: cached, planned: isWhole ? unmade - cached : 0 };
}
