/**
 * Walks a list from one end to the other, page by page, as a client with Relay's arguments does.
 */
import type { BalancePage } from '../../src/ledger/list/connection.ts';
import type { CursorMark, Window } from '../../src/ledger/list/window.ts';
import type { FetchPage } from '../../src/upstream/page-request.ts';
import { isIncomplete, numbersOf, type ReadingOptions, readWindow, windowOf } from './reading.ts';

/** One step of a walk: how many entries, under which settings. */
export type Hop = ReadingOptions & { readonly size: number };

/** More steps than any honest walk in the tests takes. */
const mostSteps = 500;

/**
 * Walks to the end and gives the entries' numbers. A page that could not be read at all is asked for again.
 * @throws when the walk breaks a promise: a page is short though the list goes on, or a cursor does not move.
 */
export async function walk(
  fetchPage: FetchPage,
  direction: Window['direction'],
  hops: readonly [Hop, ...Hop[]],
): Promise<number[]> {
  let seen: number[] = [];
  let from: CursorMark | null = null;
  for (let step = 0; step < mostSteps; step += 1) {
    const { size, ...options } = hops[step % hops.length] ?? hops[0];
    const window = windowOf(direction, size, from);
    const page: BalancePage | undefined = await readWindow(fetchPage, window, options).catch(() => undefined);
    if (page === undefined) continue;
    seen = direction === 'forward' ? [...seen, ...numbersOf(page)] : [...numbersOf(page), ...seen];
    const next = nextMark(page, direction);
    if (next === undefined) return seen;
    checkStep(page, size, from, next);
    from = next;
  }
  throw new Error('The walk does not end');
}

/** Where to go on; undefined when the page says that there is nothing more. */
export function nextMark(page: BalancePage, direction: Window['direction']): CursorMark | null | undefined {
  if (direction === 'forward') return page.hasNextPage ? page.endMark : undefined;
  return page.hasPreviousPage ? page.startMark : undefined;
}

/** @throws when a page breaks a promise: it is short though the list goes on, or its cursor does not move. */
export function checkStep(
  page: BalancePage,
  size: number,
  from: CursorMark | null,
  next: CursorMark | null,
): void {
  if (next === null) throw new Error('There is more, but no cursor to go on from');
  if (JSON.stringify(next) === JSON.stringify(from)) throw new Error('The cursor does not move');
  if (!isIncomplete(page) && page.edges.length !== size)
    throw new Error('A page is short, but the list goes on');
}
