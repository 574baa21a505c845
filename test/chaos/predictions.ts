/** What each fault is to become, by the promises of the error table: the code that a client is told. Pure. */

import type { ErrorCode } from '../../src/errors.ts';
import type { Call } from '../../src/sandbox/endpoint/call-log.ts';
import type { Fault } from '../../src/sandbox/faults/faults.ts';

/** What a call came to: an answer to the question, or the code that its failure has. */
export type Prediction = 'ANSWERED' | ErrorCode;

/** What a fault does to a call that is not tried again. */
const byFault: Readonly<Record<Exclude<Fault['kind'], 'latency' | 'refusal'>, ErrorCode>> = {
  'rate-limited': 'RATE_LIMITED',
  'server-error': 'UPSTREAM_UNAVAILABLE',
  hang: 'UPSTREAM_TIMEOUT',
  stall: 'UPSTREAM_TIMEOUT',
  'cut-body': 'UPSTREAM_BAD_RESPONSE',
  'cut-json': 'UPSTREAM_BAD_RESPONSE',
  html: 'UPSTREAM_BAD_RESPONSE',
  empty: 'UPSTREAM_BAD_RESPONSE',
  'other-shape': 'UPSTREAM_BAD_RESPONSE',
  oversized: 'UPSTREAM_BAD_RESPONSE',
  redirect: 'UPSTREAM_BAD_RESPONSE',
  reset: 'UPSTREAM_UNAVAILABLE',
  unauthorized: 'UPSTREAM_UNAUTHORIZED',
  forbidden: 'UPSTREAM_UNAUTHORIZED',
};

/** The endpoint's own codes that chaos has it refuse with. */
const byRefusal: Readonly<Record<number, ErrorCode>> = {
  9003: 'UPSTREAM_UNAVAILABLE',
  9005: 'UPSTREAM_REJECTED',
};

/** What a call that the endpoint saw must have come to, by the fault that hit it there. */
export function predict({ fault, status, code }: Pick<Call, 'fault' | 'status' | 'code'>): Prediction {
  if (fault === 'refusal') return byRefusal[code ?? 0] ?? 'UPSTREAM_REJECTED';
  if (fault !== null && fault !== 'latency') return byFault[fault];
  if (status === 401) return 'UPSTREAM_UNAUTHORIZED'; // A token that has ended.
  return status === 429 ? 'RATE_LIMITED' : 'ANSWERED';
}

/** Whether a call that failed so may be followed by another try of the same call. */
export function mayTryAgain(call: Pick<Call, 'fault' | 'status' | 'code'>): boolean {
  const isPassing = ['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED', 'UPSTREAM_UNAUTHORIZED'].includes(predict(call));
  return isPassing || call.fault === 'cut-body';
}
