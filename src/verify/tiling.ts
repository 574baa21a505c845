/**
 * Whether a page can be a stretch of the list that a row of smaller pages shows. Pure.
 *
 * Between two tiles it is known how many entries stand before (the rank, as in `../ledger/list/known-list.ts`).
 * Inside a tile that came short it is not, but it is bounded: three entries at five positions leave one to three
 * before the third. A page fits if there is a rank within the bounds of both its ends at which its entries are
 * the ones that the tiles show.
 */
import { type Block, endOf, startOf } from '../ledger/list/block.ts';
import type { LedgerEntry } from '../upstream/page-request.ts';
import { areSameEntries, type Sighting } from './sighting.ts';

/** A stretch of positions, `start` up to `end`, exclusive, and the ranks of its two ends. */
type Tile = {
  readonly start: number;
  readonly end: number;
  readonly rankBefore: number;
  readonly rankAfter: number;
};

/** What a row of tiles from position 0 on shows. */
export type Tiling = {
  readonly tiles: readonly Tile[];
  readonly entries: readonly LedgerEntry[];
  /** Positions in the whole list. */
  readonly total: number;
};

/** Lays pages of one limit side by side, from page 0 on up to the first that is missing. */
export function layTiles(sightings: readonly Sighting[], limit: number, total: number): Tiling {
  const tiles: Tile[] = [];
  const entries: LedgerEntry[] = [];
  for (let pageNumber = 0; ; pageNumber += 1) {
    const found = sightings.find(({ block }) => block.limit === limit && block.pageNumber === pageNumber);
    if (found === undefined) return { tiles, entries, total };
    const rankBefore = entries.length;
    entries.push(...found.page.entries);
    const [start, end] = [startOf(found.block), Math.min(endOf(found.block), total)];
    tiles.push({ start, end, rankBefore, rankAfter: entries.length });
  }
}

/** Whether the page can be a stretch of the list that the tiles show. What lies beyond them is only counted. */
export function fitsTiling(tiling: Tiling, { block, page: { entries } }: Sighting): boolean {
  const before = rankBounds(tiling, startOf(block));
  const after = rankBounds(tiling, endOf(block));
  for (let rank = before.low; rank <= before.high; rank += 1) {
    const rankAfter = rank + entries.length;
    const isWithin = after.low <= rankAfter && rankAfter <= after.high;
    if (isWithin && showsFrom(tiling, rank, entries)) return true;
  }
  return false;
}

/** Whether some tile came short and entries follow it: only there could they have been moved. */
export function hasEarlyGap({ tiles, entries }: Tiling): boolean {
  return tiles.some(
    ({ start, end, rankBefore, rankAfter }) =>
      rankAfter - rankBefore < end - start && rankAfter < entries.length,
  );
}

/** The tiles that a block lies across. */
export function tilesUnder({ tiles }: Tiling, block: Block): readonly Tile[] {
  return tiles.filter(({ start, end }) => start < endOf(block) && end > startOf(block));
}

/** How few and how many entries can stand before a position. */
function rankBounds({ tiles, entries, total }: Tiling, unclipped: number): { low: number; high: number } {
  const position = Math.min(unclipped, total);
  const tile = tiles.find(({ start, end }) => start <= position && position <= end);
  if (tile === undefined) {
    const beyond = position - (tiles.at(-1)?.end ?? 0);
    return { low: entries.length, high: entries.length + beyond };
  }
  const { start, end, rankBefore, rankAfter } = tile;
  return {
    low: Math.max(rankBefore, rankAfter - (end - position)),
    high: Math.min(rankAfter, rankBefore + (position - start)),
  };
}

function showsFrom(tiling: Tiling, rank: number, entries: readonly LedgerEntry[]): boolean {
  const known = tiling.entries.slice(rank, rank + entries.length);
  return areSameEntries(known, entries.slice(0, known.length));
}
