/**
 * The metrics, in Prometheus' text format; puts the parts together. Labels take their values from fixed tables alone, so
 * that no client can create series, or put anyone's name into one.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { addOperationMetrics, type CountRequest } from './operation-metrics.ts';
import { addCounter, addCounters, addGauge } from './series.ts';
import { addServerMetrics, type ServerMetrics } from './server-metrics.ts';
import {
  addCallMetrics,
  addUpstreamGauges,
  type CallMetrics,
  type WatchedUpstream,
} from './upstream-metrics.ts';

/** The metrics as the other stations see them. Nothing that reports here ever meets an exception. */
export type Metrics = CallMetrics &
  ServerMetrics & {
    readonly countRequest: CountRequest;
    /** From now on each scrape reads this upstream. */
    readonly watchUpstream: (upstream: WatchedUpstream) => void;
    /** From now on each scrape reads how many bytes cached documents and prepared operations take. */
    readonly watchDocuments: (bytes: () => number) => void;
    /** A fault outside every operation: thrown where nobody catches, or rejected where nobody waits. */
    readonly countStrayFault: (kind: 'exception' | 'rejection') => void;
    /** A log line was dropped because nobody reads the log, or it could not be written. */
    readonly countDroppedLine: () => void;
    /** All series, as text, and the content type of that text. */
    readonly read: () => Promise<{ readonly contentType: string; readonly text: string }>;
  };

/** How metrics are made. */
export type MetricsOptions = {
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Adds Node's own metrics of the process. Off where several gateways share one process. */
  readonly withProcess?: boolean;
};

/** Builds metrics that all stand at zero. */
export function createMetrics({ now, withProcess = false }: MetricsOptions): Metrics {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  let documentBytes = () => 0;
  const documents = {
    name: 'document_cache_bytes',
    help: 'Memory that parsed documents and prepared operations take, by estimate. Bounded by DOCUMENT_CACHE_BYTES.',
  };
  addGauge(registry, documents, () => documentBytes());
  return {
    countRequest: addOperationMetrics(registry),
    ...addCallMetrics(registry, now),
    ...addServerMetrics(registry),
    watchUpstream: addUpstreamGauges(registry),
    watchDocuments(bytes) {
      documentBytes = bytes;
    },
    countStrayFault: addCounters(registry, {
      name: 'stray_faults_total',
      help: 'Faults outside every operation; the process goes on.',
      label: 'kind',
      values: ['exception', 'rejection'],
    }),
    countDroppedLine: addCounter(registry, {
      name: 'log_lines_dropped_total',
      help: 'Log lines that were dropped: nobody reads the standard output, or it cannot be written to.',
    }),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
