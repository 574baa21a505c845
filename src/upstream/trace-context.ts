/**
 * The place in a distributed trace that goes upstream with a call: its own where calls are traced, else the caller's.
 * Knows no tracing system.
 */

import type { CallSpan } from './observe.ts';

/**
 * W3C Trace Context, section 3.2: version, trace id, parent id, flags, in lower-case hexadecimal. Ids of nothing
 * but zeros are void, and so is version ff. Later versions may be longer; what is not known is not passed on.
 */
const validTraceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The header that ties a call to the caller's trace; none if the caller sent none that is valid. `tracestate` stays
 * behind: what vendors put there is not ours to hand to a third party (section 6 leaves dropping it to us).
 */
export function traceHeaders(incoming: Headers): Readonly<Record<string, string>> {
  const traceparent = incoming.get('traceparent');
  return traceparent !== null && validTraceparent.test(traceparent) ? { traceparent } : {};
}

/** The header that a call goes out with. One that several requests share belongs to the trace of the one that made it. */
export function callTraceHeaders(
  span: CallSpan | undefined,
  incoming: Headers,
): Readonly<Record<string, string>> {
  return span === undefined ? traceHeaders(incoming) : { traceparent: span.traceparent };
}
