/**
 * The spans of one HTTP request: its own, and one for each upstream call made under it. Parents are passed on as values,
 * not found in an ambient context, which would cost every request, traced or not.
 *
 * Names without `ledger_gateway.` are OpenTelemetry's semantic conventions for HTTP (stable) and GraphQL. They also want
 * `url.full` on every call: it is left out, because the query holds the customer's identifier.
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
import type { CallOutcome, StartCallSpan, TracedCall } from '../upstream/observe.ts';
import { describeOperation, loggedCodes, type OperationEnd } from './operation-line.ts';

/** An HTTP request with operations that begins. */
export type TracedRequest = {
  readonly method: string;
  /** The caller's own span (W3C Trace Context), known to be valid; `undefined` begins a trace. */
  readonly traceparent: string | undefined;
  /** The header of that name, which may be any text. */
  readonly tracestate: string | null;
  /** When it began, on the monotonic clock. */
  readonly startedAt: number;
};

/** A request being traced. */
export type RequestTrace = {
  /** A call goes out that this request needed first. That may be after its own end: other requests share calls. */
  readonly startCall: StartCallSpan;
  /** Called once, when the request was answered. */
  readonly end: (ends: readonly OperationEnd[]) => void;
};

/** Begins the trace of a request, under its caller's span if there is one. */
export type StartRequestTrace = (request: TracedRequest) => RequestTrace;

/** Milliseconds: `wallNow` since 1970, `now` on the monotonic clock. */
export type TraceClocks = { readonly wallNow: () => number; readonly now: () => number };

/** The span's name as long as the type of the operation is unknown (conventions for GraphQL server spans). */
const unreadOperation = 'GraphQL Operation';

/**
 * Makes spans with a tracer. All spans of a request take their times from one reading of both clocks, so that none of
 * them seems to begin before its parent.
 */
export function createSpans(tracer: Tracer, { wallNow, now }: TraceClocks): StartRequestTrace {
  return (request) => {
    const shift = wallNow() - now();
    const spanNow = () => shift + now();
    const startTime = shift + request.startedAt;
    const span = tracer.startSpan(unreadOperation, { kind: SpanKind.SERVER, startTime }, parentOf(request));
    const parent = trace.setSpan(ROOT_CONTEXT, span);
    return {
      startCall: (call) => startCall(tracer, parent, spanNow, call),
      end(ends) {
        const [first] = ends;
        if (first !== undefined) describeRequest(span, request.method, first, ends);
        span.end(spanNow());
      },
    };
  };
}

function parentOf({ traceparent, tracestate }: TracedRequest): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  const vendors = tracestate === null ? {} : { traceState: createTraceState(tracestate) };
  return trace.setSpanContext(ROOT_CONTEXT, { ...context, ...vendors });
}

/** Writes into a request's span what the log line lets through of its operation, or of the members of a batch. */
function describeRequest(
  span: Span,
  method: string,
  first: OperationEnd,
  ends: readonly OperationEnd[],
): void {
  const line = describeOperation(first);
  const type = new Set(ends.map((end) => end.type)).size === 1 ? first.type : undefined;
  const [error] = loggedCodes(ends.flatMap(({ errorCodes }) => errorCodes).slice(0, 1));
  const own = ends.length === 1 ? { operation: line['operation'], outcome: line['outcome'] } : {};
  span.updateName(type ?? unreadOperation);
  span.setAttributes(
    present({
      'http.request.method': ['GET', 'POST'].includes(method) ? method : '_OTHER',
      'http.route': '/graphql',
      'url.path': '/graphql',
      'url.scheme': 'http',
      'http.response.status_code': first.status,
      'graphql.operation.type': type,
      'graphql.operation.name': own.operation,
      'error.type': error,
      'ledger_gateway.operations': ends.length,
      'ledger_gateway.outcome': own.outcome,
      'ledger_gateway.request_id': line['requestId'],
      'ledger_gateway.calls.price': first.price,
      'ledger_gateway.calls.made': first.upstreamCalls,
      'ledger_gateway.calls.shared': first.sharedCalls,
      'ledger_gateway.calls.kept': first.keptAnswers,
    }),
  );
  // The conventions leave a server's span without an error where the client was wrong.
  if (error !== undefined && /^(UPSTREAM_|RATE_LIMITED|INTERNAL_SERVER_ERROR)/.test(error)) markFailed(span);
}

function startCall(
  tracer: Tracer,
  parent: Context,
  spanNow: () => number,
  call: TracedCall,
): ReturnType<StartCallSpan> {
  const options = { kind: SpanKind.CLIENT, startTime: spanNow(), attributes: attributesOf(call) };
  const span = tracer.startSpan(`${call.method} ${call.path}`, options, parent);
  return {
    traceparent: traceparentOf(span),
    onStatus: (status) => span.setAttribute('http.response.status_code', status),
    end(outcome) {
      if (!isAnswer(outcome)) span.setAttribute('error.type', outcome);
      if (!isAnswer(outcome) && outcome !== 'CANCELLED') markFailed(span);
      span.end(spanNow());
    },
  };
}

function attributesOf(call: TracedCall): Attributes {
  const { hostname, port, protocol } = new URL(call.origin);
  return present({
    'http.request.method': call.method,
    'url.template': call.path,
    'server.address': hostname,
    'server.port': port === '' ? defaultPorts[protocol] : Number(port),
    'http.request.resend_count': call.resends > 0 ? call.resends : undefined,
    'ledger_gateway.page.number': call.page?.pageNumber,
    'ledger_gateway.page.limit': call.page?.limit,
    'ledger_gateway.wait.budget_ms': roundedWait(call.budgetWaitMs),
    'ledger_gateway.wait.connection_ms': roundedWait(call.slotWaitMs),
  });
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** A wait in milliseconds, to a tenth; undefined for less than one, which is the scheduling of any call. */
function roundedWait(ms: number): number | undefined {
  return ms < 1 ? undefined : Math.round(ms * 10) / 10;
}

/** W3C Trace Context, section 3.2. A span that is not sampled has one too: its flags say so. */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function isAnswer(outcome: CallOutcome): boolean {
  return outcome === 'OK' || outcome === 'NO_SUCH_CUSTOMER';
}

function markFailed(span: Span): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The attributes that have a value. */
function present(attributes: Readonly<Record<string, unknown>>): Attributes {
  const entries = Object.entries(attributes).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}
