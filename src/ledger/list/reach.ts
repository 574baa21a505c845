/**
 * The reach of a window: how much of it is known, and which positions it still needs. Pure. `plan.ts` decides which
 * calls to make, and `connection.ts` which edges to return.
 */
import { added, none } from '../small-list.ts';
import { type Block, endOf, startOf } from './block.ts';
import {
  furthestBoundary,
  type KnownList,
  noEnd,
  type Run,
  rankAt,
  runAt,
  shiftInto,
  stretchWith,
} from './known-list.ts';
import type { ListPages, WindowState } from './list-pages.ts';
import { type CursorMark, type Gap, gapOf, type Window } from './window.ts';

/**
 * One side of a window's gap. Everything from the gap to the boundary `position` is known. `rank` is that of the boundary.
 * `knownTo` is the rank up to which no entry is missing; it may lie beyond. The window still needs the positions from `low`
 * to `high` (exclusive), if there are any: they begin at the boundary, and if each had an entry, the window would be full.
 */
export type Side = {
  readonly known: KnownList;
  readonly run: Run;
  readonly isRightward: boolean;
  readonly position: number;
  readonly rank: number;
  readonly knownTo: number;
  readonly low: number;
  readonly high: number;
};

/**
 * How much of a window is known. All ranks are those of `run`. `edge` is the rank of the gap where the window starts. The
 * entries from `shownFrom` to `shownTo` (exclusive) can be returned already. `next` is the side to go on with. `needs` are the
 * sides that need positions. A window without needs is as full as it can be.
 */
export type Reach = {
  readonly run: Run;
  readonly gap: Gap;
  readonly edge: number;
  readonly shownFrom: number;
  readonly shownTo: number;
  readonly next: Side;
  readonly needs: readonly Side[];
};

/** A window that still needs entries. The reach may be undefined before the first page. */
export type OpenWindow = { readonly state: WindowState; readonly reach: Reach | undefined };

/** The windows of a list that still need entries and have not ended. */
export function openWindows({ windows, total }: ListPages): readonly OpenWindow[] {
  let open: readonly OpenWindow[] = none;
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
  const origin = originOf(known, gap);
  return window.direction === 'forward'
    ? reachForward(origin, window.size)
    : reachBackward(origin, window.size);
}

/** Where a window starts: its gap, and the rank `zero` of the boundary at the gap's position. */
type Origin = Pick<Side, 'known' | 'run'> & Pick<Reach, 'gap'> & { readonly zero: number };

/**
 * If no page has a boundary at the gap's position, the cursor's block may say which entries of a page are before it. Not if
 * the list has changed: then reading starts anew at the gap's position.
 */
function originOf(known: KnownList, gap: Gap): Origin {
  const run = runAt(known, gap.position);
  const zero = rankAt(run, gap.position);
  if (zero !== undefined) return { known, run, gap, zero };
  const rank = known.hasChanged ? undefined : rankAt(known.cursorBlock, gap.position);
  if (rank !== undefined)
    for (const other of known.runs) {
      const shift = shiftInto(known, other, known.cursorBlock);
      if (shift !== undefined) return { known, run: other, gap, zero: rank + shift };
    }
  return { known, run, gap, zero: 0 };
}

/** The reach of a forward window: the `size` entries after its gap. */
function reachForward(origin: Origin, size: number): Reach {
  const { run, gap, zero } = origin;
  const edge = zero + gap.skip;
  const next = sideOf(origin, edge, edge + size, 1);
  const shownTo = Math.min(next.knownTo, edge + size);
  return { run, gap, edge, shownFrom: edge, shownTo, next, needs: isNeeded(next) ? [next] : none };
}

/**
 * The reach of a backward window: the `size` entries before its gap. The last of them are the first `skip` entries from
 * the gap's position on. These are read rightward, because otherwise a short page could not be put in order. All others
 * are before that position. While entries next to the gap are missing, nothing can be returned.
 */
function reachBackward(origin: Origin, size: number): Reach {
  const { run, gap, zero } = origin;
  const skipped = zero + gap.skip;
  const right = sideOf(origin, zero, skipped, 1);
  // If the list has become shorter, it may have fewer entries after the gap's position than the gap skips.
  const edge = isNeeded(right) ? skipped : Math.min(skipped, right.knownTo);
  const left = sideOf(origin, zero, edge - size, -1);
  const shownTo = Math.min(edge, right.knownTo);
  const shownFrom = isNeeded(right) ? shownTo : Math.max(left.knownTo, shownTo - size);
  const next = isNeeded(right) ? right : left;
  return { run, gap, edge, shownFrom, shownTo, next, needs: [right, left].filter(isNeeded) };
}

function isNeeded({ low, high }: Side): boolean {
  return low < high;
}

/** The gap where a window starts, within the list; undefined if it is the list's end and the total is unknown. */
function windowGap(known: KnownList, window: Window): Gap | undefined {
  const end = known.total ?? noEnd;
  if (window.from !== undefined) {
    const gap = gapOf(window.from, window.direction);
    if (gap.position >= end) return { position: end, skip: 0 };
    return { ...gap, skip: Math.min(gap.skip, shownNow(known, window.from)) };
  }
  if (window.direction === 'forward') return { position: 0, skip: 0 };
  return known.total === undefined ? undefined : { position: known.total, skip: 0 };
}

/** How many entries the block of an outdated cursor has now; `noEnd` if it was not read yet. */
function shownNow(known: KnownList, mark: CursorMark): number {
  if (mark.kind === 'gap') return mark.skip;
  const { start, length } = mark;
  const run = runAt(known, start);
  const end = rankAt(run, Math.min(start + length, known.total ?? noEnd));
  return end === undefined ? noEnd : end - (rankAt(run, start) ?? 0);
}

/**
 * Finds the furthest boundary that can be reached from the gap without a missing entry, and what lacks to reach the rank
 * `goal` if every unread position has an entry. Entries count from rank `from` on. Goes right with `step` 1, left with -1.
 */
function sideOf({ known, run, gap, zero }: Origin, from: number, goal: number, step: 1 | -1): Side {
  const isRightward = step === 1;
  let knownTo = from;
  for (;;) {
    const stretch = stretchWith(run, isRightward ? knownTo : knownTo - 1);
    if (stretch === undefined) break;
    knownTo = stretch.rank + (isRightward ? stretch.entries.length : 0);
  }
  const position = furthestBoundary(run, gap.position, knownTo, step);
  const rank = rankAt(run, position) ?? zero;
  const end = isRightward ? (known.total ?? noEnd) : 0;
  let to = position;
  if ((goal - knownTo) * step > 0 && (end - position) * step > 0) {
    const at = furthestBoundary(run, position, goal, step);
    to = at + goal - (rankAt(run, at) ?? zero);
    if ((end - to) * step < 0) to = end;
  }
  const low = Math.min(position, to);
  return { known, run, isRightward, position, rank, knownTo, low, high: Math.max(position, to) };
}

/** Whether a block has a position that a side needs. */
export function serves(block: Block, { low, high }: Side): boolean {
  return startOf(block) < high && endOf(block) > low;
}
