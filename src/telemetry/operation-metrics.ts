/** What callers get, counted: operations, their errors, and the upstream calls that they did not need. */

import type { Registry } from 'prom-client';
import { errorCodes } from '../errors.ts';
import { durationBuckets } from './duration-buckets.ts';
import { loggedCodes, type OperationEnd, type Outcome, outcomeOf } from './operation-line.ts';
import { type RequestCosts, type Saving, savingMeanings, savingsOf } from './savings.ts';
import { createCounters, createHistograms } from './series.ts';

const outcomes: readonly Outcome[] = ['ok', 'partial', 'error', 'aborted'];
const savings = Object.keys(savingMeanings) as Saving[];

/** Adds the metrics; gives what is to be told of every answered HTTP request: its operations, and what it cost. */
export function addOperationMetrics(
  registry: Registry,
): (ends: readonly OperationEnd[], costs: RequestCosts) => void {
  const durations = createHistograms(registry, durationFamily, durationBuckets);
  const errors = createCounters(registry, errorFamily);
  const saved = createCounters(registry, savedFamily);

  function countOperation(end: OperationEnd): void {
    durations.observe({ outcome: outcomeOf(end) }, end.durationMs / 1000);
    // Whoever has left was told nothing: what would have been said says nothing of the upstream.
    const told = end.isAborted ? [] : loggedCodes(end.errorCodes);
    for (const code of told) errors.inc({ code });
  }

  return (ends, costs) => {
    for (const end of ends) countOperation(end);
    if (ends.length === 0) return; // A page or a probe.
    const found = savingsOf(costs, ends.some(isFlawed));
    for (const by of savings) saved.inc({ by }, found[by]);
  };
}

function isFlawed({ isAborted, errorCodes: found }: OperationEnd): boolean {
  return isAborted || found.length > 0;
}

const durationFamily = {
  name: 'operation_duration_seconds',
  help: 'Time from the arrival of an operation to its answer, by what it came to.',
  label: 'outcome',
  values: outcomes,
} as const;

const errorFamily = {
  name: 'operation_errors_total',
  help: 'Operations whose client was told at least one error of this code.',
  label: 'code',
  values: Object.keys(errorCodes),
} as const;

const meanings = savings.map((saving) => `${saving}: ${savingMeanings[saving]}`).join('; ');

const savedFamily = {
  name: 'upstream_calls_saved_total',
  help: `Upstream calls that were not made. ${meanings}.`,
  label: 'by',
  values: savings,
} as const;
