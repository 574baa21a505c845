/**
 * How much of a window is known, and which positions it still needs. Pure; `plan.ts` decides what to call for, and
 * `connection.ts` what to show.
 */
import { type KnownList, type Run, runAt } from './known-list.ts';
import { type CursorMark, type Gap, gapOf, type Window } from './window.ts';

/**
 * A stretch that a window still needs: from the boundary `from`, up to which all is known, to the boundary `to`, right
 * or left of it. At `to` the window would be full if every position had an entry.
 */
export type Need = { readonly from: number; readonly to: number };

/**
 * How much of a window is `known`. All ranks are those of `run`; `edge` is the rank of the window's gap. The entries from
 * `shownFrom` up to `shownTo`, exclusive, can be shown already. `right` is the boundary up to which all is known going
 * right from the gap, `left` the mirror image. A window without needs is as full as it can be.
 */
export type Reach = {
  readonly known: KnownList;
  readonly run: Run;
  readonly gap: Gap;
  readonly edge: number;
  readonly shownFrom: number;
  readonly shownTo: number;
  readonly right: Frontier;
  readonly left: Frontier;
  readonly needs: readonly Need[];
};

/** A boundary, its rank, and the rank up to which entries are known without a hole, which can lie beyond it. */
type Frontier = { readonly position: number; readonly rank: number; readonly knownTo: number };

/** The reach of a window; undefined while the window starts at the list's end and the total is unknown. */
export function reachOf(known: KnownList, window: Window): Reach | undefined {
  const gap = windowGap(known, window);
  if (gap === undefined) return undefined;
  const run = runAt(known, gap.position);
  const origin = { run, gap, zero: run.ranks.get(gap.position) ?? 0 };
  return window.direction === 'forward'
    ? reachForward(known, origin, window.size)
    : reachBackward(known, origin, window.size);
}

/** Where a window starts: its gap, and the run in which the boundary at the gap's position has the rank `zero`. */
type Origin = { readonly run: Run; readonly gap: Gap; readonly zero: number };

/** A forward window asks for the `size` entries behind its gap. */
function reachForward(known: KnownList, { run, gap, zero }: Origin, size: number): Reach {
  const low = zero + gap.skip;
  const right = frontierRight(run, gap.position, low);
  const needs = right.knownTo < low + size ? needRight(known, run, right, low + size) : [];
  const left = { position: gap.position, rank: low - gap.skip, knownTo: low };
  const shownTo = Math.min(right.knownTo, low + size);
  return { known, run, gap, edge: low, right, left, needs, shownFrom: low, shownTo };
}

/**
 * A backward window asks for the `size` entries before its gap. The first `skip` entries from the gap's position on are
 * read rightward, because only there a short page can be put in order. The others stand before that position. Nothing
 * can be shown while entries next to the gap are missing.
 */
function reachBackward(known: KnownList, { run, gap, zero }: Origin, size: number): Reach {
  const right = frontierRight(run, gap.position, zero);
  const left = frontierLeft(run, gap.position, zero);
  const rightNeeds = right.knownTo < zero + gap.skip ? needRight(known, run, right, zero + gap.skip) : [];
  // A list that has become shorter may have fewer entries behind the gap's position than the gap skips.
  const edge = rightNeeds.length > 0 ? zero + gap.skip : Math.min(zero + gap.skip, right.knownTo);
  const leftNeeds = left.knownTo > edge - size ? needLeft(run, left, edge - size) : [];
  const shownTo = Math.min(edge, right.knownTo);
  const shownFrom = rightNeeds.length > 0 ? shownTo : Math.max(left.knownTo, shownTo - size);
  return { known, run, gap, edge, right, left, needs: [...rightNeeds, ...leftNeeds], shownFrom, shownTo };
}

/** Where a window starts, clamped to the list; undefined for the list's end while the total is unknown. */
function windowGap(known: KnownList, window: Window): Gap | undefined {
  const end = known.total ?? Number.POSITIVE_INFINITY;
  if (window.from !== undefined) {
    const gap = gapOf(window.from, window.direction);
    if (gap.position >= end) return { position: end, skip: 0 };
    return known.isCursorBelieved ? gap : { ...gap, skip: Math.min(gap.skip, shownNow(known, window.from)) };
  }
  if (window.direction === 'forward') return { position: 0, skip: 0 };
  return known.total === undefined ? undefined : { position: known.total, skip: 0 };
}

/** How many entries the block of an outdated cursor has now; infinity while the block is not read. */
function shownNow(known: KnownList, mark: CursorMark): number {
  if (mark.kind === 'gap') return mark.skip;
  const { start, length } = mark.place;
  const { ranks } = runAt(known, start);
  const end = ranks.get(Math.min(start + length, known.total ?? Number.POSITIVE_INFINITY));
  return end === undefined ? Number.POSITIVE_INFINITY : end - (ranks.get(start) ?? 0);
}

/** Goes right from a boundary, to the last one before which no entry from rank `from` on is missing. */
function frontierRight(run: Run, start: number, from: number): Frontier {
  let knownTo = from;
  while (run.entries.has(knownTo)) knownTo += 1;
  let furthest = { position: start, rank: run.ranks.get(start) ?? 0 };
  for (const [position, rank] of run.ranks) {
    if (position > furthest.position && rank <= knownTo) furthest = { position, rank };
  }
  return { ...furthest, knownTo };
}

/** Goes left from a boundary, to the first one behind which no entry up to rank `from` is missing. */
function frontierLeft(run: Run, start: number, from: number): Frontier {
  let knownTo = from;
  while (run.entries.has(knownTo - 1)) knownTo -= 1;
  let furthest = { position: start, rank: run.ranks.get(start) ?? 0 };
  for (const [position, rank] of run.ranks) {
    if (position < furthest.position && rank >= knownTo) furthest = { position, rank };
  }
  return { ...furthest, knownTo };
}

/** What to read right of a frontier to reach rank `high`, if every unread position has an entry; empty at the list's end. */
function needRight(known: KnownList, run: Run, frontier: Frontier, high: number): Need[] {
  const end = known.total ?? Number.POSITIVE_INFINITY;
  if (frontier.position >= end) return [];
  const further = [...run.ranks]
    .filter(([position]) => position > frontier.position)
    .sort(([a], [b]) => a - b);
  let at = { position: frontier.position, rank: frontier.rank };
  for (const [position, rank] of further) {
    if (rank > high) break;
    at = { position, rank };
  }
  return [{ from: frontier.position, to: Math.min(end, at.position + high - at.rank) }];
}

/** The mirror image, down to rank `low`; empty at position 0. */
function needLeft(run: Run, frontier: Frontier, low: number): Need[] {
  if (frontier.position <= 0) return [];
  const further = [...run.ranks]
    .filter(([position]) => position < frontier.position)
    .sort(([a], [b]) => b - a);
  let at = { position: frontier.position, rank: frontier.rank };
  for (const [position, rank] of further) {
    if (rank < low) break;
    at = { position, rank };
  }
  return [{ from: frontier.position, to: Math.max(0, at.position - (at.rank - low)) }];
}
