/**
 * Sends traces with OpenTelemetry's libraries, which read their own environment variables. Import this file only if
 * tracing is on, because it loads about a hundred other files.
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

/** Tracing that has started. */
export type Tracing = {
  readonly startRequest: StartRequestTrace;
  /** Sends the remaining spans, for at most `limitMs`. Spans that are left then are lost. Never rejects. */
  readonly close: (limitMs: number) => Promise<void>;
};

const serviceName = 'ledger-balance-gateway';

/**
 * Starts tracing. Spans are sent in batches, in the background, over connections of their own, so no request waits for the
 * collector. While the collector is away, spans beyond OTEL_BSP_MAX_QUEUE_SIZE are dropped, with one warning in the log.
 */
export function startTracing({ log, ...clocks }: TraceClocks & { readonly log: Pick<Log, 'warn'> }): Tracing {
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

/** The resource that sends spans: this service and replica, or what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say. */
const ownResource = () =>
  defaultResource()
    .merge(resourceFromAttributes({ 'service.name': serviceName }))
    .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] }));

/** Wraps an exporter: `onFailure` is called with every error of an export. */
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

/**
 * The kind of a failure, and the collector's status if it has answered. Leaves out its message, which may contain
 * anything.
 */
function describeFailure(error: unknown): LogFields {
  const { fault = null } = describeFault(error);
  const status = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof status === 'number' ? { fault, status } : { fault };
}

/**
 * Calls `make`, and collects the names of the environment variables that OpenTelemetry's libraries complain about
 * meanwhile. The complaints quote values, so they are not logged. Later complaints, about dropped spans and failed
 * calls, are ignored.
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
