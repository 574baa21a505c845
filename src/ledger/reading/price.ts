/**
 * The price of one list: the upstream calls that its windows need if every page is full. Known before the first call.
 */
import { endOf, furthestBlock, type Limits } from '../list/block.ts';
import { viewOf } from '../list/list-pages.ts';
import { planBlocks } from '../list/plan.ts';
import { reachOf } from '../list/reach.ts';
import type { Window } from '../list/window.ts';

/**
 * Totals that are tried to find the worst cover of a last window. Covers repeat with the least common multiple of the
 * limits, which for limits up to 10 is 2520. With larger limits a rare total can cost one call more than found here.
 */
const mostTotalsTried = 2520;
/** Positions tried for one price at most, so that a window of thousands is priced in milliseconds too. */
const mostPositionsTried = 500_000;

/** The price of all windows of one list together. At least one. */
export function priceOf(windows: readonly Window[], limits: Limits): number {
  const reaches = windows
    .filter(({ size }) => size > 0)
    .flatMap((window) => reachOf(viewOf(window), window) ?? []);
  const covered = planBlocks(reaches, limits).calls.length;
  const fromEnd = windows.filter(({ direction, from }) => direction === 'backward' && from === undefined);
  const lastSize = Math.max(0, ...fromEnd.map(({ size }) => size));
  if (lastSize === 0) return Math.max(1, covered);
  // One call brings the total, unless another window's call does.
  return Math.max(1, covered) + worstCover(lastSize, limits);
}

const worstCovers = new Map<string, number>();

/** The most blocks that the last `size` positions of any list can take. Remembered, for sizes and limits are few. */
function worstCover(size: number, limits: Limits): number {
  const key = `${size}:${limits.length}:${limits[0]}`;
  const remembered = worstCovers.get(key);
  if (remembered !== undefined) return remembered;
  const totalsTried = Math.min(mostTotalsTried, Math.ceil(mostPositionsTried / size));
  let worst = 0;
  for (let total = size; total < size + totalsTried; total += 1) {
    worst = Math.max(worst, coverLength(total - size, total, limits));
  }
  worstCovers.set(key, worst);
  return worst;
}

/** The fewest blocks that cover the positions from `start` up to `end`. */
function coverLength(start: number, end: number, limits: Limits): number {
  let count = 0;
  for (let position = start; position < end; count += 1) position = endOf(furthestBlock(position, limits));
  return count;
}
