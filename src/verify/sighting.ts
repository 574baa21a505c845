/** One page: the block that was asked for, and the answer. Pure. */
import { type Block, startOf } from '../ledger/list/block.ts';
import type { LedgerEntry, LedgerPage } from '../upstream/page-request.ts';

export type Sighting = { readonly block: Block; readonly page: LedgerPage };

/** Positions in the list: `totalEntries`, or more if the page shows entries beyond it. */
export function totalOf({ block, page }: Sighting): number {
  const shown = page.entries.length;
  return Math.max(page.totalEntries, shown === 0 ? 0 : startOf(block) + shown);
}

/** Whether the page says that it is the one that was asked for. */
export function isAsAsked({ block, page }: Sighting): boolean {
  return page.pageSize === block.limit && page.pageNumber === block.pageNumber;
}

/** Whether two lists of entries are equal, balances included. */
export function areSameEntries(some: readonly LedgerEntry[], others: readonly LedgerEntry[]): boolean {
  return (
    some.length === others.length && some.every((entry, index) => textOf(entry) === textOf(others[index]))
  );
}

/** Whether two answers are equal. They are if the list has not changed between them. */
export function isSameAnswer(some: LedgerPage, other: LedgerPage): boolean {
  return some.totalEntries === other.totalEntries && areSameEntries(some.entries, other.entries);
}

/** The decoder gives all entries their members in one order, so equal entries have equal texts. */
function textOf(entry: LedgerEntry | undefined): string {
  return JSON.stringify(entry ?? null);
}
