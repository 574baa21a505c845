/** Traces that stay in this process: the spans that ended, as the SDK would export them. */

import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createSpans, type StartRequestTrace } from '../../src/telemetry/trace-spans.ts';

/** What begins traces, and the spans that have ended since, in the order of their ends. */
export type KeptSpans = { readonly startTrace: StartRequestTrace; readonly spans: readonly ReadableSpan[] };

const wallClock = { wallNow: Date.now, now: () => performance.now() };

/** Keeps every sampled span. */
export function keepSpans(clocks = wallClock): KeptSpans {
  const spans: ReadableSpan[] = [];
  const keeper: SpanProcessor = {
    onStart: () => undefined,
    onEnd: (span) => void spans.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const provider = new BasicTracerProvider({ spanProcessors: [keeper] });
  return { startTrace: createSpans(provider.getTracer('test'), clocks), spans };
}

/** The header that a span's own place in its trace makes. */
export function traceparentOf(span: ReadableSpan): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-0${traceFlags}`;
}
