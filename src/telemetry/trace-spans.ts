/**
 * The spans of one HTTP request: its own, and one for each upstream call made under it. Parents are handed on by
 * whoever knows them, not looked up in an ambient context: that would cost every request, traced or not.
 */

import {
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { OperationEnd } from './operation-line.ts';
import {
  describeCall,
  describeCallEnd,
  describeRequest,
  type EndText,
  type TracedCall,
  unreadOperation,
} from './trace-attributes.ts';

/** An HTTP request with operations that begins. */
export type TracedRequest = {
  readonly method: string;
  /** The caller's place in its own trace (W3C Trace Context), known to be valid; `undefined` begins a trace. */
  readonly traceparent: string | undefined;
  /** What came beside it, which may be anything. */
  readonly tracestate: string | null;
  /** When it began, on the clock that never goes back. */
  readonly startedAt: number;
};

/** A span of a call under way. */
export type CallSpan = {
  /** For the header of that name. */
  readonly traceparent: string;
  readonly onStatus: (status: number) => void;
  /** `OK`, `NO_SUCH_CUSTOMER`, `CANCELLED`, or the code of the error. */
  readonly end: (outcome: string) => void;
};

/** A request being traced. */
export type RequestTrace = {
  /** A call goes out for it, or for others that it was first among: also after its own end. */
  readonly startCall: (call: TracedCall) => CallSpan;
  /** It was answered; told once. */
  readonly end: (ends: readonly OperationEnd[]) => void;
};

/** Begins the trace of a request, under its caller's span if there is one. */
export type StartRequestTrace = (request: TracedRequest) => RequestTrace;

/** Milliseconds: since 1970, and of a clock that never goes back. */
export type TraceClocks = { readonly wallNow: () => number; readonly now: () => number };

/**
 * Makes spans with a tracer. All spans of a request tell the time by one reading of both clocks, so that none of them
 * seems to begin before its parent.
 */
export function createSpans(tracer: Tracer, { wallNow, now }: TraceClocks): StartRequestTrace {
  return (request) => {
    const shift = wallNow() - now();
    const moment = () => shift + now();
    const startTime = shift + request.startedAt;
    const span = tracer.startSpan(unreadOperation, { kind: SpanKind.SERVER, startTime }, parentOf(request));
    const parent = trace.setSpan(ROOT_CONTEXT, span);
    return {
      startCall: (call) => startCall(tracer, parent, moment, call),
      end(ends) {
        const text = describeRequest(request.method, ends);
        span.updateName(text.name);
        endSpan(span, text, moment());
      },
    };
  };
}

function startCall(tracer: Tracer, parent: Context, moment: () => number, call: TracedCall): CallSpan {
  const { name, attributes } = describeCall(call);
  const options = { kind: SpanKind.CLIENT, startTime: moment(), attributes };
  const span = tracer.startSpan(name, options, parent);
  let status: number | undefined;
  return {
    traceparent: traceparentOf(span),
    onStatus(told) {
      status = told;
    },
    end: (outcome) => endSpan(span, describeCallEnd(outcome, status), moment()),
  };
}

function endSpan(span: Span, { attributes, isFlawed }: EndText, endTime: number): void {
  span.setAttributes(attributes);
  if (isFlawed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(endTime);
}

function parentOf({ traceparent, tracestate }: TracedRequest): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  const vendors = tracestate === null ? {} : { traceState: createTraceState(tracestate) };
  return trace.setSpanContext(ROOT_CONTEXT, { ...context, ...vendors });
}

/** W3C Trace Context, section 3.2. The span goes on even where it is not sampled: then its flags say so. */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
