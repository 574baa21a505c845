/**
 * What is known of one list from the pages read so far. Knows neither how pages are chosen (`plan.ts`) nor connections
 * (`connection.ts`).
 *
 * Background. A list has positions 0, 1, 2, … `total − 1`, and some of them have no entry. A page has the entries of a
 * block of positions. If it is short, nothing says which positions have no entry.
 *
 * Need. Put the entries of several blocks in one order, each exactly once, although the position of an entry inside a short
 * block is unknown.
 *
 * Trick. Count at the boundaries between positions. The *rank* of a boundary is the number of entries before it. Every
 * block, short or not, says exactly how the ranks of its two ends differ. So blocks that share a boundary form a *run*,
 * in which every boundary and every entry has a rank, counted from the run's own zero. A full or empty block also gives
 * the rank of every boundary inside. Two runs become one as soon as they share a boundary. All entries between two
 * boundaries of a run are known, in order. There is no order between the entries of two runs.
 *
 * Cost. A few map entries for each position, and one pass over the newer run when two runs become one.
 */
import type { LedgerEntry, LedgerPage } from '../../upstream/page-request.ts';

/**
 * Where an entry was read: in the block of `length` positions from `start` on, which had `shown` entries. The entry was
 * number `index` of them, from 0. `length` does not count positions beyond the list: it is 7 if a last page of size 10
 * has 7.
 */
export type Place = {
  readonly start: number;
  readonly length: number;
  readonly shown: number;
  readonly index: number;
};

/** An entry, and where it was first read. */
export type PlacedEntry = { readonly entry: LedgerEntry; readonly place: Place };

/** A run: the ranks of boundaries by position, and the entries by rank. Ranks may be negative. */
export type Run = {
  readonly ranks: Map<number, number>;
  readonly entries: Map<number, PlacedEntry>;
};

/** What is known of one list. `addPage` and `addPlace` add to it, and nothing is ever removed. */
export type KnownList = {
  /** The number of positions, by the latest page; undefined before the first page. */
  total: number | undefined;
  /** Whether a page was short. From then on, plans no longer assume that unread blocks are full. */
  hasShortPages: boolean;
  /** Whether pages contradict each other, because the list changed while it was read. */
  hasChanged: boolean;
  /** Whether the window's cursor still agrees with the pages. */
  isCursorTrusted: boolean;
  runs: Run[];
};

/** Starts with nothing known. */
export function createKnownList(): KnownList {
  return { total: undefined, hasShortPages: false, hasChanged: false, isCursorTrusted: true, runs: [] };
}

/** Adds a page. Where it begins follows from its own `pageNumber` and `pageSize`, not from those asked for. */
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

/** The number of positions by one page: its total, or more if the page has entries beyond it. */
export function totalOf({ pageNumber, pageSize, totalEntries, entries }: LedgerPage): number {
  return Math.max(totalEntries, entries.length === 0 ? 0 : pageNumber * pageSize + entries.length);
}

/** Adds the block that a cursor contains: the ranks of its boundaries, without entries. */
export function addPlace(known: KnownList, place: Omit<Place, 'index'>): void {
  if (place.shown !== place.length) known.hasShortPages = true;
  addRun(known, { ranks: blockRanks(place.start, place.length, place.shown), entries: new Map() });
}

/** The run with the boundary before `position`; otherwise a new run with only that boundary. */
export function runAt(known: KnownList, position: number): Run {
  const found = known.runs.find((run) => run.ranks.has(position));
  return found ?? { ranks: new Map([[position, 0]]), entries: new Map() };
}

/** Whether the entry of `position` was read, or it is known to have none. */
export function isKnownPosition(known: KnownList, position: number): boolean {
  return known.runs.some((run) => {
    const before = run.ranks.get(position);
    const after = run.ranks.get(position + 1);
    if (before === undefined || after === undefined) return false;
    return before === after || run.entries.has(before);
  });
}

/** The ranks in a block, counted from its start: of every boundary if it is full or empty, otherwise of its two ends. */
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
  // After short pages, the ends of a stretch can reveal the boundaries inside it. Another run may share one of these
  // boundaries, so the run is added again.
  if (known.hasShortPages && closeStretches(known, joined)) addRun(known, joined);
  else known.runs.push(joined);
}

/** What must be added to ranks of `other` to get ranks of `run`; undefined if they share no boundary. */
function rankShift(run: Run, other: Run): number | undefined {
  const [small, large, sign] = run.ranks.size < other.ranks.size ? [run, other, 1] : [other, run, -1];
  for (const [position, rank] of small.ranks) {
    const counterpart = large.ranks.get(position);
    if (counterpart !== undefined) return sign * (rank - counterpart);
  }
  return undefined;
}

/**
 * Adds `from` to `into`. If they contradict each other, the list has changed between two answers, and there is no right
 * order. The rank that was known first then stays, so that entries which a client has seen keep their order.
 */
function joinRuns(known: KnownList, into: Run, from: Run, shift: number): Run {
  for (const [position, rank] of from.ranks) {
    const existing = into.ranks.get(position);
    if (existing === undefined) into.ranks.set(position, rank + shift);
    else if (existing !== rank + shift) known.hasChanged = true;
  }
  for (const [rank, placed] of from.entries) {
    if (!into.entries.has(rank + shift)) into.entries.set(rank + shift, placed);
  }
  return into;
}

/**
 * Adds the boundaries inside every stretch between neighbouring boundaries that is empty or full. If a stretch has more
 * entries than positions, or fewer than none, the list has changed between two answers. @returns whether it added any.
 */
function closeStretches(known: KnownList, { ranks }: Run): boolean {
  const sizeBefore = ranks.size;
  const boundaries = [...ranks].sort(([a], [b]) => a - b);
  const stretches = boundaries.slice(1).map(([end, endRank], index) => {
    const [position, rank] = boundaries[index] ?? [end, endRank];
    return { position, rank, length: end - position, count: endRank - rank };
  });
  if (stretches.some(({ length, count }) => count < 0 || count > length)) known.hasChanged = true;
  if (known.hasChanged) return false;
  for (const { position, rank, length, count } of stretches) {
    if (count !== 0 && count !== length) continue;
    for (let step = 1; step < length; step += 1) ranks.set(position + step, count === 0 ? rank : rank + step);
  }
  return ranks.size > sizeBefore;
}
