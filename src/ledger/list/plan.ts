/**
 * Which blocks to ask for next, given what is known: the heart of call economy. Pure; knows nothing of calls,
 * failures or budgets (`read-list.ts`).
 *
 * Background. A call shows one block of `limit` positions from `limit × pageNumber` on, and any limit up to the
 * maximum may be asked for. A window of ten entries that begins at position 7 is two of the fixed pages of ten,
 * but one block of seven and, if more is needed, one of seven or ten.
 *
 * Need. Every window of one list filled with the fewest calls, unread positions taken to hold an entry.
 *
 * Trick. While no page came short, positions are entries, so the task is to cover points on a line by
 * intervals: take the leftmost point, the interval that reaches furthest from there, and so on. That is the
 * minimum for any set of points, so windows that overlap share their calls. The choice never depends on where
 * the list ends, so the first call of the plan can go out alone and bring the total without being in vain.
 * Once a page came short, an entry's place is known only inside a run (`known-list.ts`), so each further block
 * must begin (going backward: end) at a boundary of the window's run. Among those the furthest reach again.
 *
 * Cost. In lists with gaps the exact chain needs a little more than someone who knew the gaps: a tenth, say.
 */
import {
  anchoredBlockLeft,
  anchoredBlockRight,
  type Block,
  blockKey,
  covers,
  endOf,
  furthestBlock,
  type Limits,
  startOf,
} from './block.ts';
import { isKnownPosition } from './known-list.ts';
import type { Need, Reach } from './reach.ts';

/** What to do next for a list: blocks to call for, and blocks under way already that are worth waiting for. */
export type Plan = { readonly calls: readonly Block[]; readonly joins: readonly Block[] };

/**
 * The next calls for a list, if every unread position holds an entry, without repeats. For each window in turn
 * the blocks nearest to where it starts come first, so that a shortage of calls costs its far end.
 * @param underWay blocks that somebody is calling for right now: what they cover is not called for again.
 */
export function planBlocks(reaches: readonly Reach[], limits: Limits, underWay: readonly Block[] = []): Plan {
  const cover = coverBlocks(
    reaches.filter(({ known }) => !known.hasShortPages),
    limits,
    underWay,
  );
  const blocks = reaches.flatMap((reach) =>
    reach.known.hasShortPages
      ? reach.needs.flatMap((need) => chainBlocks({ reach, need, limits, underWay }))
      : reach.needs.flatMap(blocksOutward(cover)),
  );
  const distinct = [...new Map(blocks.map((block) => [blockKey(block), block])).values()];
  const isUnderWay = new Set(underWay.map(blockKey));
  return {
    calls: distinct.filter((block) => !isUnderWay.has(blockKey(block))),
    joins: distinct.filter((block) => isUnderWay.has(blockKey(block))),
  };
}

/** The fewest blocks over all positions that any window needs, besides those under way, which come first. */
function coverBlocks(reaches: readonly Reach[], limits: Limits, underWay: readonly Block[]): Block[] {
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
      const block = underWay.find((other) => covers(other, next)) ?? furthestBlock(next, limits);
      blocks.push(block);
      position = endOf(block);
    }
  }
  return blocks;
}

/** Those of the blocks that serve a need, nearest to its window first. */
function blocksOutward(blocks: readonly Block[]): (need: Need) => Block[] {
  return (need) => {
    const { low, high } = stretchOf(need);
    const serving = blocks.filter((block) => startOf(block) < high && endOf(block) > low);
    return need.from < need.to ? serving : serving.reverse();
  };
}

type Chain = {
  readonly reach: Reach;
  readonly need: Need;
  readonly limits: Limits;
  readonly underWay: readonly Block[];
};

/** Blocks that each can be put in place even if they come short, from the need's frontier outward. */
function chainBlocks({ reach: { known, run }, need: { from, to }, limits, underWay }: Chain): Block[] {
  const end = known.total ?? Number.POSITIVE_INFINITY;
  const isRightward = from < to;
  const blocks: Block[] = [];
  let position = from;
  // A block may end beyond the list: what lies there is known to be nothing.
  const isAnchored = (boundary: number) =>
    boundary === position || run.ranks.has(Math.min(boundary, end)) || (boundary > end && position === end);
  while (isRightward ? position < to : position > to) {
    const next = isRightward ? position : position - 1;
    const joined = underWay.find(
      (block) => covers(block, next) && isAnchored(isRightward ? startOf(block) : endOf(block)),
    );
    const block = joined ?? (isRightward ? anchoredBlockRight : anchoredBlockLeft)(next, limits, isAnchored);
    blocks.push(block);
    position = isRightward ? endOf(block) : startOf(block);
  }
  return blocks;
}

/** The positions of a need, whichever way it grows: from `low` up to `high`, exclusive. */
function stretchOf({ from, to }: Need): { readonly low: number; readonly high: number } {
  return from < to ? { low: from, high: to } : { low: to, high: from };
}
