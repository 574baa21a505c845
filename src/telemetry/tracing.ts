/**
 * Traces with OpenTelemetry's libraries, which read their own environment variables. Import this file only when traces
 * are switched on: it loads some hundred others.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { describeFault } from './fault-line.ts';
import type { Log, LogFields } from './log.ts';
import { createSpans, type StartRequestTrace, type TraceClocks } from './trace-spans.ts';

/** Running traces. */
export type Tracing = {
  readonly startRequest: StartRequestTrace;
  /** Sends the spans that are left, for at most this many milliseconds; the rest is lost. Never rejects. */
  readonly close: (limitMs: number) => Promise<void>;
};

/** What tracing needs. */
export type TracingOptions = TraceClocks & { readonly log: Pick<Log, 'warn'> };

const serviceName = 'ledger-balance-gateway';

/**
 * Starts tracing. Spans are sent in batches, in the background and over connections of their own: no request waits for
 * a collector. While the collector is away, spans beyond OTEL_BSP_MAX_QUEUE_SIZE are dropped; the log says so once.
 */
export function startTracing({ log, ...clocks }: TracingOptions): Tracing {
  let hasWarned = false;
  function warnOnce(error: unknown): void {
    if (hasWarned) return;
    hasWarned = true;
    log.warn(describeFailure(error), 'spans do not reach their collector; logged once');
  }
  const { made: provider, misread } = withComplaints(() => {
    const exporter = reportingFailures(new OTLPTraceExporter(), warnOnce);
    return new BasicTracerProvider({
      resource: ownResource(),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
  });
  if (misread.length > 0) log.warn({ variables: misread }, 'variables that make no sense have no effect');
  return {
    startRequest: createSpans(provider.getTracer(serviceName), clocks),
    async close(limitMs) {
      const flushed = provider.shutdown().catch(warnOnce);
      const timeUp = delay(limitMs, Object.assign(new Error(), { code: 'ETIMEDOUT' }), { ref: false });
      const error = await Promise.race([flushed, timeUp]);
      if (error !== undefined) warnOnce(error);
    },
  };
}

/** The sender: this service and replica, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say otherwise. */
function ownResource() {
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': serviceName }))
    .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] }));
}

/** The same exporter; `onFailure` is called with every error of an export. */
function reportingFailures(exporter: SpanExporter, onFailure: (error: unknown) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) onFailure(result.error);
        done(result);
      }),
    shutdown: async () => exporter.shutdown(),
  };
}

/** The kind of failure, and the collector's status if it refused; never its text, which may be anything. */
function describeFailure(error: unknown): LogFields {
  const { fault = null } = describeFault(error);
  const status = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof status === 'number' ? { fault, status } : { fault };
}

/**
 * Makes something with the libraries, and returns the names of the variables that they complain about meanwhile. The
 * complaints quote values, so they are not logged. Later ones, of dropped spans and failed calls, are ignored.
 */
function withComplaints<T>(make: () => T): { readonly made: T; readonly misread: readonly string[] } {
  const complaints: string[] = [];
  const collect = (complaint: string) => void complaints.push(complaint);
  const ignore = () => undefined;
  const logger = { error: collect, warn: collect, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const made = make();
  diag.disable();
  return { made, misread: [...new Set(complaints.flatMap((text) => text.match(/OTEL_[A-Z_]+/g) ?? []))] };
}
