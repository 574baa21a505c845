/**
 * What was seen while an operation ran: the calls at the endpoint's door, and how the gateway said it was. By it every
 * error must be explained. Pure once collected.
 */
import type { Call } from '../../src/sandbox/endpoint/call-log.ts';
import { type Prediction, predict } from './predictions.ts';

/** One operation as its visitor saw it. Times are in milliseconds of the one clock that all of chaos goes by. */
export type Seen = {
  readonly requestId: string;
  readonly replica: number;
  /** What was asked for, in words, for whoever has to find out about a finding. */
  readonly asked: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The people asked for whom others ask for too, so that calls are shared with them. */
  readonly shareable: readonly string[];
  /** The codes told: of errors, and of lists that ended early. */
  readonly codes: readonly string[];
  /** Seconds. */
  readonly retryAfters: readonly number[];
  readonly hasLeft: boolean;
};

/** How a replica said it was, at a moment. */
export type Sample = {
  readonly at: number;
  readonly replica: number;
  readonly breaker: string;
  readonly sharing: string;
};

/** All that is known. */
export type Evidence = {
  /** The ledger calls that carried this request id, in order. */
  readonly callsOf: (requestId: string) => readonly Call[];
  readonly callsFor: (mobile: string) => readonly Call[];
  readonly allCalls: readonly Call[];
  readonly tokenCalls: readonly Call[];
  /** When calls of any kind came, ascending. */
  readonly arrivals: readonly number[];
  readonly samples: readonly Sample[];
};

/** Sorts what the door and the samples say, for many lookups. */
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

/** Whether a call was under way at some time between two moments. */
export function overlaps({ startedAt, endedAt }: Call, from: number, to: number): boolean {
  return startedAt <= to && (endedAt ?? Number.POSITIVE_INFINITY) >= from;
}

/** All tries of each call that went out: one list for each page and filter. */
export function triesOf(calls: readonly Call[]): readonly (readonly Call[])[] {
  return [...groupBy(calls, ({ rawQuery }) => rawQuery).values()];
}

/** What a call came to in the end, by its last try. */
export function outcomeOf(tries: readonly Call[]): Prediction {
  const last = tries.at(-1);
  return last === undefined ? 'ANSWERED' : predict(last);
}

/** The most arrivals in any span of so many milliseconds. */
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
