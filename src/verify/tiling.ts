/**
 * Judges whether a page fits the list that smaller pages, the tiles, show. Pure.
 *
 * The rank of a position is the number of entries before it (as in `../ledger/list/known-list.ts`). It is known between
 * two tiles. Inside a short tile it has bounds: of three entries at five positions, one to three are before the third
 * position. A page fits if its entries are those of the tiles at a rank within the bounds of both its ends.
 */
import { type Block, endOf, startOf } from '../ledger/list/block.ts';
import type { LedgerEntry } from '../upstream/page-request.ts';
import { areSameEntries, type Sighting } from './sighting.ts';

/** Positions from `start` to `end`, exclusive, and the ranks of its two ends. */
type Tile = {
  readonly start: number;
  readonly end: number;
  readonly rankBefore: number;
  readonly rankAfter: number;
};

/** Tiles from position 0 on, and the entries that they show. */
export type Tiling = {
  readonly tiles: readonly Tile[];
  readonly entries: readonly LedgerEntry[];
  /** Positions in the whole list. */
  readonly total: number;
};

/** Puts the pages of one limit side by side, from page 0 up to the first that is missing. */
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

/** Whether the page fits the tiles. Entries beyond the last tile are only counted. */
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

/** Whether a tile is short and entries follow it. Only behind such a tile can entries have moved. */
export function hasEarlyGap({ tiles, entries }: Tiling): boolean {
  return tiles.some(
    ({ start, end, rankBefore, rankAfter }) =>
      rankAfter - rankBefore < end - start && rankAfter < entries.length,
  );
}

/** The tiles that a block overlaps. */
export function tilesUnder({ tiles }: Tiling, block: Block): readonly Tile[] {
  return tiles.filter(({ start, end }) => start < endOf(block) && end > startOf(block));
}

/** The smallest and the largest rank that a position can have. */
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
