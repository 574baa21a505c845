/**
 * All metrics together, in Prometheus' text format. Labels have values only from fixed tables, so that a client can neither
 * create series nor put a name into one.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { addOperationMetrics } from './operation-metrics.ts';
import { createSeries } from './series.ts';
import { addServerMetrics } from './server-metrics.ts';
import { addCallMetrics, addUpstreamGauges } from './upstream-metrics.ts';

/** The metrics as the other stations see them. None of these functions throws. */
export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Builds the metrics. All start at zero. `withProcess` adds Node's own metrics of the process: not if several gateways run in
 * one process.
 */
export function createMetrics({ withProcess = false } = {}) {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  const series = createSeries(registry);
  return {
    countRequest: addOperationMetrics(series),
    upstreamEvents: addCallMetrics(series),
    ...addServerMetrics(series),
    /** From now on each scrape reads this upstream. */
    watchUpstream: addUpstreamGauges(series),
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
    /** All series as text, and the content type of the text. */
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
