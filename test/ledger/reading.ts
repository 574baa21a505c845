/**
 * Reads windows of a model list, as an operation would, without GraphQL.
 */
import { createListRecords } from '../../src/ledger/arguments/ledger-list.ts';
import { type Block, limitsUpTo } from '../../src/ledger/list/block.ts';
import { type BalancePage, buildConnection } from '../../src/ledger/list/connection.ts';
import type { CursorMark, Window } from '../../src/ledger/list/window.ts';
import { createCallAllowance, reserveCalls } from '../../src/ledger/reading/call-limits.ts';
import { type ListReading, readList } from '../../src/ledger/reading/read-list.ts';
import { deriveKeys } from '../../src/ledger/sealing/secret-keys.ts';
import { asGatewayError } from '../../src/ledger/source/calls-in-flight.ts';
import type { FetchPage } from '../../src/upstream/page-request.ts';

/** How to read: the largest limit, whole pages only or not, the cap on calls, and the calls in flight of others. */
export type ReadingOptions = {
  readonly maxLimit?: number;
  readonly isFixed?: boolean;
  readonly maxCalls?: number;
  readonly inFlight?: () => readonly Block[];
};

/** The record of any list. */
export const listOf = createListRecords(deriveKeys('a secret for tests that is long enough').cursors);

/** Reads several windows of one list together. */
export async function readWindows(
  fetchPage: FetchPage,
  windows: readonly Window[],
  { maxLimit = 10, isFixed = false, maxCalls = 10_000, inFlight = () => [] }: ReadingOptions = {},
): Promise<ListReading> {
  const limits = limitsUpTo(maxLimit, isFixed);
  const calls = reserveCalls(createCallAllowance(maxCalls), 0);
  const identifier = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;
  return readList({
    source: {
      cached: () => [],
      inFlight,
      fetch: (block, signal) => fetchPage({ identifier, filter: {}, ...block }, signal).catch(asGatewayError),
    },
    windows,
    limits,
    calls,
    signal: new AbortController().signal,
  });
}

/** Reads one window into its connection. */
export async function readWindow(
  fetchPage: FetchPage,
  window: Window,
  options?: ReadingOptions,
): Promise<BalancePage> {
  const reading = await readWindows(fetchPage, [window], options);
  return buildConnection(reading.pages, window);
}

/** The window of `size` entries from a mark on, or from the list's own edge. */
export function windowOf(
  direction: Window['direction'],
  size: number,
  from: CursorMark | null = null,
): Window {
  return from === null ? { direction, size } : { direction, size, from };
}

/** Whether a page says that its list ended early. */
export function isIncomplete(page: BalancePage): boolean {
  return page.warnings.some(({ code }) => code === 'LIST_INCOMPLETE');
}

/** The numbers of the entries on a page. */
export function numbersOf(page: BalancePage): number[] {
  return page.edges.map(({ node }) => Number(node.programId));
}
