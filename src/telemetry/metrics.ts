/**
 * All metrics together, in Prometheus' text format. Labels have values only from fixed tables, so that a client can neither
 * create series nor put a name into one.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { addOperationMetrics, type CountRequest } from './operation-metrics.ts';
import { createSeries } from './series.ts';
import { addServerMetrics, type ServerMetrics } from './server-metrics.ts';
import {
  addCallMetrics,
  addUpstreamGauges,
  type CallMetrics,
  type WatchedUpstream,
} from './upstream-metrics.ts';

/** The metrics as the other stations see them. None of these functions throws. */
export type Metrics = CallMetrics &
  ServerMetrics & {
    readonly countRequest: CountRequest;
    /** From now on each scrape reads this upstream. */
    readonly watchUpstream: (upstream: WatchedUpstream) => void;
    /** From now on each scrape reads how many bytes cached documents and prepared operations take. */
    readonly watchDocuments: (bytes: () => number) => void;
    /** Counts an error outside every operation: an uncaught exception or an unhandled rejection. */
    readonly countStrayFault: (kind: 'exception' | 'rejection') => void;
    /** Counts a log line that was dropped because nobody reads the log, or because it could not be written. */
    readonly countDroppedLine: () => void;
    /** All series as text, and the content type of the text. */
    readonly read: () => Promise<{ readonly contentType: string; readonly text: string }>;
  };

/** What metrics need. */
export type MetricsOptions = {
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Adds Node's own metrics of the process. Off if several gateways run in one process. */
  readonly withProcess?: boolean;
};

/** Builds the metrics. All start at zero. */
export function createMetrics({ now, withProcess = false }: MetricsOptions): Metrics {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  const series = createSeries(registry);
  let documentBytes = () => 0;
  series.addGauge({
    name: 'document_cache_bytes',
    help: 'Estimated memory of parsed documents and prepared operations, in bytes. At most DOCUMENT_CACHE_BYTES.',
    read: () => documentBytes(),
  });
  return {
    countRequest: addOperationMetrics(series),
    ...addCallMetrics(series, now),
    ...addServerMetrics(series),
    watchUpstream: addUpstreamGauges(series),
    watchDocuments(bytes) {
      documentBytes = bytes;
    },
    countStrayFault: series.addCounters({
      name: 'stray_faults_total',
      help: 'Errors outside every operation: uncaught exceptions and unhandled rejections. The process goes on.',
      label: 'kind',
      values: ['exception', 'rejection'],
    }),
    countDroppedLine: series.addCounter({
      name: 'log_lines_dropped_total',
      help: 'Log lines that were dropped, because nobody reads the standard output or it cannot be written to.',
    }),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
