/** How much the replicas' memory has grown. Pure. */

import { groupBy } from './evidence.ts';
import type { Holding } from './watch.ts';

/** Until then caches fill and the engine compiles, in milliseconds. */
const warmUpMs = 60_000;
const spanMs = 60_000;

/**
 * For each replica the median of the last minute by the median of the minute after warm-up. Medians, because single
 * readings rise and fall with the garbage collector. Nothing for a run in which the two minutes would overlap.
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
