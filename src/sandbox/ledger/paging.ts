/**
 * Cuts one page out of the positions of a ledger. Pure. A hidden position leaves a hole in its page and
 * never shifts a later one: pages are cut from positions, not from what can be shown.
 */

/** One page. `entries` can be fewer than `pageSize` although more pages follow. */
export type Page<Shown> = {
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly totalEntries: number;
  readonly pageCount: number;
  readonly entries: readonly Shown[];
};

/**
 * The page of positions `limit × offset` … `+ limit − 1`; past the end it is empty. `claimedTotal` is what
 * the answer says instead of the number of positions.
 */
export function cutPage<Shown>(
  positions: readonly (Shown | null)[],
  limit: number,
  offset: number,
  claimedTotal: number = positions.length,
): Page<Shown> {
  const start = limit * offset;
  const shown = positions.slice(start, start + limit).filter((position) => position !== null);
  return {
    pageNumber: offset,
    pageSize: limit,
    totalEntries: claimedTotal,
    pageCount: Math.ceil(claimedTotal / limit),
    entries: shown,
  };
}
