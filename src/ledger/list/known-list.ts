/**
 * What the pages read so far show of one list. Knows nothing of how pages are chosen (`plan.ts`) nor of connections
 * (`connection.ts`).
 *
 * Background. A list has positions 0, 1, 2, … `total − 1`, and some of them have no entry. A page shows the entries of
 * a block of positions. When it comes short, nothing says which positions have no entry.
 *
 * Need. Put the entries of several blocks in one order, without losing or doubling one, though the position of an entry
 * inside a short block cannot be known.
 *
 * Trick. Count at the boundaries between positions. The *rank* of a boundary is the number of entries before it. Every
 * block, short or not, says exactly how the ranks of its two ends differ. So blocks that share a boundary form a *run*,
 * in which every boundary and every entry has a rank relative to the run's own zero. A full block and an empty one also
 * fix every boundary inside. Two runs that come to share a boundary become one. All entries between two boundaries of
 * one run are known, in order. The entries of two runs cannot be put in order, and are not.
 *
 * Cost. A few map entries per position, and one pass over the newer run when two meet.
 */
import type { LedgerEntry, LedgerPage } from '../../upstream/page-request.ts';

/**
 * Where an entry was seen: as number `index` of the `shown` entries of the block of `length` positions that
 * begins at `start`. `length` ends with the list: a last page of 7 of 10 positions has length 7.
 */
export type Place = {
  readonly start: number;
  readonly length: number;
  readonly shown: number;
  readonly index: number;
};

/** An entry and where it was first seen. */
export type PlacedEntry = { readonly entry: LedgerEntry; readonly place: Place };

/** Boundaries by position, and entries by rank, in one known order. Ranks may be negative. */
export type Run = {
  readonly ranks: Map<number, number>;
  readonly entries: Map<number, PlacedEntry>;
};

/** All that is known of one list. It only grows, by `addPage` and `addPlace`. */
export type KnownList = {
  /** Positions in the list, as the latest page counts them; unknown before the first. */
  total: number | undefined;
  /** Whether a block lacked an entry. From then on no unread block is taken to be full. */
  hasShortPages: boolean;
  /** Whether the answers contradict each other, because the list changed while it was read. */
  hasChanged: boolean;
  /** Whether the cursor that the list is read from still fits its pages. */
  isCursorBelieved: boolean;
  runs: Run[];
};

/** A list of which nothing is known. */
export function createKnownList(): KnownList {
  return { total: undefined, hasShortPages: false, hasChanged: false, isCursorBelieved: true, runs: [] };
}

/** Adds one page. Its own `pageNumber × pageSize` says where it begins, whatever was asked for. */
export function addPage(known: KnownList, page: LedgerPage): void {
  const start = page.pageNumber * page.pageSize;
  const shown = page.entries.length;
  const total = totalOf(page);
  if (known.total !== undefined && known.total !== total) known.hasChanged = true;
  known.total = total;
  const length = Math.min(page.pageSize, total - start);
  if (length <= 0) return;
  if (shown !== length) known.hasShortPages = true;
  const run: Run = { ranks: blockRanks(start, length, shown), entries: new Map() };
  page.entries.forEach((entry, index) => {
    run.entries.set(index, { entry, place: { start, length, shown, index } });
  });
  addRun(known, run);
}

/** The length of the list by one page: its total, or more when the page shows an entry beyond it. */
export function totalOf({ pageNumber, pageSize, totalEntries, entries }: LedgerPage): number {
  return Math.max(totalEntries, entries.length === 0 ? 0 : pageNumber * pageSize + entries.length);
}

/** Adds the block that a cursor remembers: the ranks of its boundaries, without the entries. */
export function addPlace(known: KnownList, place: Omit<Place, 'index'>): void {
  if (place.shown !== place.length) known.hasShortPages = true;
  addRun(known, { ranks: blockRanks(place.start, place.length, place.shown), entries: new Map() });
}

/** The run that has the boundary before `position`, or a new one with that boundary alone. */
export function runAt(known: KnownList, position: number): Run {
  const found = known.runs.find((run) => run.ranks.has(position));
  return found ?? { ranks: new Map([[position, 0]]), entries: new Map() };
}

/** Whether `position` is known to have no entry, or its entry was read. */
export function isKnownPosition(known: KnownList, position: number): boolean {
  return known.runs.some((run) => {
    const before = run.ranks.get(position);
    const after = run.ranks.get(position + 1);
    if (before === undefined || after === undefined) return false;
    return before === after || run.entries.has(before);
  });
}

/** The ranks in a block, counted from its start: of all boundaries if it is full or empty, else of its two ends. */
function blockRanks(start: number, length: number, shown: number): Map<number, number> {
  const ranks = new Map<number, number>([[start, 0]]);
  if (shown === length || shown === 0) {
    for (let step = 1; step < length; step += 1) ranks.set(start + step, shown === 0 ? 0 : step);
  }
  return ranks.set(start + length, shown);
}

/** Joins a run with every run that it shares a boundary with. */
function addRun(known: KnownList, added: Run): void {
  let joined = added;
  const apart: Run[] = [];
  for (const run of known.runs) {
    const shift = rankShift(run, joined);
    if (shift === undefined) apart.push(run);
    else joined = joinRuns(known, run, joined, shift);
  }
  known.runs = apart;
  // Only short blocks leave stretches open whose inside follows from their ends. A boundary found that way may be the
  // one at which yet another run joins.
  if (known.hasShortPages && !isRising(joined)) known.hasChanged = true;
  if (known.hasShortPages && !known.hasChanged && closeStretches(joined)) addRun(known, joined);
  else known.runs.push(joined);
}

/** What to add to `other`'s ranks to get `run`'s; undefined when they share no boundary. */
function rankShift(run: Run, other: Run): number | undefined {
  const [small, large, sign] = run.ranks.size < other.ranks.size ? [run, other, 1] : [other, run, -1];
  for (const [position, rank] of small.ranks) {
    const counterpart = large.ranks.get(position);
    if (counterpart !== undefined) return sign * (rank - counterpart);
  }
  return undefined;
}

/**
 * Moves `from` into `into`. Where they contradict each other, the list has changed between two answers, and no right
 * order exists. The rank that was known first stays, so that entries already shown keep their order.
 */
function joinRuns(known: KnownList, into: Run, from: Run, shift: number): Run {
  for (const [position, rank] of from.ranks) {
    const standing = into.ranks.get(position);
    if (standing === undefined) into.ranks.set(position, rank + shift);
    else if (standing !== rank + shift) known.hasChanged = true;
  }
  for (const [rank, placed] of from.entries) {
    if (!into.entries.has(rank + shift)) into.entries.set(rank + shift, placed);
  }
  return into;
}

/** The stretches between neighbouring boundaries: where each begins, at which rank, its length, how many entries it has. */
function stretchesOf({ ranks }: Run) {
  const boundaries = [...ranks].sort(([a], [b]) => a - b);
  return boundaries.slice(1).map(([end, endRank], index) => {
    const [position, rank] = boundaries[index] ?? [end, endRank];
    return { position, rank, length: end - position, count: endRank - rank };
  });
}

/** Whether every position holds one entry or none. If not, the answers are of two states of the list. */
function isRising(run: Run): boolean {
  return stretchesOf(run).every(({ length, count }) => count >= 0 && count <= length);
}

/** Adds the boundaries inside every stretch that must be empty or full. @returns whether it added any. */
function closeStretches(run: Run): boolean {
  const sizeBefore = run.ranks.size;
  for (const { position, rank, length, count } of stretchesOf(run)) {
    if (count !== 0 && count !== length) continue;
    for (let step = 1; step < length; step += 1)
      run.ranks.set(position + step, count === 0 ? rank : rank + step);
  }
  return run.ranks.size > sizeBefore;
}
