/**
 * The reach of a window: how much of it is known, and which positions it still needs. Pure. `plan.ts` decides which
 * calls to make, and `connection.ts` which edges to return.
 */
import { type Block, endOf, startOf } from './block.ts';
import {
  added,
  furthestBoundary,
  type KnownList,
  none,
  type Run,
  rankAt,
  runAt,
  stretchWith,
} from './known-list.ts';
import type { ListPages, WindowState } from './list-pages.ts';
import { type CursorMark, type Gap, gapOf, type Window } from './window.ts';

/**
 * A stretch of positions that a window still needs, from `low` to `high` (exclusive). A rightward need begins at the boundary
 * `low`, and everything up to there is known. If every position had an entry, the window would be full at `high`. A leftward
 * need is the mirror image.
 */
export type Need = {
  readonly known: KnownList;
  readonly low: number;
  readonly high: number;
  readonly isRightward: boolean;
};

/**
 * How much of a window is known. All ranks are those of `run`. `edge` is the rank of the gap where the window starts. The
 * entries from `shownFrom` to `shownTo` (exclusive) can be returned already. Everything from the gap right to the boundary
 * `right`, and left to the boundary `left`, is known. A window without needs is as full as it can be.
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

/**
 * A boundary and its rank. `knownTo` is the rank up to which no entry is missing; it may lie beyond the boundary. `step` is 1
 * going right, -1 going left.
 */
type Frontier = {
  readonly position: number;
  readonly rank: number;
  readonly knownTo: number;
  readonly step: 1 | -1;
};

/** A window that still needs entries. The reach may be undefined before the first page. */
export type OpenWindow = { readonly state: WindowState; readonly reach: Reach | undefined };

/** The windows of a list that still need entries and have not ended. */
export function openWindows({ windows, total }: ListPages): OpenWindow[] {
  let open: OpenWindow[] = none;
  for (const state of windows) {
    if (state.ending !== undefined) continue;
    const reach = state.window.size === 0 ? undefined : reachOf(state.known, state.window);
    if (total === undefined || (reach !== undefined && reach.needs.length > 0))
      open = added(open, { state, reach });
  }
  return open;
}

/** The reach of a window; undefined if it starts at the list's end and the total is unknown. */
export function reachOf(known: KnownList, window: Window): Reach | undefined {
  const gap = windowGap(known, window);
  if (gap === undefined) return undefined;
  const run = runAt(known, gap.position);
  const origin: Origin = { known, run, gap, zero: rankAt(run, gap.position) ?? 0 };
  return window.direction === 'forward'
    ? reachForward(origin, window.size)
    : reachBackward(origin, window.size);
}

/** Where a window starts: its gap, and the run with the boundary at the gap's position. `zero` is the boundary's rank. */
type Origin = Pick<Reach, 'known' | 'run' | 'gap'> & { readonly zero: number };

/** The reach of a forward window: the `size` entries after its gap. */
function reachForward(origin: Origin, size: number): Reach {
  const { known, run, gap, zero } = origin;
  const { position, skip } = gap;
  const edge = zero + skip;
  const right = frontierOf(run, position, edge, 1);
  const needs = needBeyond(right, origin, edge + size);
  const left: Frontier = { position, rank: zero, knownTo: edge, step: -1 };
  const shownTo = Math.min(right.knownTo, edge + size);
  return { known, run, gap, edge, right, left, needs, shownFrom: edge, shownTo };
}

/**
 * The reach of a backward window: the `size` entries before its gap. The last of them are the first `skip` entries from
 * the gap's position on. These are read rightward, because otherwise a short page could not be put in order. All others
 * are before that position. While entries next to the gap are missing, nothing can be returned.
 */
function reachBackward(origin: Origin, size: number): Reach {
  const { known, run, gap, zero } = origin;
  const right = frontierOf(run, gap.position, zero, 1);
  const left = frontierOf(run, gap.position, zero, -1);
  const skipped = zero + gap.skip;
  const rightNeeds = needBeyond(right, origin, skipped);
  // If the list has become shorter, it may have fewer entries after the gap's position than the gap skips.
  const edge = rightNeeds.length > 0 ? skipped : Math.min(skipped, right.knownTo);
  const leftNeeds = needBeyond(left, origin, edge - size);
  const shownTo = Math.min(edge, right.knownTo);
  const shownFrom = rightNeeds.length > 0 ? shownTo : Math.max(left.knownTo, shownTo - size);
  return { known, run, gap, edge, right, left, needs: [...rightNeeds, ...leftNeeds], shownFrom, shownTo };
}

/** The gap where a window starts, within the list; undefined if it is the list's end and the total is unknown. */
function windowGap(known: KnownList, window: Window): Gap | undefined {
  const end = known.total ?? Number.POSITIVE_INFINITY;
  if (window.from !== undefined) {
    const gap = gapOf(window.from, window.direction);
    if (gap.position >= end) return { position: end, skip: 0 };
    return known.isCursorTrusted ? gap : { ...gap, skip: Math.min(gap.skip, shownNow(known, window.from)) };
  }
  if (window.direction === 'forward') return { position: 0, skip: 0 };
  return known.total === undefined ? undefined : { position: known.total, skip: 0 };
}

/** How many entries the block of an outdated cursor has now; infinity if it was not read yet. */
function shownNow(known: KnownList, mark: CursorMark): number {
  if (mark.kind === 'gap') return mark.skip;
  const { start, length } = mark.place;
  const run = runAt(known, start);
  const end = rankAt(run, Math.min(start + length, known.total ?? Number.POSITIVE_INFINITY));
  return end === undefined ? Number.POSITIVE_INFINITY : end - (rankAt(run, start) ?? 0);
}

/**
 * Finds the furthest boundary that can be reached from the boundary `start` without a missing entry. Entries count from
 * rank `from` on.
 */
function frontierOf(run: Run, start: number, from: number, step: Frontier['step']): Frontier {
  let knownTo = from;
  for (;;) {
    const stretch = stretchWith(run, step === 1 ? knownTo : knownTo - 1);
    if (stretch === undefined) break;
    knownTo = step === 1 ? stretch.rank + stretch.entries.length : stretch.rank;
  }
  const position = furthestBoundary(run, start, knownTo, step);
  return { position, rank: rankAt(run, position) ?? 0, knownTo, step };
}

/**
 * The need beyond a frontier, to reach the rank `goal` if every unread position has an entry. None if that rank is reached,
 * and none at the list's end.
 */
function needBeyond({ position, knownTo, step }: Frontier, { known, run }: Origin, goal: number): Need[] {
  const end = step === 1 ? (known.total ?? Number.POSITIVE_INFINITY) : 0;
  if ((goal - knownTo) * step <= 0 || (end - position) * step <= 0) return none;
  const at = furthestBoundary(run, position, goal, step);
  const to = at + goal - (rankAt(run, at) ?? 0);
  return step === 1
    ? [{ known, low: position, high: Math.min(end, to), isRightward: true }]
    : [{ known, low: Math.max(end, to), high: position, isRightward: false }];
}

/** Whether a block has a position of the need. */
export function serves(block: Block, { low, high }: Need): boolean {
  return startOf(block) < high && endOf(block) > low;
}
