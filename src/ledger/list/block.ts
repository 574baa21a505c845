/**
 * The blocks of positions that one call can ask for. Pure arithmetic; knows nothing of what has been read.
 */

/** What one call asks for: `limit` positions from `limit × pageNumber` on. */
export type Block = { readonly limit: number; readonly pageNumber: number };

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
  return bestBlock(position, limits, () => true, reachesFurtherRight) ?? { limit: 1, pageNumber: position };
}

/**
 * Of the blocks that cover `position` and start at an anchored boundary, the one that reaches furthest right. A short
 * page of such a block can be put in order, because all before it is known. The boundary before `position` must be
 * anchored itself.
 */
export function anchoredBlockRight(
  position: number,
  limits: Limits,
  isAnchored: (boundary: number) => boolean,
): Block {
  return anchoredBlock(position, limits, (block) => isAnchored(startOf(block)), reachesFurtherRight);
}

/** The mirror image: the block ends at an anchored boundary and reaches furthest left. */
export function anchoredBlockLeft(
  position: number,
  limits: Limits,
  isAnchored: (boundary: number) => boolean,
): Block {
  return anchoredBlock(position, limits, (block) => isAnchored(endOf(block)), reachesFurtherLeft);
}

/**
 * The best fitting block. No allowed size may fit a cursor from another page size where only whole pages are allowed;
 * then any size will do. Size 1 always fits, so every cursor can go on whatever the sizes are now.
 */
function anchoredBlock(position: number, limits: Limits, fits: Fits, isBetter: IsBetter): Block {
  const allowed = bestBlock(position, limits, fits, isBetter);
  if (allowed !== undefined) return allowed;
  const anyLimits = limitsUpTo(Math.max(...limits), false);
  return bestBlock(position, anyLimits, fits, isBetter) ?? { limit: 1, pageNumber: position };
}

type Fits = (block: Block) => boolean;
type IsBetter = (block: Block, than: Block) => boolean;

function bestBlock(position: number, limits: Limits, fits: Fits, isBetter: IsBetter): Block | undefined {
  let best: Block | undefined;
  for (const limit of limits) {
    const block = { limit, pageNumber: Math.floor(position / limit) };
    // Sizes are tried largest first, so of equals the largest stays.
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
