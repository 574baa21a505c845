/**
 * Computes the price of a list before the first call: how many upstream calls its windows need if every page is full.
 */
import { endOf, furthestBlock, type Limits } from '../list/block.ts';
import { viewOf } from '../list/list-pages.ts';
import { planBlocks } from '../list/plan.ts';
import { reachOf } from '../list/reach.ts';
import type { Window } from '../list/window.ts';

/**
 * How many totals are tried to find the worst cover of a window at the list's end. Covers repeat with the least common
 * multiple of the limits, which is 2520 for limits up to 10. With larger limits a rare total can cost one call more
 * than the price.
 */
const mostTotalsTried = 2520;
/** Most positions tried for one price, so that even a window of thousands is priced within milliseconds. */
const mostPositionsTried = 500_000;

/** The price of all windows of one list together, at least 1. */
export function priceOf(windows: readonly Window[], limits: Limits): number {
  const reaches = windows
    .filter(({ size }) => size > 0)
    .flatMap((window) => reachOf(viewOf(window), window) ?? []);
  const covered = planBlocks(reaches, limits).calls.length;
  const fromEnd = windows.filter(({ direction, from }) => direction === 'backward' && from === undefined);
  const lastSize = Math.max(0, ...fromEnd.map(({ size }) => size));
  if (lastSize === 0) return Math.max(1, covered);
  // The total must be known first. It comes with the calls of other windows, or else with one call more.
  return Math.max(1, covered) + worstCover(lastSize, limits);
}

const worstCovers = new Map<string, number>();

/**
 * The most blocks that the last `size` positions of a list can need, over all totals. Cached, because sizes and limits
 * are few.
 */
function worstCover(size: number, limits: Limits): number {
  const key = `${size}:${limits.length}:${limits[0]}`;
  const cached = worstCovers.get(key);
  if (cached !== undefined) return cached;
  const totalsTried = Math.min(mostTotalsTried, Math.ceil(mostPositionsTried / size));
  let worst = 0;
  for (let total = size; total < size + totalsTried; total += 1) {
    worst = Math.max(worst, coverLength(total - size, total, limits));
  }
  worstCovers.set(key, worst);
  return worst;
}

/** The fewest blocks that cover the positions from `start` to `end` (exclusive). */
function coverLength(start: number, end: number, limits: Limits): number {
  let count = 0;
  for (let position = start; position < end; count += 1) position = endOf(furthestBlock(position, limits));
  return count;
}
