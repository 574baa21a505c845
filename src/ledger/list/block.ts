/**
 * The blocks of positions that one call can ask for: `limit` positions from `limit × pageNumber` on. Pure
 * arithmetic; knows nothing of what has been read.
 */

/** What one call asks for. */
export type Block = { readonly limit: number; readonly pageNumber: number };

/** The sizes that a call may ask for, largest first; never empty. */
export type Limits = readonly number[];

/**
 * The sizes allowed under a maximum: every one, or whole pages of the maximum only. Any size from 1 on is
 * allowed by default, because a window that begins inside a page is then often one call instead of two.
 */
export function limitsUpTo(maxLimit: number, isFixed: boolean): Limits {
  if (isFixed) return [maxLimit];
  return Array.from({ length: maxLimit }, (_, index) => maxLimit - index);
}

/** An upstream that answers with pages of another size than asked knows its maximum better than the settings. */
export function limitsAfter(limits: Limits, askedLimit: number, pageSize: number): Limits {
  if (pageSize === askedLimit) return limits;
  const smaller = limits.filter((limit) => limit <= pageSize);
  return pageSize > askedLimit || smaller.length === 0 ? [pageSize] : smaller;
}

/** First position of a block. */
export function startOf(block: Block): number {
  return block.limit * block.pageNumber;
}

/** First position after a block. */
export function endOf(block: Block): number {
  return block.limit * (block.pageNumber + 1);
}

/** Whether a position lies in a block. */
export function covers(block: Block, position: number): boolean {
  return startOf(block) <= position && position < endOf(block);
}

/** A name for a block, for sets and maps. */
export function blockKey(block: Block): string {
  return `${block.limit}:${block.pageNumber}`;
}

/**
 * Of the blocks that cover `position`, the one that reaches furthest right; of equals the largest. Taking this
 * one for the leftmost position still uncovered, again and again, covers any set of positions with the fewest
 * blocks, whichever way the set ends: the classic greedy cover of points on a line by intervals.
 */
export function furthestBlock(position: number, limits: Limits): Block {
  return bestBlock(position, limits, () => true, reachesFurtherRight) ?? { limit: 1, pageNumber: position };
}

/**
 * Of the blocks that cover `position` and start at a boundary where `isAnchored` holds, the one that reaches
 * furthest right. A short page of such a block can be put in its place, because what stands before it is
 * known. The boundary before `position` must be anchored itself.
 */
export function anchoredBlockRight(
  position: number,
  limits: Limits,
  isAnchored: (boundary: number) => boolean,
): Block {
  const fits = (block: Block) => isAnchored(startOf(block));
  return (
    bestBlock(position, limits, fits, reachesFurtherRight) ??
    bestBlock(position, otherLimits(limits), fits, reachesFurtherRight) ?? { limit: 1, pageNumber: position }
  );
}

/**
 * The mirror image: the block covers `position`, ends at an anchored boundary and reaches furthest left. The
 * boundary after `position` must be anchored itself.
 */
export function anchoredBlockLeft(
  position: number,
  limits: Limits,
  isAnchored: (boundary: number) => boolean,
): Block {
  const fits = (block: Block) => isAnchored(endOf(block));
  return (
    bestBlock(position, limits, fits, reachesFurtherLeft) ??
    bestBlock(position, otherLimits(limits), fits, reachesFurtherLeft) ?? { limit: 1, pageNumber: position }
  );
}

/** The best of the fitting blocks that cover a position, of equals the largest; none when none fits. */
function bestBlock(
  position: number,
  limits: Limits,
  fits: (block: Block) => boolean,
  isBetter: (block: Block, than: Block) => boolean,
): Block | undefined {
  let best: Block | undefined;
  for (const limit of limits) {
    const block = { limit, pageNumber: Math.floor(position / limit) };
    if (fits(block) && (best === undefined || isBetter(block, best))) best = block;
  }
  return best;
}

function reachesFurtherRight(block: Block, than: Block): boolean {
  return endOf(block) > endOf(than);
}

function reachesFurtherLeft(block: Block, than: Block): boolean {
  return startOf(block) < startOf(than);
}

/**
 * Every size, for when no allowed one fits: whole pages only, and a cursor from another page size. Size 1
 * always fits, so that every cursor can go on whatever the sizes are now.
 */
function otherLimits(limits: Limits): Limits {
  return limitsUpTo(Math.max(...limits), false);
}
