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
  blockKey,
  covers,
  endOf,
  furthestBlock,
  type Limits,
  startOf,
} from './block.ts';
import { isKnownPosition, type KnownList } from './known-list.ts';
import { type Need, type Reach, serves } from './reach.ts';

/** The next step for a list: `calls` to make, and blocks of calls in flight to wait for. */
export type Plan = { readonly calls: readonly Block[]; readonly joins: readonly Block[] };

/**
 * Plans the next calls for a list, each block once. Blocks nearest to a window's start come first, so that if calls run
 * out, the window's far end is missing.
 * @param inFlight blocks of calls in flight. No other call is made for what they cover.
 */
export function planBlocks(reaches: readonly Reach[], limits: Limits, inFlight: readonly Block[] = []): Plan {
  const cover = coverBlocks(reaches, limits, inFlight);
  const planned = new Map<string, Block>();
  for (const reach of reaches) {
    for (const need of reach.needs) {
      const blocks = reach.known.hasShortPages
        ? chainBlocks(reach, need, limits, inFlight)
        : blocksOutward(cover, need);
      for (const block of blocks) planned.set(blockKey(block), block);
    }
  }
  const blocks = [...planned.values()];
  const joins = blocks.filter((block) => inFlight.includes(block));
  return { calls: blocks.filter((block) => !inFlight.includes(block)), joins };
}

/** The fewest blocks that cover all positions which windows without short pages need. Uses blocks in flight first. */
function coverBlocks(reaches: readonly Reach[], limits: Limits, inFlight: readonly Block[]): Block[] {
  const stretches: { readonly known: KnownList; readonly need: Need }[] = [];
  for (const { known, needs } of reaches)
    if (!known.hasShortPages) for (const need of needs) stretches.push({ known, need });
  stretches.sort((a, b) => a.need.low - b.need.low);
  const blocks: Block[] = [];
  let position = 0;
  for (const { known, need } of stretches) {
    position = Math.max(position, need.low);
    while (position < need.high) {
      const next = position;
      if (isKnownPosition(known, next)) {
        position += 1;
        continue;
      }
      const block = inFlight.find((other) => covers(other, next)) ?? furthestBlock(next, limits);
      blocks.push(block);
      position = endOf(block);
    }
  }
  return blocks;
}

/** The blocks with positions of a need, nearest to its window first. */
function blocksOutward(blocks: readonly Block[], need: Need): Block[] {
  const serving = blocks.filter((block) => serves(block, need));
  return need.isRightward ? serving : serving.reverse();
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
    boundary === position || run.ranks.has(Math.min(boundary, end)) || (boundary > end && position === end);
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
