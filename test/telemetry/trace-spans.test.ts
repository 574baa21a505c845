/**
 * The spans of a request: which is under which, when they begin and end, what they contain (the semantic conventions'
 * names, the contract's codes, nothing that a client could choose), and what goes upstream of them.
 */
import { type AttributeValue, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import type { OperationRecord, RequestEnd } from '../../src/telemetry/operation-line.ts';
import type { CallOutcome, TracedCall } from '../../src/upstream/observe.ts';
import { endedRequest as ended, endedQuery as query } from './ended-query.ts';
import { recordSpans, traceparentOf } from './recorded-spans.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const request = { method: 'POST', headers: new Headers() };
const requestWith = (headers: Readonly<Record<string, string>>) => ({
  ...request,
  headers: new Headers(headers),
});
const call: TracedCall = {
  method: 'GET',
  origin: 'https://upstream.example',
  path: '/v2/page',
  page: { pageNumber: 3, limit: 10 },
  resends: 0,
  budgetWaitMs: 0.4,
  slotWaitMs: 0,
};

/** The only span; it must have ended. */
function only(spans: readonly ReadableSpan[]): ReadableSpan {
  const [span, ...others] = spans;
  if (span === undefined || others.length > 0) throw new Error(`Expected one span, got ${spans.length}`);
  return span;
}

/** The span of a request that ended like this. */
function requestSpan(over: Partial<RequestEnd> = {}, method = 'POST'): ReadableSpan {
  const { startTrace, spans } = recordSpans();
  startTrace({ ...request, method }, 0).end({ ...ended, ...over });
  return only(spans);
}

/** The span of a call that ended like this. */
function callSpan(traced: TracedCall, outcome: CallOutcome = 'OK', status?: number): ReadableSpan {
  const { startTrace, spans } = recordSpans();
  const span = startTrace(request, 0).startCall(traced);
  if (status !== undefined) span.onStatus(status);
  span.end(outcome);
  return only(spans);
}

const failed = { code: SpanStatusCode.ERROR };
const unset = { code: SpanStatusCode.UNSET };

describe('the span of a request', () => {
  it('starts a trace, or continues its caller’s, tracestate included', () => {
    const { startTrace, spans } = recordSpans();
    startTrace(request, 0).end(ended);
    startTrace(requestWith({ traceparent, tracestate: 'vendor=1' }), 0).end(ended);
    const [own, continued] = spans;
    expect(own?.parentSpanContext).toBeUndefined();
    expect(own?.spanContext().traceId).not.toBe(traceId);
    expect(continued?.spanContext().traceId).toBe(traceId);
    expect(continued?.parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true });
    expect(continued?.spanContext().traceState?.serialize()).toBe('vendor=1');
    expect(spans.map(({ kind }) => kind)).toEqual([SpanKind.SERVER, SpanKind.SERVER]);
  });

  it('is not recorded when its caller’s is not, and calls pass that on', () => {
    const { startTrace, spans } = recordSpans();
    const trace = startTrace(requestWith({ traceparent: traceparent.replace(/01$/, '00') }), 0);
    const span = trace.startCall(call);
    expect(span.traceparent).toMatch(new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-00$`));
    span.end('OK');
    trace.end(ended);
    expect(spans).toEqual([]);
  });

  it('ignores nonsense beside a valid parent', () => {
    const { startTrace, spans } = recordSpans();
    startTrace(requestWith({ traceparent, tracestate: '447700900012' }), 0).end(ended);
    expect(only(spans).spanContext().traceState?.serialize()).toBe('');
  });

  it('is named by the type of its operation, and has what it cost', () => {
    const { name, attributes, status } = requestSpan();
    expect({ name, attributes, status }).toEqual({
      name: 'query',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
        'url.scheme': 'http',
        'http.response.status_code': 200,
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Balances',
        'ledger_gateway.operations': 1,
        'ledger_gateway.outcome': 'ok',
        'ledger_gateway.request_id': ended.requestId,
        'ledger_gateway.calls.price': 6,
        'ledger_gateway.calls.made': 2,
        'ledger_gateway.calls.shared': 1,
        'ledger_gateway.calls.kept': 3,
      },
      status: unset,
    });
  });

  const endedWith = (over: Partial<OperationRecord>) => ({ operations: [{ ...query, ...over }] });

  it.each<[string, Partial<RequestEnd>, string, AttributeValue | undefined]>([
    ['a run of digits in its name', endedWith({ name: 'Of447700900012' }), 'graphql.operation.name', 'Of#'],
    ['an address as its name', endedWith({ name: 'a@example.com' }), 'graphql.operation.name', undefined],
    ['another id than ours', { requestId: 'a b' }, 'ledger_gateway.request_id', undefined],
    ['an unknown code', endedWith({ errorCodes: ['447700900012'] }), 'error.type', 'INTERNAL_SERVER_ERROR'],
  ])('leaves out what could name a person: %s', (_, over, name, value) => {
    expect(requestSpan(over).attributes[name]).toBe(value);
  });

  it('of a batch has what its members have in common', () => {
    const { name, attributes } = requestSpan({ operations: [query, { ...query, name: 'Other' }] });
    expect(name).toBe('query');
    expect(attributes).toMatchObject({ 'graphql.operation.type': 'query', 'ledger_gateway.operations': 2 });
    expect(attributes).not.toHaveProperty('graphql.operation.name');
    const mixed = requestSpan({ operations: [query, { ...query, type: undefined }] });
    expect(mixed.name).toBe('GraphQL Operation');
    expect(mixed.attributes).not.toHaveProperty('graphql.operation.type');
  });

  it('shows the two methods that carry operations, and no other word of a client’s', () => {
    expect(requestSpan({}, 'GET').attributes['http.request.method']).toBe('GET');
    expect(requestSpan({}, '447700').attributes['http.request.method']).toBe('_OTHER');
  });

  it('has nothing but a name when there was no operation', () => {
    const { name, attributes } = requestSpan({ operations: [] });
    expect([name, attributes]).toEqual(['GraphQL Operation', {}]);
  });

  it.each([
    ['UPSTREAM_TIMEOUT', failed],
    ['RATE_LIMITED', failed],
    ['INTERNAL_SERVER_ERROR', failed],
    ['BAD_USER_INPUT', unset],
    ['OPERATION_TOO_EXPENSIVE', unset],
  ])('has %s as its type of error, as the first of several, and this status: %j', (code, expected) => {
    const { attributes, status, events } = requestSpan(endedWith({ errorCodes: [code, 'BAD_REQUEST'] }));
    expect([attributes['error.type'], status, events]).toEqual([code, expected, []]);
  });
});

describe('the span of a call', () => {
  it('is under its request’s, with times by the same clock', () => {
    const clock = { now: 1000 };
    const { startTrace, spans } = recordSpans({ wallNow: () => 1_800_000_000_000, now: () => clock.now });
    const trace = startTrace(request, 990);
    clock.now = 1010.5;
    const span = trace.startCall(call);
    clock.now = 1020;
    span.onStatus(200);
    span.end('OK');
    clock.now = 1030;
    trace.end(ended);
    const [client, server] = spans;
    expect(client?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
    expect(client && traceparentOf(client)).toBe(span.traceparent);
    expect(client?.kind).toBe(SpanKind.CLIENT);
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

  it('may begin and end after its request was answered, because other requests share the call', () => {
    const { startTrace, spans } = recordSpans();
    const trace = startTrace(request, 0);
    trace.end(ended);
    trace.startCall(call).end('UPSTREAM_TIMEOUT');
    const [server, client] = spans;
    expect(client?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
  });

  it('is named by method and path, and has the page; waits and resends only where there were any', () => {
    const { name, attributes } = callSpan(call);
    expect(name).toBe('GET /v2/page');
    expect(attributes).toEqual({
      'http.request.method': 'GET',
      'url.template': '/v2/page',
      'server.address': 'upstream.example',
      'server.port': 443,
      'ledger_gateway.page.number': 3,
      'ledger_gateway.page.limit': 10,
    });
    const { page: _, ...token } = call;
    const origin = 'http://10.0.0.1:8080';
    const waited = callSpan({ ...token, origin, resends: 2, budgetWaitMs: 12.34, slotWaitMs: 1 });
    expect(waited.attributes).toEqual({
      'http.request.method': 'GET',
      'url.template': '/v2/page',
      'server.address': '10.0.0.1',
      'server.port': 8080,
      'http.request.resend_count': 2,
      'ledger_gateway.wait.budget_ms': 12.3,
      'ledger_gateway.wait.connection_ms': 1,
    });
  });

  it.each([
    ['OK', 200, undefined, unset],
    ['NO_SUCH_CUSTOMER', 400, undefined, unset],
    ['CANCELLED', undefined, 'CANCELLED', unset],
    ['UPSTREAM_BAD_RESPONSE', 200, 'UPSTREAM_BAD_RESPONSE', failed],
    ['UPSTREAM_TIMEOUT', undefined, 'UPSTREAM_TIMEOUT', failed],
  ] as const)('that ends with %s (%s) says so by the code alone', (outcome, httpStatus, type, expected) => {
    const { attributes, status, events } = callSpan(call, outcome, httpStatus);
    expect(attributes['http.response.status_code']).toBe(httpStatus);
    expect([attributes['error.type'], status, events]).toEqual([type, expected, []]);
  });
});
