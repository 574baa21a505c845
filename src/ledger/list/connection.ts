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

/** An entry, and the mark for its cursor. */
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
  const resume = ending === undefined || reach === undefined ? undefined : resumeMark(reach, window, total);
  if (ending !== undefined && resume === undefined) throw ending;
  return {
    edges,
    ...pageInfo({ window, edges, total, reach, resume }),
    totalCount: total,
    warnings: [...pages.warnings, ...ownWarnings(known, window, ending)],
  };
}

type PageParts = {
  readonly window: Window;
  readonly edges: readonly Edge[];
  readonly total: number;
  readonly reach: Reach | undefined;
  readonly resume: CursorMark | undefined;
};

/** Where the page begins and ends, and what lies beyond. A list that ended early goes on at `resume`. */
function pageInfo(parts: PageParts): PageInfo {
  const { window, edges, total, reach, resume } = parts;
  const startMark = edges.at(0)?.mark ?? null;
  const endMark = edges.at(-1)?.mark ?? null;
  const hasOther = hasOtherSide(parts);
  if (window.direction === 'forward') {
    const hasNextPage = resume !== undefined || hasMoreRight(reach, total);
    return { hasNextPage, hasPreviousPage: hasOther, startMark, endMark: resume ?? endMark };
  }
  const hasPreviousPage = resume !== undefined || hasMoreLeft(reach);
  return { hasNextPage: hasOther, hasPreviousPage, startMark: resume ?? startMark, endMark };
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
 * Undefined when the window began there: a client would ask for the same window without end.
 */
function resumeMark(reach: Reach, window: Window, total: number): CursorMark | undefined {
  const { gap, edge, left, right } = reach;
  const isRightward = window.direction === 'forward' || reach.needs.some(({ from, to }) => from < to);
  const frontier = isRightward ? right : left;
  const isFirstFromEnd = window.direction === 'backward' && window.from === undefined;
  if (frontier.position === gap.position && !isFirstFromEnd) return outerMark(reach, window, total);
  // Entries before the window's own edge belong to the previous page, and are skipped.
  const skip = isRightward ? Math.max(0, edge - right.rank) : 0;
  return { kind: 'gap', position: frontier.position, skip, total };
}

/** The mark of the outermost edge, for when the boundary itself has not moved. */
function outerMark(reach: Reach, { direction }: Window, total: number): CursorMark | undefined {
  const edges = shownEdges(reach, total);
  return (direction === 'forward' ? edges.at(-1) : edges.at(0))?.mark;
}

function hasMoreRight(reach: Reach | undefined, total: number): boolean {
  return reach !== undefined && (reach.right.knownTo > reach.shownTo || reach.right.position < total);
}

function hasMoreLeft(reach: Reach | undefined): boolean {
  return reach !== undefined && (reach.left.knownTo < reach.shownFrom || reach.left.position > 0);
}

/** Whether there are, or may be, entries on the side that the client came from. */
function hasOtherSide({ edges, window, reach, total }: PageParts): boolean {
  if (window.from === undefined || edges.length === 0 || reach === undefined) return false;
  if (window.from.kind === 'entry') return true;
  const { run, shownFrom, shownTo } = reach;
  // When the list's own edge is in the same run, the entries up to it are counted.
  const edgeRank = run.ranks.get(window.direction === 'forward' ? 0 : total);
  if (edgeRank === undefined) return true;
  return window.direction === 'forward' ? edgeRank < shownFrom : edgeRank > shownTo;
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
