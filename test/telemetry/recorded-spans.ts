/** Records spans in this process, as the SDK would export them. */
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createSpans, type StartRequestTrace } from '../../src/telemetry/trace-spans.ts';

/** What begins traces, and the spans that have ended, in the order of their ends. */
export type RecordedSpans = {
  readonly startTrace: StartRequestTrace;
  readonly spans: readonly ReadableSpan[];
};

const wallClock = { wallNow: Date.now, now: () => performance.now() };

/** Records every sampled span. */
export function recordSpans(clocks = wallClock): RecordedSpans {
  const spans: ReadableSpan[] = [];
  const recorder: SpanProcessor = {
    onStart: () => undefined,
    onEnd: (span) => void spans.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const provider = new BasicTracerProvider({ spanProcessors: [recorder] });
  return { startTrace: createSpans(provider.getTracer('test'), clocks), spans };
}

/** The header `traceparent` that names a span. */
export function traceparentOf(span: ReadableSpan): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-0${traceFlags}`;
}
