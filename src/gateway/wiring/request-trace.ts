/** From an HTTP request to its place in a trace. Knows neither spans nor what is traced. */

import type { RequestTrace, StartRequestTrace } from '../../telemetry/trace-spans.ts';
import { traceHeaders } from '../../upstream/trace-context.ts';

/** Begins the request's trace at a moment of the clock that never goes back; nothing where nothing is traced. */
export function traceStarter(
  start: StartRequestTrace | undefined,
  { method, headers }: Request,
): ((startedAt: number) => RequestTrace) | undefined {
  if (start === undefined) return undefined;
  return (startedAt) => {
    const { traceparent } = traceHeaders(headers);
    return start({ method, startedAt, traceparent, tracestate: headers.get('tracestate') });
  };
}
