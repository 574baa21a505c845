/**
 * Blocks: the positions that one call asks for. Pure arithmetic. Knows nothing of pages that were read.
 */
import type { LedgerPage } from '../../upstream/page-request.ts';

/** The positions that one call asks for: `limit` of them, from `limit × pageNumber` on. */
export type Block = { readonly limit: number; readonly pageNumber: number };

/** The block that a page shows. */
export function blockOf({ pageSize, pageNumber }: LedgerPage): Block {
  return { limit: pageSize, pageNumber };
}

/** The sizes that a call may ask for, largest first; never empty. */
export type Limits = readonly number[];

/**
 * The allowed sizes: every one up to `maxLimit`, or only `maxLimit` if `isFixed`. Every size is the default, because a
 * window that begins inside a page then often costs one call instead of two.
 */
export function limitsUpTo(maxLimit: number, isFixed: boolean): Limits {
  if (isFixed) return [maxLimit];
  return Array.from({ length: maxLimit }, (_, index) => maxLimit - index);
}

/** The allowed sizes after a page. If it has another size than asked, its size counts as the upstream's maximum. */
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

/** Whether two blocks have the same positions by the same limit. */
export function isSameBlock(one: Block, other: Block): boolean {
  return one.limit === other.limit && one.pageNumber === other.pageNumber;
}

/** Whether a list has this block. */
export function hasBlock(blocks: readonly Block[], block: Block): boolean {
  for (const other of blocks) if (isSameBlock(other, block)) return true;
  return false;
}

/** The first block that covers a position, if any. */
export function coveringBlock(blocks: readonly Block[], position: number): Block | undefined {
  for (const block of blocks) if (covers(block, position)) return block;
  return undefined;
}

/** Equal for equal blocks: a key for sets and maps. */
export function blockKey(block: Block): string {
  return `${block.limit}:${block.pageNumber}`;
}

/**
 * The block over `position` that reaches furthest right; the largest one if several do. Taking it again and again for the
 * leftmost uncovered position covers any set of positions with the fewest blocks: the classic greedy cover of points on a
 * line by intervals. Where the set ends does not matter.
 */
export function furthestBlock(position: number, limits: Limits): Block {
  let best = blockOver(position, limits[0] ?? 1);
  for (const limit of limits) {
    if (endOf(best) >= position + limit) break; // No smaller block reaches further.
    const block = blockOver(position, limit);
    if (endOf(block) > endOf(best)) best = block;
  }
  return best;
}

function blockOver(position: number, limit: number): Block {
  return { limit, pageNumber: Math.floor(position / limit) };
}

/**
 * Going right: the block over `position` that reaches furthest right, among those that start at an anchored boundary.
 * Even if its page is short, its entries can be put in order, because all entries before it are known. Going left is
 * the mirror image. The boundary next to `position` must be anchored.
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
  // If only one size is allowed, no block may fit a cursor from the time of another page size. Then any size is allowed. A
  // block of 1 always fits, so reading can go on from every cursor.
  const anyLimits = limitsUpTo(Math.max(...limits), false);
  return bestBlock(position, anyLimits, reach, fits) ?? { limit: 1, pageNumber: position };
}

/** The fitting block over `position` with the largest reach; the largest block if several have it. */
function bestBlock(
  position: number,
  limits: Limits,
  reach: (block: Block) => number,
  fits: (block: Block) => boolean,
): Block | undefined {
  let best: Block | undefined;
  for (const limit of limits) {
    const block = blockOver(position, limit);
    if (fits(block) && (best === undefined || reach(block) > reach(best))) best = block;
  }
  return best;
}
