/**
 * Builds the Relay connection of one window: edges, page info and warnings. Pure. Knows nothing of calls.
 */
import { type ErrorCode, errorCodes, type GatewayError } from '../../errors.ts';
import type { LedgerEntry, LedgerWarning } from '../../upstream/page-request.ts';
import { type KnownList, rankAt, stretchWith } from './known-list.ts';
import type { ListPages } from './list-pages.ts';
import { type Reach, reachOf } from './reach.ts';
import type { CursorMark, Window } from './window.ts';

/** Relay's PageInfo, with marks instead of cursors: sealing costs time, and not every client selects cursors. */
export type PageInfo = {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startMark: CursorMark | null;
  readonly endMark: CursorMark | null;
};

/** An entry, and the mark for its cursor. Usually `startMark` and `endMark` are the same objects as marks of edges. */
export type Edge = { readonly node: LedgerEntry; readonly mark: CursorMark };

/** A warning of a page. LIST_INCOMPLETE has the facts of the failure that ended the list. */
export type PageWarning = LedgerWarning & {
  readonly cause?: ErrorCode;
  readonly retryable?: boolean;
  /** Whole seconds, if the cause is RATE_LIMITED. */
  readonly retryAfter?: number | undefined;
};

/** The connection of one window. */
export type BalancePage = PageInfo & {
  readonly edges: readonly Edge[];
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
  const edges = reach === undefined ? [] : shownEdges(reach, total);
  const resume = ending && reach && resumeMark(reach, { window, edges, total });
  if (ending !== undefined && resume === undefined) throw ending;
  // Field by field: of an object made by spreading, V8 looks every field up by name.
  const { hasNextPage, hasPreviousPage, startMark, endMark } =
    reach === undefined ? emptyPage : pageInfo(reach, { window, edges, total }, resume);
  const warnings = [...theirs, ...ownWarnings(known, window, ending)];
  return { edges, hasNextPage, hasPreviousPage, startMark, endMark, totalCount: total, warnings };
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
  { edges, startMark, endMark }: Pick<BalancePage, 'edges' | 'startMark' | 'endMark'>,
  seal: (marks: readonly CursorMark[]) => readonly string[],
): () => PageCursors {
  let cursors: PageCursors | undefined;
  function sealAll(): PageCursors {
    const marks = edges.map(({ mark }) => mark);
    // A page starts and ends with its edges, but for the gap where its list ended early.
    for (const mark of [startMark, endMark]) if (mark?.kind === 'gap') marks.push(mark);
    const sealed = seal(marks);
    const cursorOf = (mark: CursorMark | null, edge: number) =>
      (mark && sealed[mark.kind === 'gap' ? edges.length : edge]) ?? null;
    return { edges: sealed, start: cursorOf(startMark, 0), end: cursorOf(endMark, edges.length - 1) };
  }
  return () => (cursors ??= sealAll());
}

const emptyPage: PageInfo = { hasNextPage: false, hasPreviousPage: false, startMark: null, endMark: null };

type PageEdges = { readonly window: Window; readonly edges: readonly Edge[]; readonly total: number };

/** The page info. If the list ended early, `resume` is where to go on. */
function pageInfo(reach: Reach, shown: PageEdges, resume: CursorMark | undefined): PageInfo {
  const { run, shownFrom, shownTo, left, right } = reach;
  const { window, edges, total } = shown;
  const startMark = edges.at(0)?.mark ?? null;
  const endMark = edges.at(-1)?.mark ?? null;
  if (window.direction === 'forward') {
    const hasNextPage = resume !== undefined || right.knownTo > shownTo || right.position < total;
    const hasPreviousPage = hasOtherSide(shown, rankAt(run, 0), (edgeRank) => edgeRank < shownFrom);
    return { hasNextPage, hasPreviousPage, startMark, endMark: resume ?? endMark };
  }
  const hasPreviousPage = resume !== undefined || left.knownTo < shownFrom || left.position > 0;
  const hasNextPage = hasOtherSide(shown, rankAt(run, total), (edgeRank) => edgeRank > shownTo);
  return { hasNextPage, hasPreviousPage, startMark: resume ?? startMark, endMark };
}

/**
 * Whether there are, or may be, entries on the side that the client came from. If the rank of the list's end on that
 * side is known, it decides.
 */
function hasOtherSide(
  { window: { from }, edges }: PageEdges,
  edgeRank: number | undefined,
  isBeyond: (edgeRank: number) => boolean,
): boolean {
  if (from === undefined || edges.length === 0) return false;
  return from.kind === 'entry' || edgeRank === undefined || isBeyond(edgeRank);
}

function shownEdges({ run, shownFrom, shownTo }: Reach, total: number): readonly Edge[] {
  const edges: Edge[] = [];
  for (let rank = shownFrom; rank < shownTo; rank += 1) {
    const stretch = stretchWith(run, rank);
    const index = rank - (stretch?.rank ?? 0);
    const node = stretch?.entries[index];
    if (stretch === undefined || node === undefined) throw new Error('Expected an entry at every known rank');
    const { start, length, shown } = stretch;
    edges.push({ node, mark: { kind: 'entry', place: { start, length, shown, index }, total } });
  }
  return edges;
}

/**
 * Where to go on after a list ended early: at the boundary up to which everything is known, which may lie beyond the
 * last edge. If the window started at that boundary, at the outermost edge. Undefined if there is no edge either: the
 * cursor would not move, and a client would ask for the same window again and again.
 */
function resumeMark(reach: Reach, { window, edges, total }: PageEdges): CursorMark | undefined {
  const { gap, edge, left, right, needs } = reach;
  const isForward = window.direction === 'forward';
  const isRightward = isForward || needs.some((need) => need.isRightward);
  const frontier = isRightward ? right : left;
  const isFirstFromEnd = !isForward && window.from === undefined;
  if (frontier.position === gap.position && !isFirstFromEnd) return edges.at(isForward ? -1 : 0)?.mark;
  // Entries before the window's start belong to the previous page, and are skipped.
  const skip = isRightward ? Math.max(0, edge - right.rank) : 0;
  return { kind: 'gap', position: frontier.position, skip, total };
}

function ownWarnings(known: KnownList, { from }: Window, ending: GatewayError | undefined): PageWarning[] {
  const warnings: PageWarning[] = [];
  if (known.hasChanged || (from !== undefined && from.total !== known.total))
    warnings.push({ code: 'LIST_CHANGED', message: 'The list has changed since it was begun to be read' });
  if (ending !== undefined) {
    const { code, details } = ending;
    const message = `The list ends early: ${code}: ${ending.message}`;
    const { retryable } = errorCodes[code];
    warnings.push({
      code: 'LIST_INCOMPLETE',
      message,
      cause: code,
      retryable,
      retryAfter: details.retryAfter,
    });
  }
  return warnings;
}
