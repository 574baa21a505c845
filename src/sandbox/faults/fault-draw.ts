/** Decides which of the faults that are switched on hit a call. */

import type { Query } from '../wire/request.ts';
import type { Fault } from './faults.ts';
import { createRandom } from './random.ts';

/** What the scope of a fault can look at. */
export type FaultTarget = {
  readonly endpoint: 'ledger' | 'token';
  readonly query: Query;
  /** The call's `x-request-id`, if it has one. */
  readonly requestId: string | undefined;
};

/** What hits a call: first a wait in milliseconds, then at most one other fault. */
export type Draw = { readonly latencyMs: number; readonly fault: Fault | undefined };

/** The faults of one sandbox. */
export type FaultBox = {
  /** Switches on exactly these. All counts start at 0. */
  readonly set: (faults: readonly Fault[]) => void;
  /** Switches off those faults that are meant, and leaves all others and their counts as they are. */
  readonly remove: (isMeant: (fault: Fault) => boolean) => void;
  /** Switches on one more. */
  readonly add: (fault: Fault) => void;
  /** The faults that are switched on, with the number of calls that each has hit. */
  readonly list: () => { readonly fault: Fault; readonly hits: number }[];
  /** Draws for one call. Latencies add up. Of the other kinds the first that hits is drawn. */
  readonly draw: (target: FaultTarget) => Draw;
};

type Armed = { readonly fault: Fault; readonly random: () => number; matches: number; hits: number };

/** A box without faults. */
export function createFaultBox(): FaultBox {
  let armed: Armed[] = [];
  return {
    set: (faults) => {
      armed = faults.map(arm);
    },
    remove: (isMeant) => {
      armed = armed.filter(({ fault }) => !isMeant(fault));
    },
    add: (fault) => {
      armed.push(arm(fault));
    },
    list: () => armed.map(({ fault, hits }) => ({ fault, hits })),
    draw: (target) => drawFrom(armed, target),
  };
}

/** Draws for one call from faults that are switched on for this call alone. */
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

/** Whether the fault hits this call. Counts the call, unless the fault is spent. */
function isHit(armed: Armed, target: FaultTarget): boolean {
  const { fault } = armed;
  const { skip = 0, every = 1, probability = 1, times = Number.POSITIVE_INFINITY } = fault;
  if (armed.hits >= times || !isInScope(fault, target)) return false;
  armed.matches += 1;
  const count = armed.matches - skip;
  const hit = count > 0 && (count - 1) % every === 0 && armed.random() < probability;
  if (hit) armed.hits += 1;
  return hit;
}

function isInScope(fault: Fault, { endpoint, query, requestId }: FaultTarget): boolean {
  if (fault.onlyFor !== undefined && fault.onlyFor !== requestId) return false;
  const wanted = fault.endpoint ?? 'ledger';
  if (wanted !== 'any' && wanted !== endpoint) return false;
  if (fault.pageNumber !== undefined && fault.pageNumber !== Number(query['offset'] ?? 0)) return false;
  if (fault.identifierValue !== undefined && fault.identifierValue !== query['identifierValue']) return false;
  return Object.entries(fault.query ?? {}).every(([name, value]) =>
    typeof value === 'boolean' ? value === name in query : value === query[name],
  );
}
