/**
 * The spans of one HTTP request: its own, and one for each upstream call that it makes. A parent is passed on as a
 * value and not as an ambient context, which would slow down every request, even without tracing.
 *
 * Names without `ledger_gateway.` are those of OpenTelemetry's semantic conventions for HTTP (stable) and GraphQL. The
 * conventions also require `url.full` on every call. It is left out, because the query contains the customer's identifier.
 */
import {
  type Attributes,
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type StartCallSpan, type TracedCall, traceparentOf } from '../upstream/observe.ts';
import { describeOperation, loggedCodes, type RequestEnd } from './operation-line.ts';

/** An HTTP request whose trace begins. Its headers may name the caller's span (W3C Trace Context). */
export type TracedRequest = { readonly method: string; readonly headers: Pick<Headers, 'get'> };

/** The trace of a request. */
export type RequestTrace = {
  /** Starts the span of a call. May be called after `end`, because other requests may still wait for a shared call. */
  readonly startCall: StartCallSpan;
  /** Must be called once, when the request was answered. */
  readonly end: (end: RequestEnd) => void;
};

/** Starts the trace of a request that arrived at this moment of the monotonic clock, below its caller's span if it has one. */
export type StartRequestTrace = (request: TracedRequest, startedAt: number) => RequestTrace;

/** Milliseconds: `wallNow` since 1970, `now` on the monotonic clock. */
export type TraceClocks = { readonly wallNow: () => number; readonly now: () => number };

/** The name of a request's span if the type of its operation is unknown (conventions for GraphQL server spans). */
const unknownOperation = 'GraphQL Operation';

/**
 * Creates spans with a tracer. The two clocks are compared once for a request, so that no span seems to begin before its
 * parent when the wall clock is adjusted.
 */
export function createSpans(tracer: Tracer, { wallNow, now }: TraceClocks): StartRequestTrace {
  return ({ method, headers }, startedAt) => {
    const shift = wallNow() - now();
    const spanNow = () => shift + now();
    const options = { kind: SpanKind.SERVER, startTime: shift + startedAt };
    const span = tracer.startSpan(unknownOperation, options, parentOf(headers));
    const parent = trace.setSpan(ROOT_CONTEXT, span);
    return {
      startCall: createCallSpans(tracer, parent, spanNow),
      end(requestEnd) {
        describeRequest(span, method, requestEnd);
        span.end(spanNow());
      },
    };
  };
}

function parentOf(headers: TracedRequest['headers']): Context {
  const traceparent = traceparentOf(headers);
  const tracestate = headers.get('tracestate'); // Any text.
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  const vendors = tracestate === null ? {} : { traceState: createTraceState(tracestate) };
  return trace.setSpanContext(ROOT_CONTEXT, { ...context, ...vendors });
}

/**
 * Describes a request's span by its operation, or by all operations of a batch. Shows nothing that the log line would
 * hide.
 */
function describeRequest(span: Span, method: string, end: RequestEnd): void {
  const { operations, receipt } = end;
  const [first] = operations;
  if (first === undefined) return;
  const line = describeOperation(first, end);
  const type = operations.every((each) => each.type === first.type) ? first.type : undefined;
  const [error] = loggedCodes(operations.flatMap(({ errorCodes }) => errorCodes).slice(0, 1));
  const single = operations.length === 1 ? line : undefined;
  span.updateName(type ?? unknownOperation);
  span.setAttributes({
    'http.request.method': ['GET', 'POST'].includes(method) ? method : '_OTHER',
    'http.route': '/graphql',
    'url.path': '/graphql',
    'url.scheme': 'http',
    'http.response.status_code': end.status,
    'graphql.operation.type': type,
    'graphql.operation.name': single?.operation ?? undefined,
    'error.type': error,
    'ledger_gateway.operations': operations.length,
    'ledger_gateway.outcome': single?.outcome,
    'ledger_gateway.request_id': line.requestId ?? undefined,
    'ledger_gateway.calls.price': receipt.price,
    'ledger_gateway.calls.made': receipt.made,
    'ledger_gateway.calls.shared': receipt.shared,
    'ledger_gateway.calls.kept': receipt.kept,
  });
  // By the conventions, a server's span has no error if the client is at fault.
  if (error !== undefined && /^(UPSTREAM_|RATE_LIMITED|INTERNAL_SERVER_ERROR)/.test(error))
    span.setStatus({ code: SpanStatusCode.ERROR });
}

const createCallSpans =
  (tracer: Tracer, parent: Context, spanNow: () => number): StartCallSpan =>
  (call) => {
    const options = { kind: SpanKind.CLIENT, startTime: spanNow(), attributes: attributesOf(call) };
    const span = tracer.startSpan(`${call.method} ${call.path}`, options, parent);
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      // W3C Trace Context, section 3.2. The flags say whether the span is sampled.
      traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
      onStatus: (status) => span.setAttribute('http.response.status_code', status),
      end(outcome) {
        const isAnswer = outcome === 'OK' || outcome === 'NO_SUCH_CUSTOMER';
        if (!isAnswer) span.setAttribute('error.type', outcome);
        if (!isAnswer && outcome !== 'CANCELLED') span.setStatus({ code: SpanStatusCode.ERROR });
        span.end(spanNow());
      },
    };
  };

/** The attributes of a call. OpenTelemetry ignores those without a value. */
function attributesOf(call: TracedCall): Attributes {
  const { hostname, port, protocol } = new URL(call.origin);
  return {
    'http.request.method': call.method,
    'url.template': call.path,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
    'http.request.resend_count': call.resends > 0 ? call.resends : undefined,
    'ledger_gateway.page.number': call.page?.pageNumber,
    'ledger_gateway.page.limit': call.page?.limit,
    'ledger_gateway.wait.budget_ms': roundedWait(call.budgetWaitMs),
    'ledger_gateway.wait.connection_ms': roundedWait(call.slotWaitMs),
  };
}

/** A wait, rounded to a tenth of a millisecond; undefined below one millisecond, which any call may take. */
const roundedWait = (ms: number): number | undefined => (ms < 1 ? undefined : Math.round(ms * 10) / 10);
