/**
 * Traces, as OpenTelemetry has them: its libraries, set by its own variables, which they read themselves. To be
 * imported only where somebody has switched traces on: it brings some hundred files along.
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

/** Traces under way. */
export type Tracing = {
  readonly startRequest: StartRequestTrace;
  /** Sends what is left, for no longer than so many milliseconds; what then is left is lost. Never rejects. */
  readonly close: (limitMs: number) => Promise<void>;
};

/** What tracing needs. */
export type TracingOptions = TraceClocks & { readonly log: Pick<Log, 'warn'> };

const serviceName = 'ledger-balance-gateway';

/**
 * Starts tracing. Spans are sent in batches, in the background and over connections of their own: no request waits for
 * a collector, and while one is away spans are dropped beyond OTEL_BSP_MAX_QUEUE_SIZE. That is told once, not each time.
 */
export function startTracing({ log, ...clocks }: TracingOptions): Tracing {
  let hasWarned = false;
  function warnOnce(error: unknown): void {
    if (hasWarned) return;
    hasWarned = true;
    log.warn(describeFailure(error), 'spans do not reach their collector; told once');
  }
  const { made: provider, misread } = listeningToComplaints(() => {
    const exporter = tellingFailures(new OTLPTraceExporter(), warnOnce);
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

/** Who sends: this service and replica, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say otherwise. */
function ownResource() {
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': serviceName }))
    .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] }));
}

/** The same exporter, and whoever wants to know is told what goes wrong. */
function tellingFailures(exporter: SpanExporter, onFailure: (error: unknown) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) onFailure(result.error);
        done(result);
      }),
    shutdown: async () => exporter.shutdown(),
  };
}

/** The kind of failure, and the collector's status where it refused; never its words, which may be anything. */
function describeFailure(error: unknown): LogFields {
  const { fault = null } = describeFault(error);
  const status = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof status === 'number' ? { fault, status } : { fault };
}

/**
 * Makes something of the libraries' and gives the names of the variables that they complain about meanwhile. The
 * complaints themselves quote values, and so stay here; later ones, of spans dropped and calls failed, are not heard.
 */
function listeningToComplaints<T>(make: () => T): { readonly made: T; readonly misread: readonly string[] } {
  const complaints: string[] = [];
  const hear = (complaint: string) => void complaints.push(complaint);
  const ignore = () => undefined;
  const logger = { error: hear, warn: hear, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const made = make();
  diag.disable();
  return { made, misread: [...new Set(complaints.flatMap((text) => text.match(/OTEL_[A-Z_]+/g) ?? []))] };
}
