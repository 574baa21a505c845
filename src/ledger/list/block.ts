/**
 * The blocks of positions that one call can ask for. Pure arithmetic; knows nothing of what has been read.
 */
import type { LedgerPage } from '../../upstream/page-request.ts';

/** What one call asks for: `limit` positions from `limit × pageNumber` on. */
export type Block = { readonly limit: number; readonly pageNumber: number };

/** The block that a page shows. */
export function blockOf({ pageSize, pageNumber }: LedgerPage): Block {
  return { limit: pageSize, pageNumber };
}

/** The sizes that a call may ask for, largest first; never empty. */
export type Limits = readonly number[];

/**
 * The sizes allowed under a maximum: every one, or whole pages of the maximum only. Every size is the default, because a
 * window that begins inside a page then often costs one call instead of two.
 */
export function limitsUpTo(maxLimit: number, isFixed: boolean): Limits {
  if (isFixed) return [maxLimit];
  return Array.from({ length: maxLimit }, (_, index) => maxLimit - index);
}

/** The sizes allowed after a page came in another size than asked: the upstream's own maximum overrules the settings. */
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

/** Equal for equal blocks: a key for sets and maps. */
export function blockKey(block: Block): string {
  return `${block.limit}:${block.pageNumber}`;
}

/**
 * Of the blocks that cover `position`, the one that reaches furthest right; of equals the largest. Repeated for the
 * leftmost position still uncovered, it covers any set of positions with the fewest blocks, wherever the set ends: the
 * classic greedy cover of points on a line by intervals.
 */
export function furthestBlock(position: number, limits: Limits): Block {
  return bestBlock(position, limits, endOf) ?? { limit: 1, pageNumber: position };
}

/**
 * Going right: of the blocks that cover `position` and start at an anchored boundary, the one that reaches furthest
 * right. A short page of such a block can be put in order, because all before it is known. Going left is the mirror
 * image. The boundary next to `position` must be anchored itself.
 */
export function anchoredBlock(
  position: number,
  limits: Limits,
  isRightward: boolean,
  isAnchored: (boundary: number) => boolean,
): Block {
  const fits = (block: Block) => isAnchored(isRightward ? startOf(block) : endOf(block));
  const reach = (block: Block) => (isRightward ? endOf(block) : -startOf(block));
  const allowed = bestBlock(position, limits, reach, fits);
  if (allowed !== undefined) return allowed;
  // Where only whole pages are allowed, none may fit a cursor from another page size. Then any size will do; 1 always
  // fits, so every cursor can go on whatever the sizes are now.
  const anyLimits = limitsUpTo(Math.max(...limits), false);
  return bestBlock(position, anyLimits, reach, fits) ?? { limit: 1, pageNumber: position };
}

/** Of the fitting blocks that cover `position`, the one with the largest reach; of equals the first, which is the largest. */
function bestBlock(
  position: number,
  limits: Limits,
  reach: (block: Block) => number,
  fits: (block: Block) => boolean = () => true,
): Block | undefined {
  let best: Block | undefined;
  for (const limit of limits) {
    const block = { limit, pageNumber: Math.floor(position / limit) };
    if (fits(block) && (best === undefined || reach(block) > reach(best))) best = block;
  }
  return best;
}
