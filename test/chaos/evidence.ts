/**
 * The evidence that must explain every error: the calls that the sandbox received, and the states that the gateway
 * reported. Also the code that each fault must lead to. Pure.
 */

import type { ErrorCode } from '../../src/errors.ts';
import type { Call } from '../../src/sandbox/endpoint/call-log.ts';
import type { Fault } from '../../src/sandbox/faults/faults.ts';

/** One operation as its visitor saw it. All times are in milliseconds of the same clock. */
export type Seen = {
  readonly requestId: string;
  readonly replica: number;
  /** The question in words, for the report of a finding. */
  readonly asked: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The popular people among those asked for: other visitors share their calls. */
  readonly shareable: readonly string[];
  /** The codes of errors, and of lists that ended early. */
  readonly codes: readonly string[];
  /** Seconds. */
  readonly retryAfters: readonly number[];
  readonly hasLeft: boolean;
};

/** The state that a replica reported at a moment. */
export type Sample = {
  readonly at: number;
  readonly replica: number;
  readonly breaker: string;
  readonly sharing: string;
};

/** The evidence of a run. */
export type Evidence = {
  /** The ledger calls that carried this request id, in order. */
  readonly callsOf: (requestId: string) => readonly Call[];
  readonly callsFor: (mobile: string) => readonly Call[];
  readonly allCalls: readonly Call[];
  readonly tokenCalls: readonly Call[];
  /** The arrival times of all calls, ascending. */
  readonly arrivals: readonly number[];
  readonly samples: readonly Sample[];
};

/** Sorts calls and samples for many lookups. */
export function collectEvidence(
  ledgerCalls: readonly Call[],
  tokenCalls: readonly Call[],
  samples: readonly Sample[],
): Evidence {
  const byId = groupBy(ledgerCalls, ({ headers }) => String(headers['x-request-id']));
  const byMobile = groupBy(ledgerCalls, ({ query }) => String(query['identifierValue']));
  const allCalls = [...ledgerCalls, ...tokenCalls];
  return {
    callsOf: (requestId) => byId.get(requestId) ?? [],
    callsFor: (mobile) => byMobile.get(mobile) ?? [],
    allCalls,
    tokenCalls,
    arrivals: allCalls.map(({ startedAt }) => startedAt).sort((a, b) => a - b),
    samples,
  };
}

/** Whether a call was in flight at some time between two moments. */
export function overlaps({ startedAt, endedAt }: Call, from: number, to: number): boolean {
  return startedAt <= to && (endedAt ?? Number.POSITIVE_INFINITY) >= from;
}

/** All tries of each call: one list for each page and filter. */
export function triesOf(calls: readonly Call[]): readonly (readonly Call[])[] {
  return [...groupBy(calls, ({ rawQuery }) => rawQuery).values()];
}

/** The outcome of a call: that of its last try. */
export function outcomeOf(tries: readonly Call[]): Prediction {
  const last = tries.at(-1);
  return last === undefined ? 'ANSWERED' : predict(last);
}

/** The most arrivals in any span of `spanMs`. */
export function mostWithin(arrivals: readonly number[], spanMs: number): number {
  let first = 0;
  let most = 0;
  arrivals.forEach((moment, index) => {
    while ((arrivals[first] ?? moment) <= moment - spanMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/** The outcome of a call: an answer, or the code of its failure. */
export type Prediction = 'ANSWERED' | ErrorCode;

/** The code of a call that a fault hits, if it is not tried again. */
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

/** The endpoint's own codes that chaos uses. */
const byRefusal: Readonly<Record<number, ErrorCode>> = {
  9003: 'UPSTREAM_UNAVAILABLE',
  9005: 'UPSTREAM_REJECTED',
};

/**
 * The outcome that a call must have, by what the sandbox sent. Two statuses count before any fault: a fault that breaks the
 * body of an answer leaves its status, and nobody reads the body of a 401 or 429.
 */
export function predict({ fault, status, code }: Pick<Call, 'fault' | 'status' | 'code'>): Prediction {
  if (status === 401) return 'UPSTREAM_UNAUTHORIZED';
  if (status === 429) return 'RATE_LIMITED';
  if (fault === 'refusal') return byRefusal[code ?? 0] ?? 'UPSTREAM_REJECTED';
  return fault === null || fault === 'latency' ? 'ANSWERED' : byFault[fault];
}

/** Whether a call that failed like this may be tried again. */
export function mayTryAgain(call: Pick<Call, 'fault' | 'status' | 'code'>): boolean {
  const isPassing = ['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED', 'UPSTREAM_UNAUTHORIZED'].includes(predict(call));
  return isPassing || call.fault === 'cut-body';
}
