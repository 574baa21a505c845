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
 * Cost. A look-up passes through all stretches of a run, which are about as many as its pages. In return nothing is made
 * for each position or entry.
 */
import type { LedgerPage } from '../../upstream/page-request.ts';
import { added, none } from '../small-list.ts';

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

/**
 * What one block says: `length` positions from `start` on have `shown` entries. The rank of every `step`-th boundary is
 * known from it: of all if the block is full or empty, otherwise of its two ends. `rank` is that of `start`.
 */
type Stretch = Omit<Place, 'index'> & {
  readonly step: number;
  /** All entries of the block, or none if only their number is known. */
  readonly entries: Entries;
  rank: number;
};

type Entries = LedgerPage['entries'];

/** A run: its stretches, in the order in which they became known. Where they contradict each other, the first is right. */
export type Run = readonly Stretch[];

/** What is known of one list. `addPage` adds to it, and nothing is ever removed. */
export type KnownList = {
  /**
   * The block in the window's cursor. It is no part of a run, because it may be older than the pages: it says where a window
   * starts in a run, and never how two pages fit together.
   */
  readonly cursorBlock: Run;
  /** The number of positions, by the latest page; undefined before the first page. */
  total: number | undefined;
  /** Whether a page was short. From then on, plans no longer assume that unread blocks are full. */
  hasShortPages: boolean;
  /** Whether pages contradict each other or the cursor's block, because the list has changed. */
  hasChanged: boolean;
  runs: readonly Run[];
};

/** Stands for the end of a list whose total is unknown. Beyond every position, and an integer: V8 boxes Infinity. */
export const noEnd = 2 ** 31 - 1;

/** Starts with the block in the window's cursor, if any. A short block shows that the list has short pages. */
export function createKnownList(place?: Place): KnownList {
  const cursorBlock = place === undefined ? none : [stretchOf(place, none)];
  const hasShortPages = place !== undefined && place.shown !== place.length;
  return { cursorBlock, total: undefined, hasShortPages, hasChanged: false, runs: none };
}

/** Adds a page. Where it begins follows from its own `pageNumber` and `pageSize`, not from those asked for. */
export function addPage(known: KnownList, page: LedgerPage): void {
  const start = page.pageNumber * page.pageSize;
  const total = totalOf(page);
  if (known.total !== undefined && known.total !== total) known.hasChanged = true;
  known.total = total;
  const length = Math.min(page.pageSize, total - start);
  const shown = page.entries.length;
  if (length <= 0) return;
  if (shown !== length) known.hasShortPages = true;
  addRun(known, [stretchOf({ start, length, shown }, page.entries)]);
  if (known.hasShortPages) for (const run of known.runs) checkCursor(known, run);
}

/** Notices if the cursor's block contradicts a run. If all pages and the block are full, it cannot. */
function checkCursor(known: KnownList, run: Run): void {
  const shift = shiftInto(known, run, known.cursorBlock);
  if (shift === undefined) return;
  closedStretches(known, [...run, ...known.cursorBlock.map((block) => ({ ...block, rank: shift }))]);
}

/** The number of positions by one page: its total, or more if the page has entries beyond it. */
export function totalOf({ pageNumber, pageSize, totalEntries, entries }: LedgerPage): number {
  return Math.max(totalEntries, entries.length === 0 ? 0 : pageNumber * pageSize + entries.length);
}

function stretchOf({ start, length, shown }: Omit<Place, 'index'>, entries: Entries): Stretch {
  const step = shown === 0 || shown === length ? 1 : length;
  return { start, length, shown, step, rank: 0, entries };
}

/** The run with the boundary before `position`; otherwise a run that knows nothing. */
export function runAt(known: KnownList, position: number): Run {
  for (const run of known.runs) if (rankAt(run, position) !== undefined) return run;
  return none;
}

/** The rank of the boundary before `position`; undefined if it is unknown. */
export function rankAt(run: Run, position: number): number | undefined {
  for (const { start, length, shown, step, rank } of run) {
    const offset = position - start;
    // Inside an empty block the rank stays, inside a full one it rises with the position.
    if (offset >= 0 && offset <= length && offset % step === 0) return rank + Math.min(offset, shown);
  }
  return undefined;
}

/** The stretch with the entry of a rank; undefined if the entry was not read. */
export function stretchWith(run: Run, rank: number): Stretch | undefined {
  for (const stretch of run)
    if (stretch.rank <= rank && rank < stretch.rank + stretch.entries.length) return stretch;
  return undefined;
}

/**
 * The boundary furthest from `position` whose rank is not beyond `goal`. `position` itself if there is none. Goes right
 * with `direction` 1, left with -1.
 */
export function furthestBoundary(run: Run, position: number, goal: number, direction: 1 | -1): number {
  let furthest = position;
  for (const stretch of run) {
    const boundary = boundaryWithin(stretch, goal, direction === 1);
    if (boundary !== undefined && (boundary - furthest) * direction > 0) furthest = boundary;
  }
  return furthest;
}

/** The same inside one stretch; undefined if all its boundaries are beyond `goal`. */
function boundaryWithin({ start, length, shown, step, rank }: Stretch, goal: number, isRightward: boolean) {
  const ahead = goal - rank;
  if (isRightward ? ahead < 0 : ahead > shown) return undefined;
  // A full block has an entry at every position. Of any other, only the ends come into question.
  if (step === 1 && ahead > 0 && ahead < shown) return start + ahead;
  return (isRightward ? ahead < shown : ahead <= 0) ? start : start + length;
}

/** Whether the entry of `position` was read, or it is known to have none. */
export function isKnownPosition(known: KnownList, position: number): boolean {
  for (const run of known.runs) {
    const before = rankAt(run, position);
    const after = rankAt(run, position + 1);
    if (before === undefined || after === undefined) continue;
    if (before === after || stretchWith(run, before) !== undefined) return true;
  }
  return false;
}

/** Joins a run with every run that it shares a boundary with. */
function addRun(known: KnownList, run: Run): void {
  let joined = run;
  let apart: readonly Run[] = none;
  for (const other of known.runs) {
    const union = joinRuns(known, other, joined);
    if (union === undefined) apart = added(apart, other);
    else joined = union;
  }
  known.runs = apart;
  // After short pages, the ends of a stretch can reveal the boundaries inside it. Another run may share one of these
  // boundaries, so the run is added again.
  const closed = known.hasShortPages ? closedStretches(known, joined) : none;
  if (closed.length > 0) addRun(known, [...joined, ...closed]);
  else known.runs = added(apart, joined);
}

/**
 * Adds `from` to `into` if they share a boundary. If they contradict each other, the list has changed between two answers,
 * and there is no right order. The rank that was known first then stays, so that entries which a client has seen keep their
 * order. @returns undefined if they share none.
 */
function joinRuns(known: KnownList, into: Run, from: Run): Run | undefined {
  const shift = shiftInto(known, into, from);
  if (shift === undefined) return undefined;
  for (const stretch of from) stretch.rank += shift;
  return [...into, ...from];
}

/** What must be added to ranks of `from` to get ranks of `into`; undefined if they share no boundary. */
export function shiftInto(known: KnownList, into: Run, from: Run): number | undefined {
  let shift: number | undefined;
  for (const { start, length, shown, step, rank } of from) {
    for (let offset = 0; offset <= length; offset += step) {
      const rankThere = rankAt(into, start + offset);
      if (rankThere === undefined) continue;
      const difference = rankThere - rank - Math.min(offset, shown);
      shift ??= difference;
      if (difference !== shift) known.hasChanged = true;
    }
  }
  return shift;
}

/**
 * The stretches between neighbouring ends of others where all or none of the positions have an entry, if that was not known
 * before. If there are more entries than positions, or fewer than none, the list has changed between two answers.
 */
function closedStretches(known: KnownList, run: Run): readonly Stretch[] {
  const ends = run
    .flatMap(({ start, length, shown, rank, step }) => [
      { position: start + length, rank: rank + shown, isOpen: true },
      { position: start, rank, isOpen: step > 1 },
    ])
    .sort((a, b) => a.position - b.position || Number(b.isOpen) - Number(a.isOpen));
  const closed: Stretch[] = [];
  for (const [index, { position, rank, isOpen }] of ends.entries()) {
    const next = ends[index + 1];
    if (next === undefined) break;
    const length = next.position - position;
    const shown = next.rank - rank;
    if (shown < 0 || shown > length) known.hasChanged = true;
    const isEven = length > 1 && (shown === 0 || shown === length);
    if (isOpen && isEven && rankAt(run, position + 1) === undefined)
      closed.push({ start: position, length, shown, step: 1, rank, entries: none });
  }
  return known.hasChanged ? none : closed;
}
