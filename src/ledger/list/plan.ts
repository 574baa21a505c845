/**
 * Which blocks to ask for next. Pure; knows nothing of calls, failures or budgets (`read-list.ts`).
 *
 * Background. A call shows one block of `limit` positions from `limit × pageNumber` on. It may ask for any limit up to
 * the maximum. A window of ten entries from position 7 on takes two fixed pages of ten. It can also take one block of
 * seven and, if more is needed, one of seven or ten.
 *
 * Need. Fill every window of one list with the fewest calls. Unread positions are taken to hold an entry.
 *
 * Trick. While no page came short, positions are entries, so the task is to cover points on a line by intervals. Take
 * the leftmost point, then the interval that reaches furthest from there, and repeat. That is the minimum for any set of
 * points, so windows that overlap share their calls. The choice never depends on where the list ends. So the first call
 * of the plan can go out alone and bring the total, and is never wasted.
 * Once a page came short, an entry's rank is known only inside a run (`known-list.ts`). So each further block must begin
 * (going backward: end) at a boundary of the window's run. Of those the furthest is taken again.
 *
 * Cost. In lists with gaps the chain takes about a tenth more calls than if the gaps were known.
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
import { isKnownPosition } from './known-list.ts';
import { type Need, type Reach, serves, stretchOf } from './reach.ts';

/** What to do next for a list: blocks to call for, and blocks in flight already that are worth waiting for. */
export type Plan = { readonly calls: readonly Block[]; readonly joins: readonly Block[] };

/**
 * The next calls for a list, without repeats. The blocks nearest to a window's start come first, so that a shortage of
 * calls costs the window's far end.
 * @param inFlight blocks of calls in flight. What they cover is not called for again.
 */
export function planBlocks(reaches: readonly Reach[], limits: Limits, inFlight: readonly Block[] = []): Plan {
  const cover = coverBlocks(
    reaches.filter(({ known }) => !known.hasShortPages),
    limits,
    inFlight,
  );
  const blocks = reaches.flatMap((reach) =>
    reach.known.hasShortPages
      ? reach.needs.flatMap((need) => chainBlocks({ reach, need, limits, inFlight }))
      : reach.needs.flatMap(blocksOutward(cover)),
  );
  const distinct = [...new Map(blocks.map((block) => [blockKey(block), block])).values()];
  const isInFlight = new Set(inFlight.map(blockKey));
  return {
    calls: distinct.filter((block) => !isInFlight.has(blockKey(block))),
    joins: distinct.filter((block) => isInFlight.has(blockKey(block))),
  };
}

/** The fewest blocks over all positions that any window needs. Blocks in flight are used first. */
function coverBlocks(reaches: readonly Reach[], limits: Limits, inFlight: readonly Block[]): Block[] {
  const stretches = reaches
    .flatMap(({ known, needs }) => needs.map((need) => ({ known, ...stretchOf(need) })))
    .sort((a, b) => a.low - b.low);
  const blocks: Block[] = [];
  let position = 0;
  for (const { known, low, high } of stretches) {
    position = Math.max(position, low);
    while (position < high) {
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

/** The blocks that serve a need, nearest to its window first. */
function blocksOutward(blocks: readonly Block[]): (need: Need) => Block[] {
  return (need) => {
    const serving = blocks.filter((block) => serves(block, need));
    return need.from < need.to ? serving : serving.reverse();
  };
}

type Chain = {
  readonly reach: Reach;
  readonly need: Need;
  readonly limits: Limits;
  readonly inFlight: readonly Block[];
};

/** Blocks that can each be put in order even if they come short, from the need's frontier outward. */
function chainBlocks({ reach: { known, run }, need: { from, to }, limits, inFlight }: Chain): Block[] {
  const end = known.total ?? Number.POSITIVE_INFINITY;
  const isRightward = from < to;
  const blocks: Block[] = [];
  let position = from;
  // A block may end beyond the list, where no entry is.
  const isAnchored = (boundary: number) =>
    boundary === position || run.ranks.has(Math.min(boundary, end)) || (boundary > end && position === end);
  while (isRightward ? position < to : position > to) {
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
