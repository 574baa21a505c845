/**
 * Builds the Relay connection of one window: edges, page info and warnings. Pure. Knows nothing of calls.
 */
import { type ErrorCode, errorCodes, type GatewayError } from '../../errors.ts';
import type { LedgerEntry, LedgerWarning } from '../../upstream/page-request.ts';
import { added, none } from '../small-list.ts';
import { type KnownList, rankAt, stretchWith } from './known-list.ts';
import type { ListPages } from './list-pages.ts';
import { type Reach, reachOf } from './reach.ts';
import type { CursorMark, EntryMark, Window } from './window.ts';

/** An entry, and the mark for its cursor: one object, because a page has many. */
export type Edge = EntryMark & { readonly node: LedgerEntry };

/** A warning of a page. LIST_INCOMPLETE has the facts of the failure that ended the list. */
export type PageWarning = LedgerWarning & {
  readonly cause?: ErrorCode;
  readonly retryable?: boolean;
  /** Whole seconds, if the cause is RATE_LIMITED. */
  readonly retryAfter?: number | undefined;
};

/** The connection of one window, with marks instead of cursors: sealing costs time, and not every client selects cursors. */
export type BalancePage = {
  readonly edges: readonly Edge[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Usually the first edge, and `endMark` the last. */
  readonly startMark: CursorMark | null;
  readonly endMark: CursorMark | null;
  readonly totalCount: number;
  readonly warnings: readonly PageWarning[];
};

/**
 * Builds the connection of a window from the pages that were read.
 * @throws {GatewayError} the failure that ended the window, if there is neither an edge nor a cursor that has moved.
 */
export function buildConnection(
  { windows, total, warnings: theirs }: ListPages,
  window: Window,
): BalancePage {
  const state = windows.find((other) => other.window === window);
  if (total === undefined || state === undefined)
    throw state?.ending ?? new Error('Expected at least one page for a connection');
  const { known } = state;
  const reach = window.size === 0 ? undefined : reachOf(known, window);
  // Another window that overlaps this one may have fetched the missing entries.
  const ending = reach?.needs.length === 0 ? undefined : state.ending;
  const edges = reach === undefined ? none : shownEdges(reach, total);
  const shown = { window, edges, total };
  const resume = ending && reach && resumeMark(reach, shown);
  if (ending !== undefined && resume === undefined) throw ending;
  const ours = ownWarnings(known, window, ending);
  return pageOf(shown, reach, resume, ours.length === 0 ? theirs : [...theirs, ...ours]);
}

/** Field by field: of an object made by spreading, V8 looks every field up by name. */
function pageOf(
  { window, edges, total }: PageEdges,
  reach: Reach | undefined,
  resume: CursorMark | undefined,
  warnings: readonly PageWarning[],
): BalancePage {
  const isForward = window.direction === 'forward';
  const hasMore = resume !== undefined || (reach !== undefined && hasMoreBeyond(reach, total));
  const hasOther = reach !== undefined && edges.length > 0 && hasOtherSide(reach, window, total);
  const start = edges.at(0) ?? null;
  const end = edges.at(-1) ?? null;
  return {
    edges,
    hasNextPage: isForward ? hasMore : hasOther,
    hasPreviousPage: isForward ? hasOther : hasMore,
    startMark: isForward ? start : (resume ?? start),
    endMark: isForward ? (resume ?? end) : end,
    totalCount: total,
    warnings,
  };
}

/** Whether there are, or may be, more entries in the direction of the window. */
function hasMoreBeyond({ next, shownFrom, shownTo }: Reach, total: number): boolean {
  if (next.isRightward) return next.knownTo > shownTo || next.position < total;
  return next.knownTo < shownFrom || next.position > 0;
}

/**
 * Whether there are, or may be, entries on the side that the client came from. If the rank of the list's end on that
 * side is known, it decides.
 */
function hasOtherSide(
  { run, shownFrom, shownTo }: Reach,
  { direction, from }: Window,
  total: number,
): boolean {
  if (from?.kind !== 'gap') return from !== undefined;
  const isForward = direction === 'forward';
  const edgeRank = rankAt(run, isForward ? 0 : total);
  return edgeRank === undefined || (isForward ? edgeRank < shownFrom : edgeRank > shownTo);
}

/** The cursors of a page: those of its edges, in their order, and those of its two ends. */
export type PageCursors = {
  readonly edges: readonly string[];
  readonly start: string | null;
  readonly end: string | null;
};

/**
 * Returns a function that gives the cursors of a page. Its first call seals all of them together, because sealing many costs
 * little more than sealing one (`cursor.ts`).
 * @param seal seals marks of the page's list, in their order.
 */
export function pageCursors(
  page: Pick<BalancePage, 'edges' | 'startMark' | 'endMark'>,
  seal: (marks: readonly CursorMark[]) => readonly string[],
): () => PageCursors {
  let cursors: PageCursors | undefined;
  return () => (cursors ??= sealCursors(page, seal));
}

function sealCursors(
  { edges, startMark, endMark }: Parameters<typeof pageCursors>[0],
  seal: Parameters<typeof pageCursors>[1],
): PageCursors {
  // A page starts and ends with its edges, but for the gap where its list ended early.
  const gap = startMark?.kind === 'gap' ? startMark : endMark?.kind === 'gap' ? endMark : undefined;
  const sealed = seal(gap === undefined ? edges : [...edges, gap]);
  const cursorOf = (mark: CursorMark | null, edge: number) =>
    (mark && sealed[mark.kind === 'gap' ? edges.length : edge]) ?? null;
  return { edges: sealed, start: cursorOf(startMark, 0), end: cursorOf(endMark, edges.length - 1) };
}

function shownEdges({ run, shownFrom, shownTo }: Reach, total: number): readonly Edge[] {
  const edges = new Array<Edge>(Math.max(0, shownTo - shownFrom));
  for (let rank = shownFrom; rank < shownTo; rank += 1) {
    const stretch = stretchWith(run, rank);
    if (stretch === undefined) throw new Error('Expected an entry at every known rank');
    const { start, length, shown, entries } = stretch;
    const index = rank - stretch.rank;
    const node = entries[index] as LedgerEntry; // stretchWith() has found it there.
    edges[rank - shownFrom] = { kind: 'entry', start, length, shown, index, total, node };
  }
  return edges;
}

type PageEdges = { readonly window: Window; readonly edges: readonly Edge[]; readonly total: number };

/**
 * Where to go on after a list ended early: at the boundary up to which everything is known, which may lie beyond the
 * last edge. If the window started at that boundary, at the outermost edge. Undefined if there is no edge either: the
 * cursor would not move, and a client would ask for the same window again and again.
 */
function resumeMark(reach: Reach, { window, edges, total }: PageEdges): CursorMark | undefined {
  const { gap, edge, next } = reach;
  const isForward = window.direction === 'forward';
  const isFirstFromEnd = !isForward && window.from === undefined;
  if (next.position === gap.position && !isFirstFromEnd) return edges.at(isForward ? -1 : 0);
  // Entries before the window's start belong to the previous page, and are skipped.
  const skip = next.isRightward ? Math.max(0, edge - next.rank) : 0;
  return { kind: 'gap', position: next.position, skip, total };
}

function ownWarnings(
  known: KnownList,
  { from }: Window,
  ending: GatewayError | undefined,
): readonly PageWarning[] {
  let warnings: readonly PageWarning[] = none;
  if (known.hasChanged || (from !== undefined && from.total !== known.total))
    warnings = [{ code: 'LIST_CHANGED', message: 'The list has changed since it was begun to be read' }];
  if (ending !== undefined) {
    const { code: cause, details } = ending;
    const message = `The list ends early: ${cause}: ${ending.message}`;
    const { retryable } = errorCodes[cause];
    const { retryAfter } = details;
    warnings = added(warnings, { code: 'LIST_INCOMPLETE', message, cause, retryable, retryAfter });
  }
  return warnings;
}
