/**
 * The metrics, in Prometheus' text format. Puts its parts together, and knows nothing of what they are told. Labels
 * take their values from fixed tables alone, so that no client can make series, nor name anyone in one.
 */

import { collectDefaultMetrics, Registry } from 'prom-client';
import { addCallMetrics, type CallMetrics } from './call-metrics.ts';
import type { OperationEnd } from './operation-line.ts';
import { addOperationMetrics } from './operation-metrics.ts';
import type { RequestCosts } from './savings.ts';
import { addLookedUp, createCounter, createCounters } from './series.ts';
import { addServerMetrics, type ServerMetrics } from './server-metrics.ts';
import { addUpstreamGauges, type WatchedUpstream } from './upstream-gauges.ts';

/** The metrics as everyone else sees them. What is told here never throws. */
export type Metrics = CallMetrics &
  ServerMetrics & {
    /** An HTTP request was answered: its operations, and what it cost. */
    readonly countRequest: (ends: readonly OperationEnd[], costs: RequestCosts) => void;
    /** From now on each scrape asks this upstream how it is. Until then it is as one that nobody has called. */
    readonly watchUpstream: (upstream: WatchedUpstream) => void;
    /** From now on each scrape asks how many bytes the kept documents take. */
    readonly watchDocuments: (bytes: () => number) => void;
    /** A fault that no operation caught. */
    readonly countStrayFault: (kind: StrayFault) => void;
    /** A log line was dropped because nobody reads the log, or it could not be written. */
    readonly countDroppedLine: () => void;
    /** All series, as text, and the type of that text. */
    readonly read: () => Promise<{ readonly contentType: string; readonly text: string }>;
  };

/** A fault outside every operation: thrown where nobody catches, or rejected where nobody waits. */
export type StrayFault = 'exception' | 'rejection';

/** How metrics are made. */
export type MetricsOptions = {
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** Adds Node's own metrics of the process. Off where several gateways share one: they watch it all alike. */
  readonly withProcess?: boolean;
};

const strayFaults: readonly StrayFault[] = ['exception', 'rejection'];

/** Builds metrics that all stand at zero. */
export function createMetrics({ now, withProcess = false }: MetricsOptions): Metrics {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  const countRequest = addOperationMetrics(registry);
  const calls = addCallMetrics(registry, now);
  const faults = createCounters(registry, faultFamily);
  const droppedLines = createCounter(registry, droppedFamily);
  let documentBytes = () => 0;
  addLookedUp(registry, documentsFamily, () => documentBytes());
  return {
    countRequest,
    ...calls,
    ...addServerMetrics(registry),
    watchUpstream: addUpstreamGauges(registry),
    watchDocuments: (bytes) => {
      documentBytes = bytes;
    },
    countStrayFault: (kind) => faults.inc({ kind }),
    countDroppedLine: () => droppedLines.inc(),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

const documentsFamily = {
  name: 'document_cache_bytes',
  help: 'Memory that parsed documents take, by estimate. Bounded by DOCUMENT_CACHE_BYTES.',
};

const faultFamily = {
  name: 'stray_faults_total',
  help: 'Faults outside every operation; the process goes on.',
  label: 'kind',
  values: strayFaults,
} as const;

const droppedFamily = {
  name: 'log_lines_dropped_total',
  help: 'Log lines that were dropped: nobody reads the standard output, or it cannot be written to.',
} as const;
