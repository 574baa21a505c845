/**
 * Builds the Relay connection of one window: edges, marks, page info, warnings. Pure; knows nothing of calls.
 */
import { type ErrorCode, errorCodes, type GatewayError } from '../../errors.ts';
import type { LedgerEntry, LedgerWarning } from '../../upstream/page-request.ts';
import type { KnownList } from './known-list.ts';
import type { ListPages } from './list-pages.ts';
import { type Reach, reachOf } from './reach.ts';
import type { CursorMark, Window } from './window.ts';

/** Relay's PageInfo with marks for cursors: sealing costs, and not every client selects them. */
export type PageInfo = {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startMark: CursorMark | null;
  readonly endMark: CursorMark | null;
};

/** An entry, and the mark for its cursor. The outermost edges' marks are as a rule the page's own, as objects too. */
export type Edge = { readonly node: LedgerEntry; readonly mark: CursorMark };

/** A warning on a page. LIST_INCOMPLETE says what is known of the failure that ended the list. */
export type PageWarning = LedgerWarning & {
  readonly cause?: ErrorCode;
  readonly retryable?: boolean;
  /** Whole seconds, when the cause is RATE_LIMITED. */
  readonly retryAfter?: number | undefined;
};

/** The connection of one window. */
export type BalancePage = PageInfo & {
  readonly edges: readonly Edge[];
  readonly totalCount: number;
  readonly warnings: readonly PageWarning[];
};

/**
 * Builds the connection of a window from all that was read.
 * @param stopped the failure that stopped the window before it was full, if any.
 * @throws {GatewayError} that failure, when there is neither an edge to show nor a cursor that has moved.
 */
export function buildConnection(pages: ListPages, window: Window, stopped?: GatewayError): BalancePage {
  const known = pages.views.get(window);
  const { total } = pages;
  if (total === undefined || known === undefined)
    throw stopped ?? new Error('Expected at least one page for a connection');
  const reach = window.size === 0 ? undefined : reachOf(known, window);
  // The entries that this window lacked may have come for another window that overlaps it.
  const ending = reach?.needs.length === 0 ? undefined : stopped;
  const edges = reach === undefined ? [] : shownEdges(reach, total);
  const resume = ending && reach && resumeMark(reach, { window, edges, total });
  if (ending !== undefined && resume === undefined) throw ending;
  return {
    edges,
    ...(reach === undefined ? emptyPage : pageInfo(reach, { window, edges, total }, resume)),
    totalCount: total,
    warnings: [...pages.warnings, ...ownWarnings(known, window, ending)],
  };
}

/**
 * Returns the function that gives the cursors of a page's marks. All of them are sealed together (`cursor.ts`), when the
 * first one is asked for: most of the cost is in the first.
 * @param seal seals marks of the page's list, in their order.
 */
export function pageCursors(
  { edges, startMark, endMark }: BalancePage,
  seal: (marks: readonly CursorMark[]) => readonly string[],
): (mark: CursorMark) => string {
  let cursors: Map<CursorMark, string> | undefined;
  function sealAll(): Map<CursorMark, string> {
    const marks = edges.map(({ mark }) => mark);
    if (startMark !== null && startMark !== marks[0]) marks.push(startMark);
    if (endMark !== null && endMark !== edges.at(-1)?.mark) marks.push(endMark);
    const sealed = seal(marks);
    return new Map(marks.map((mark, index) => [mark, sealed[index] ?? '']));
  }
  return (mark) => {
    cursors ??= sealAll();
    const cursor = cursors.get(mark);
    if (cursor === undefined) throw new Error('Expected a mark of this page');
    return cursor;
  };
}

const emptyPage: PageInfo = { hasNextPage: false, hasPreviousPage: false, startMark: null, endMark: null };

type Shown = { readonly window: Window; readonly edges: readonly Edge[]; readonly total: number };

/** Where the page begins and ends, and what lies beyond. A list that ended early goes on at `resume`. */
function pageInfo(reach: Reach, shown: Shown, resume: CursorMark | undefined): PageInfo {
  const { run, shownFrom, shownTo, left, right } = reach;
  const { window, edges, total } = shown;
  const startMark = edges.at(0)?.mark ?? null;
  const endMark = edges.at(-1)?.mark ?? null;
  if (window.direction === 'forward') {
    const hasNextPage = resume !== undefined || right.knownTo > shownTo || right.position < total;
    const hasPreviousPage = hasOtherSide(shown, run.ranks.get(0), (edgeRank) => edgeRank < shownFrom);
    return { hasNextPage, hasPreviousPage, startMark, endMark: resume ?? endMark };
  }
  const hasPreviousPage = resume !== undefined || left.knownTo < shownFrom || left.position > 0;
  const hasNextPage = hasOtherSide(shown, run.ranks.get(total), (edgeRank) => edgeRank > shownTo);
  return { hasNextPage, hasPreviousPage, startMark: resume ?? startMark, endMark };
}

/**
 * Whether there are, or may be, entries on the side that the client came from. When the list's own edge on that side has
 * a rank, the entries up to it are counted.
 */
function hasOtherSide(
  { window: { from }, edges }: Shown,
  edgeRank: number | undefined,
  isBeyond: (edgeRank: number) => boolean,
): boolean {
  if (from === undefined || edges.length === 0) return false;
  return from.kind === 'entry' || edgeRank === undefined || isBeyond(edgeRank);
}

function shownEdges({ run, shownFrom, shownTo }: Reach, total: number): readonly Edge[] {
  return Array.from({ length: shownTo - shownFrom }, (_, index) => {
    const placed = run.entries.get(shownFrom + index);
    if (placed === undefined) throw new Error('Expected an entry at every known rank');
    return { node: placed.entry, mark: { kind: 'entry', place: placed.place, total } };
  });
}

/**
 * Where to go on after a list ended early: at the boundary up to which all is known, which may lie beyond the last edge.
 * When the window began at that boundary, at the outermost edge. Without an edge the mark would not move, and a client
 * would ask for the same window without end: undefined.
 */
function resumeMark(reach: Reach, { window, edges, total }: Shown): CursorMark | undefined {
  const { gap, edge, left, right, needs } = reach;
  const isForward = window.direction === 'forward';
  const isRightward = isForward || needs.some(({ from, to }) => from < to);
  const frontier = isRightward ? right : left;
  const isFirstFromEnd = !isForward && window.from === undefined;
  if (frontier.position === gap.position && !isFirstFromEnd) return edges.at(isForward ? -1 : 0)?.mark;
  // Entries before the window's own edge belong to the previous page, and are skipped.
  const skip = isRightward ? Math.max(0, edge - right.rank) : 0;
  return { kind: 'gap', position: frontier.position, skip, total };
}

function ownWarnings(known: KnownList, { from }: Window, ending: GatewayError | undefined): PageWarning[] {
  const hasChanged = known.hasChanged || (from !== undefined && from.total !== known.total);
  return [
    ...(hasChanged
      ? [{ code: 'LIST_CHANGED', message: 'The list has changed since it was begun to be read' }]
      : []),
    ...(ending === undefined ? [] : [incompleteWarning(ending)]),
  ];
}

function incompleteWarning({ code, message, details: { retryAfter } }: GatewayError): PageWarning {
  return {
    code: 'LIST_INCOMPLETE',
    message: `The list ends early: ${code}: ${message}`,
    cause: code,
    retryable: errorCodes[code].retryable,
    retryAfter,
  };
}
