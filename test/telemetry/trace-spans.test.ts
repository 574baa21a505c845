/** Which span is under which, when they begin and end, and what goes upstream of them. */

import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { OperationEnd } from '../../src/telemetry/operation-line.ts';
import { keepSpans, traceparentOf } from './kept-spans.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const request = { method: 'POST', traceparent: undefined, tracestate: null, startedAt: 0 };
const call = {
  method: 'GET',
  origin: 'http://127.0.0.1:1',
  path: '/page',
  resends: 0,
  budgetWaitMs: 0,
  slotWaitMs: 0,
};
const ended: OperationEnd = {
  name: undefined,
  type: 'query',
  durationMs: 1,
  upstreamCalls: 1,
  sharedCalls: 0,
  keptAnswers: 0,
  price: 1,
  hasData: true,
  isAborted: false,
  errorCodes: [],
  status: 200,
  requestId: 'r',
};

describe('the span of a request', () => {
  it('begins a trace, or goes on with its caller’s, vendors’ state included', () => {
    const { startTrace, spans } = keepSpans();
    startTrace(request).end([ended]);
    startTrace({ ...request, traceparent, tracestate: 'vendor=1' }).end([ended]);
    const [own, going] = spans;
    expect(own?.parentSpanContext).toBeUndefined();
    expect(own?.spanContext().traceId).not.toBe(traceId);
    expect(going?.spanContext().traceId).toBe(traceId);
    expect(going?.parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true });
    expect(going?.spanContext().traceState?.serialize()).toBe('vendor=1');
    expect(spans.map(({ kind }) => kind)).toEqual([SpanKind.SERVER, SpanKind.SERVER]);
  });

  it('is not recorded when its caller’s is not, and calls carry that on', () => {
    const { startTrace, spans } = keepSpans();
    const trace = startTrace({ ...request, traceparent: traceparent.replace(/01$/, '00') });
    const span = trace.startCall(call);
    expect(span.traceparent).toMatch(new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-00$`));
    span.end('OK');
    trace.end([ended]);
    expect(spans).toEqual([]);
  });

  it('takes nonsense beside a valid parent for nothing', () => {
    const { startTrace, spans } = keepSpans();
    startTrace({ ...request, traceparent, tracestate: '447700900012' }).end([ended]);
    expect(spans[0]?.spanContext().traceState?.serialize()).toBe('');
  });
});

describe('the span of a call', () => {
  it('is under its request’s, with times by the same clock', () => {
    const clock = { now: 1000 };
    const { startTrace, spans } = keepSpans({ wallNow: () => 1_800_000_000_000, now: () => clock.now });
    const trace = startTrace({ ...request, startedAt: 990 });
    clock.now = 1010.5;
    const span = trace.startCall(call);
    clock.now = 1020;
    span.onStatus(200);
    span.end('OK');
    clock.now = 1030;
    trace.end([ended]);
    const [client, server] = spans;
    expect(client?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
    expect(client && traceparentOf(client)).toBe(span.traceparent);
    expect([client?.kind, client?.name]).toEqual([SpanKind.CLIENT, 'GET /page']);
    expect(client?.attributes).toMatchObject({ 'http.response.status_code': 200 });
    const seconds = 1_799_999_999;
    expect([server?.startTime, client?.startTime]).toEqual([
      [seconds, 990_000_000],
      [seconds + 1, 10_500_000],
    ]);
    expect([client?.endTime, server?.endTime]).toEqual([
      [seconds + 1, 20_000_000],
      [seconds + 1, 30_000_000],
    ]);
  });

  it('may begin and end after its request was answered: others wait for it, too', () => {
    const { startTrace, spans } = keepSpans();
    const trace = startTrace(request);
    trace.end([ended]);
    trace.startCall(call).end('UPSTREAM_TIMEOUT');
    const [server, client] = spans;
    expect(client?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
  });

  it('tells a failure by its code alone', () => {
    const { startTrace, spans } = keepSpans();
    const trace = startTrace(request);
    trace.startCall(call).end('UPSTREAM_TIMEOUT');
    trace.end([{ ...ended, errorCodes: ['UPSTREAM_TIMEOUT'] }]);
    expect(spans.map(({ status, events }) => [status, events])).toEqual([
      [{ code: SpanStatusCode.ERROR }, []],
      [{ code: SpanStatusCode.ERROR }, []],
    ]);
  });
});
