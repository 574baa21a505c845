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
import {
  anchoredBlock,
  type Block,
  covers,
  endOf,
  furthestBlock,
  hasBlock,
  type Limits,
  startOf,
} from './block.ts';
import { added, isKnownPosition, none, rankAt } from './known-list.ts';
import { type Need, type OpenWindow, type Reach, serves } from './reach.ts';

/**
 * Plans the next blocks of a list, each once. Blocks nearest to a window's start come first, so that if calls run out, the
 * window's far end is missing.
 * @param inFlight blocks of calls in flight. The plan has no other block for what they cover.
 */
export function planBlocks(
  open: readonly Open[],
  limits: Limits,
  inFlight: readonly Block[] = none,
): Block[] {
  const cover = coverBlocks(open, limits, inFlight);
  let planned: Block[] = none;
  for (const { reach } of open) {
    for (const need of reach?.needs ?? none) {
      const blocks = reach?.known.hasShortPages
        ? chainBlocks(reach, need, limits, inFlight)
        : outward(cover, need);
      for (const block of blocks)
        if (serves(block, need) && !hasBlock(planned, block)) planned = added(planned, block);
    }
  }
  return planned;
}

/** The reach of a window is undefined before the first page if it starts at the list's end. */
type Open = Pick<OpenWindow, 'reach'>;

/** The fewest blocks that cover all positions which windows without short pages need. Uses blocks in flight first. */
function coverBlocks(open: readonly Open[], limits: Limits, inFlight: readonly Block[]): Block[] {
  let needs: Need[] = none;
  for (const { reach } of open)
    if (!reach?.known.hasShortPages) for (const need of reach?.needs ?? none) needs = added(needs, need);
  needs.sort((a, b) => a.low - b.low);
  let blocks: Block[] = none;
  let position = 0;
  for (const { known, low, high } of needs) {
    position = Math.max(position, low);
    while (position < high) {
      const next = position;
      if (isKnownPosition(known, next)) {
        position += 1;
        continue;
      }
      const block = inFlight.find((other) => covers(other, next)) ?? furthestBlock(next, limits);
      blocks = added(blocks, block);
      position = endOf(block);
    }
  }
  return blocks;
}

/** Blocks in the order in which a need goes. */
function outward(blocks: readonly Block[], { isRightward }: Need): readonly Block[] {
  return isRightward ? blocks : blocks.toReversed();
}

/** Blocks from the need's frontier outward. Each can be put in order even if its page is short. */
function chainBlocks(reach: Reach, need: Need, limits: Limits, inFlight: readonly Block[]): Block[] {
  const { known, run } = reach;
  const end = known.total ?? Number.POSITIVE_INFINITY;
  const { low, high, isRightward } = need;
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
