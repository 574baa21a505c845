/** Decides which of the faults that are switched on hit a call. Knows nothing of what they then do. */

import type { Query } from '../ledger/question.ts';
import type { Fault } from './faults.ts';
import { createRandom } from './random.ts';

/** What of a call faults can be limited by. */
export type FaultTarget = { readonly endpoint: 'ledger' | 'token'; readonly query: Query };

/** What hits a call: a wait before anything else, in milliseconds, and at most one other fault. */
export type Draw = { readonly latencyMs: number; readonly fault: Fault | undefined };

/** The faults of one sandbox. */
export type FaultBox = {
  /** Switches on exactly these; all counting starts anew. */
  readonly set: (faults: readonly Fault[]) => void;
  /** Switches on one more. */
  readonly add: (fault: Fault) => void;
  /** What is switched on, with the number of calls that each has hit. */
  readonly list: () => { readonly fault: Fault; readonly hits: number }[];
  /** Draws for one call: latencies add up, and of the other kinds the first that hits is the one. */
  readonly draw: (target: FaultTarget) => Draw;
};

type Armed = { readonly fault: Fault; readonly random: () => number; matches: number; hits: number };

/** A box with no fault switched on. */
export function createFaultBox(): FaultBox {
  let armed: Armed[] = [];
  return {
    set: (faults) => {
      armed = faults.map(arm);
    },
    add: (fault) => {
      armed.push(arm(fault));
    },
    list: () => armed.map(({ fault, hits }) => ({ fault, hits })),
    draw: (target) => drawFrom(armed, target),
  };
}

/** Draws as if `faults` had been switched on just now, for this one call. */
export function drawOnce(faults: readonly Fault[], target: FaultTarget): Draw {
  return drawFrom(faults.map(arm), target);
}

function arm(fault: Fault): Armed {
  return { fault, random: createRandom(fault.seed ?? 1), matches: 0, hits: 0 };
}

function drawFrom(armed: readonly Armed[], target: FaultTarget): Draw {
  let latencyMs = 0;
  for (const candidate of armed) {
    if (!isHit(candidate, target)) continue;
    if (candidate.fault.kind !== 'latency') return { latencyMs, fault: candidate.fault };
    latencyMs += candidate.fault.ms;
  }
  return { latencyMs, fault: undefined };
}

/** Counts the call for the fault as it judges: a spent fault takes no part any more. */
function isHit(armed: Armed, target: FaultTarget): boolean {
  const { fault } = armed;
  const { skip = 0, every = 1, probability = 1, times = Number.POSITIVE_INFINITY } = fault;
  if (armed.hits >= times || !isInScope(fault, target)) return false;
  armed.matches += 1;
  const turn = armed.matches - skip;
  const hit = turn > 0 && (turn - 1) % every === 0 && armed.random() < probability;
  if (hit) armed.hits += 1;
  return hit;
}

function isInScope(fault: Fault, { endpoint, query }: FaultTarget): boolean {
  const wanted = fault.endpoint ?? 'ledger';
  if (wanted !== 'any' && wanted !== endpoint) return false;
  if (fault.pageNumber !== undefined && fault.pageNumber !== Number(query['offset'] ?? 0)) return false;
  if (fault.identifierValue !== undefined && fault.identifierValue !== query['identifierValue']) return false;
  return Object.entries(fault.query ?? {}).every(([name, value]) =>
    typeof value === 'boolean' ? value === name in query : value === query[name],
  );
}
