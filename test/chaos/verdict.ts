/** Judges a run after its end: every answer, every error, the budget, the breaker, memory and leftovers. Pure. */

import type { Call } from '../../src/sandbox/endpoint/call-log.ts';
import { collectEvidence, groupBy, mostWithin, predict, type Sample } from './evidence.ts';
import { type Limits, unexplained } from './explain.ts';
import type { Holding } from './replica.ts';
import type { Visit } from './visitor.ts';

/** Everything that a run collected. */
export type Run = {
  readonly visits: readonly Visit[];
  readonly ledgerCalls: readonly Call[];
  readonly tokenCalls: readonly Call[];
  readonly samples: readonly Sample[];
  readonly holdings: readonly Holding[];
  /** What the replicas still held after the run, in words. */
  readonly leftOver: readonly string[];
  /** Unexpected log lines, and log lines with a mobile number. */
  readonly logged: readonly string[];
  /** How the replicas ended. */
  readonly exits: readonly (number | string)[];
  readonly limits: Limits;
};

/** The verdict. The run is good if every list of `findings` is empty. */
export type Verdict = {
  readonly findings: Readonly<Record<Finding, readonly string[]>>;
  readonly operations: Readonly<Record<'whole' | 'ended early' | 'with errors' | 'left', number>>;
  readonly entries: number;
  readonly finished: number;
  /** How often each fault hit, with the code that it leads to. */
  readonly faults: Tally;
  /** How often clients got each code. */
  readonly codes: Tally;
  readonly calls: number;
  /** The most calls in any 60 seconds. */
  readonly mostPerMinute: number;
  readonly breakerOpenings: number;
  readonly aloneSamples: number;
  readonly slowestMs: number;
  /** For each replica: memory at the end divided by memory after warm-up. Empty for a short run. */
  readonly memoryGrowth: readonly number[];
};

export type Tally = Readonly<Record<string, number>>;

/** The promises, in the order of the report. */
export const findingMeanings = {
  balances: 'wrong, lost, doubled or misplaced entries; pages that are wrong about what is left',
  codes: 'errors that no fault explains, too many tries, calls that outlive their client, late answers',
  budget: 'calls beyond the budget',
  breaker: 'breakers that opened without a reason',
  leftovers: 'sockets, timers and descriptors that are left after the run',
  memory: 'memory beyond 1.3 times that after warm-up',
  log: 'faults, stray errors and mobile numbers in the log',
  exits: 'replicas that did not end with 0',
} as const;
type Finding = keyof typeof findingMeanings;

const windowMs = 60_000;
const mostGrowth = 1.3;

/** Judges a run. */
export function judgeRun(run: Run): Verdict {
  const { visits, ledgerCalls, tokenCalls, samples, limits } = run;
  const evidence = collectEvidence(ledgerCalls, tokenCalls, samples);
  const { allCalls, arrivals } = evidence;
  const mostPerMinute = mostWithin(arrivals, windowMs);
  const growth = memoryGrowth(run.holdings);
  return {
    findings: {
      balances: visits.flatMap(({ wrongs, seen }) => wrongs.map((wrong) => `${nameOf(seen)}: ${wrong}`)),
      codes: visits.flatMap(({ seen }) =>
        unexplained(seen, evidence, limits).map((what) => `${nameOf(seen)}: ${what}`),
      ),
      budget: judgeBudget(mostPerMinute, run, limits),
      breaker: unreasonedOpenings(samples, ledgerCalls, replicaOf),
      leftovers: run.leftOver,
      memory: growth.filter((ratio) => ratio > mostGrowth).map((ratio) => `grown to ${ratio.toFixed(2)}`),
      log: run.logged,
      exits: run.exits.filter((exit) => exit !== 0).map((exit) => `ended with ${exit}`),
    },
    operations: countOperations(visits),
    entries: sum(visits.map(({ entries }) => entries)),
    finished: sum(visits.map(({ finished }) => finished)),
    faults: tally(allCalls.flatMap((call) => (call.fault ? [`${call.fault} → ${predict(call)}`] : []))),
    codes: tally(visits.flatMap(({ seen }) => seen.codes)),
    calls: allCalls.length,
    mostPerMinute,
    breakerOpenings: openings(samples).length,
    aloneSamples: samples.filter(({ sharing }) => sharing === 'alone').length,
    slowestMs: Math.max(0, ...visits.map(({ seen }) => seen.endedAt - seen.startedAt)),
    memoryGrowth: growth,
  };
}

function nameOf({ requestId, asked }: Visit['seen']): string {
  return `${requestId} (${asked})`;
}

/** All findings, each with the promise that it breaks. */
export function findingsOf({ findings }: Verdict): readonly string[] {
  return Object.entries(findings).flatMap(([name, list]) => list.map((what) => `${name}: ${what}`));
}

/**
 * The sandbox counts too: neither its count nor ours may exceed the budget, except once per loss of Redis: a replica may have
 * made more calls than its share before, and then the others make theirs (`src/store/shared-budget.ts`, "Cost").
 */
export function judgeBudget(
  most: number,
  run: Pick<Run, 'ledgerCalls' | 'tokenCalls' | 'samples'>,
  { callsPerMinute, replicas }: Limits,
): readonly string[] {
  const calls = [...run.ledgerCalls, ...run.tokenCalls];
  const share = callsPerMinute / replicas;
  const beyondShare = Array.from({ length: replicas }, (_, replica) => {
    const arrivals = run.ledgerCalls
      .filter((call) => replicaOf(call) === replica)
      .map(({ startedAt }) => startedAt);
    return Math.max(0, mostWithin(arrivals, windowMs) - share);
  });
  const losses = lossesOf(run.samples);
  const allowed = callsPerMinute + (losses > 0 ? sum(beyondShare) : 0);
  const refused = calls.filter(({ overLimit }) => overLimit).length;
  return [
    ...(most > allowed ? [`${most} calls within 60 s, ${allowed} allowed`] : []),
    ...(refused > losses * sum(beyondShare) ? [`${refused} calls were refused by the sandbox`] : []),
  ];
}

/** How often Redis was lost, as the first replica saw it. */
function lossesOf(samples: readonly Sample[]): number {
  const seen = samples.filter(({ replica }) => replica === 0).map(({ sharing }) => sharing);
  return seen.filter((sharing, index) => sharing === 'alone' && seen[index - 1] !== 'alone').length;
}

function countOperations(visits: readonly Visit[]): Verdict['operations'] {
  const kinds = visits.map(({ seen, errors }) => {
    if (seen.hasLeft) return 'left';
    if (errors > 0) return 'with errors';
    return seen.codes.length > 0 ? 'ended early' : 'whole';
  });
  return { whole: 0, 'ended early': 0, 'with errors': 0, left: 0, ...tally(kinds) };
}

/** A request id begins with the number of its replica. */
function replicaOf({ headers }: Call): number {
  return Number.parseInt(/^a([\da-f]{3})b/.exec(String(headers['x-request-id']))?.[1] ?? '-1', 16);
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const faultOfUpstream = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_BAD_RESPONSE'];

/** The breaker's window, and how late a sample can see it open, in milliseconds. */
const lookBackMs = 30_000 + 1500;

/** Fewer than the breaker's own ten: the sandbox does not see failed connections. */
const fewestFailures = 4;

/** Openings without enough failures at the sandbox. `replicaOf` returns the replica of a call. */
export function unreasonedOpenings(
  samples: readonly Sample[],
  calls: readonly Call[],
  replicaOf: (call: Call) => number,
): readonly string[] {
  return openings(samples).flatMap(({ at, replica }) => {
    const recent = calls.filter(
      (call) => replicaOf(call) === replica && (call.endedAt ?? at) > at - lookBackMs && call.startedAt <= at,
    );
    const failures = recent.filter((call) => faultOfUpstream.includes(predict(call)));
    return failures.length >= fewestFailures
      ? []
      : [
          `the breaker of replica ${replica} opened after ${failures.length} failures in ${recent.length} calls`,
        ];
  });
}

/** The samples at which a breaker has just opened. */
function openings(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter((sample, index) => {
    const before = samples.slice(0, index).findLast(({ replica }) => replica === sample.replica);
    return sample.breaker !== 'closed' && before?.breaker === 'closed';
  });
}

/** While caches fill and the engine compiles, in milliseconds. */
const warmUpMs = 60_000;
const spanMs = 60_000;

/**
 * For each replica the median of the last minute divided by the median of the minute after warm-up. Single readings
 * rise and fall with the garbage collector. Empty if the two minutes would overlap.
 */
export function memoryGrowth(holdings: readonly Holding[]): readonly number[] {
  const byReplica = groupBy(holdings, ({ replica }) => String(replica));
  return [...byReplica.values()].flatMap((own) => {
    const startedAt = own.at(0)?.at ?? 0;
    const endedAt = own.at(-1)?.at ?? 0;
    if (endedAt - startedAt < warmUpMs + 2 * spanMs) return [];
    const warm = own.filter(({ at }) => at >= startedAt + warmUpMs && at < startedAt + warmUpMs + spanMs);
    const last = own.filter(({ at }) => at >= endedAt - spanMs);
    return [medianMemory(last) / medianMemory(warm)];
  });
}

function medianMemory(holdings: readonly Holding[]): number {
  const sorted = holdings.map(({ memory }) => memory).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
