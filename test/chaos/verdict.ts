/** Judges a run when it is over: every answer, every error, the budget, and what the replicas are left with. Pure. */

import type { Call } from '../../src/sandbox/endpoint/call-log.ts';
import { openings, unreasonedOpenings } from './breaker-watch.ts';
import { collectEvidence, mostWithin, type Sample } from './evidence.ts';
import { type Limits, unexplained } from './explain.ts';
import { memoryGrowth } from './memory.ts';
import { predict } from './predictions.ts';
import type { Visit } from './visitor.ts';
import type { Holding } from './watch.ts';

/** Everything that was collected. */
export type Run = {
  readonly visits: readonly Visit[];
  readonly ledgerCalls: readonly Call[];
  readonly tokenCalls: readonly Call[];
  readonly samples: readonly Sample[];
  readonly holdings: readonly Holding[];
  /** What the replicas still held when all was over, in words. */
  readonly leftOver: readonly string[];
  /** Log lines that should not be, and log lines that name somebody. */
  readonly logged: readonly string[];
  /** How the replicas ended. */
  readonly exits: readonly (number | string)[];
  readonly limits: Limits;
};

/** What the report tells. Nothing is wrong when every list of `findings` is empty. */
export type Verdict = {
  readonly findings: Readonly<Record<Finding, readonly string[]>>;
  readonly operations: Readonly<Record<'whole' | 'ended early' | 'with errors' | 'left', number>>;
  readonly entries: number;
  readonly finished: number;
  /** How often each fault hit, under the code that it predicts. */
  readonly faults: Tally;
  /** How often each code was told. */
  readonly codes: Tally;
  readonly calls: number;
  /** The most calls in any 60 seconds. */
  readonly mostPerMinute: number;
  readonly breakerOpenings: number;
  readonly aloneSamples: number;
  readonly slowestMs: number;
  /** By replica: memory at the end by memory after warm-up; none for a run too short to tell. */
  readonly memoryGrowth: readonly number[];
};

export type Tally = Readonly<Record<string, number>>;

/** The promises, in the order of the report. */
export const findingMeanings = {
  balances: 'wrong, lost, doubled or misplaced entries; pages that speak untruly of what is left',
  codes: 'errors that no fault predicts, tries too many, calls that outlive their client, answers too late',
  budget: 'calls at the door beyond the budget',
  breaker: 'breakers that opened without a reason',
  leftovers: 'sockets, timers and descriptors left when all was over',
  memory: 'memory beyond 1.3 times that after warm-up',
  log: 'faults, stray errors and names of persons in the log',
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
      budget: judgeBudget(mostPerMinute, allCalls, limits),
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

/** Everything found, with the promise that it breaks. */
export function findingsOf({ findings }: Verdict): readonly string[] {
  return Object.entries(findings).flatMap(([name, list]) => list.map((what) => `${name}: ${what}`));
}

/** The door's own count and ours must agree that nobody went beyond. */
function judgeBudget(most: number, calls: readonly Call[], { callsPerMinute }: Limits): readonly string[] {
  const refused = calls.filter(({ overLimit }) => overLimit).length;
  return [
    ...(most > callsPerMinute ? [`${most} calls within 60 s, ${callsPerMinute} allowed`] : []),
    ...(refused > 0 ? [`${refused} calls were refused at the door`] : []),
  ];
}

function countOperations(visits: readonly Visit[]): Verdict['operations'] {
  const kinds = visits.map(({ seen, errors }) => {
    if (seen.hasLeft) return 'left';
    if (errors > 0) return 'with errors';
    return seen.codes.length > 0 ? 'ended early' : 'whole';
  });
  return { whole: 0, 'ended early': 0, 'with errors': 0, left: 0, ...tally(kinds) };
}

/** Request ids begin with the replica that they were sent to. */
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
