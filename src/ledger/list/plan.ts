/**
 * Plans which blocks to ask for next. Pure. Knows neither calls nor failures nor budgets (`read-list.ts`).
 *
 * Background. A call reads one block: `limit` positions from `limit × pageNumber` on, with any limit up to the maximum.
 * A window of ten entries from position 7 on takes two pages of ten. It can also take a block of seven, and a second
 * block only if the list goes on after it.
 *
 * Need. Fill all windows of one list with the fewest calls, on the assumption that every unread position has an entry.
 *
 * Trick. As long as no page was short, positions are entries. So the task is to cover points on a line by intervals:
 * take the leftmost point and the interval that reaches furthest right from it, and repeat. That gives the fewest
 * intervals for any set of points, so windows that overlap share calls. The choice does not depend on where the list
 * ends. So the first call of the plan can go out alone to learn the total, and is never wasted. After a short page,
 * ranks are known only inside a run (`known-list.ts`). So each further block must begin at a boundary of the window's
 * run (end at one, going backward). Among those blocks the plan takes again the one that reaches furthest.
 *
 * Cost. In lists with empty positions, such chains take about a tenth more calls than if these positions were known.
 */

import { added, none } from '../small-list.ts';
import {
  anchoredBlock,
  type Block,
  coveringBlock,
  covers,
  endOf,
  furthestBlock,
  hasBlock,
  type Limits,
  startOf,
} from './block.ts';
import { isKnownPosition, noEnd, rankAt } from './known-list.ts';
import { type OpenWindow, type Side, serves } from './reach.ts';

/**
 * Plans the next blocks of a list, each once. Blocks nearest to a window's start come first, so that if calls run out, the
 * window's far end is missing.
 * @param inFlight blocks of calls in flight. The plan has no other block for what they cover.
 */
export function planBlocks(
  open: readonly OpenWindow[],
  limits: Limits,
  inFlight: readonly Block[] = none,
): readonly Block[] {
  let needs: readonly Side[] = none;
  for (const { reach } of open) for (const need of reach?.needs ?? none) needs = added(needs, need);
  const cover = coverBlocks(needs, limits, inFlight);
  let planned: readonly Block[] = none;
  for (const need of needs) {
    const covering = need.isRightward ? cover : cover.toReversed();
    const blocks = need.known.hasShortPages ? chainBlocks(need, limits, inFlight) : covering;
    for (const block of blocks)
      if (serves(block, need) && !hasBlock(planned, block)) planned = added(planned, block);
  }
  return planned;
}

/** The fewest blocks that cover all positions which windows without short pages need. Uses blocks in flight first. */
function coverBlocks(needs: readonly Side[], limits: Limits, inFlight: readonly Block[]): readonly Block[] {
  let blocks: readonly Block[] = none;
  let position = 0;
  const sorted = needs.length > 1 ? needs.toSorted((a, b) => a.low - b.low) : needs;
  for (const { known, low, high } of sorted) {
    if (known.hasShortPages) continue;
    position = Math.max(position, low);
    while (position < high) {
      const next = position;
      position += 1;
      if (isKnownPosition(known, next)) continue;
      const block = coveringBlock(inFlight, next) ?? furthestBlock(next, limits);
      blocks = added(blocks, block);
      position = endOf(block);
    }
  }
  return blocks;
}

/** Blocks from the need's frontier outward. Each can be put in order even if its page is short. */
function chainBlocks(need: Side, limits: Limits, inFlight: readonly Block[]): Block[] {
  const { known, run, low, high, isRightward } = need;
  const end = known.total ?? noEnd;
  const blocks: Block[] = [];
  let position = isRightward ? low : high;
  // A block may end beyond the list, where there are no entries.
  const isAnchored = (boundary: number) =>
    boundary === position ||
    rankAt(run, Math.min(boundary, end)) !== undefined ||
    (boundary > end && position === end);
  while (isRightward ? position < high : position > low) {
    const next = isRightward ? position : position - 1;
    const joined = inFlight.find(
      (block) => covers(block, next) && isAnchored(isRightward ? startOf(block) : endOf(block)),
    );
    const block = joined ?? anchoredBlock(next, limits, isRightward, isAnchored);
    blocks.push(block);
    position = isRightward ? endOf(block) : startOf(block);
  }
  return blocks;
}
