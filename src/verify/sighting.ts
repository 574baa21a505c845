/**
 * One page as it was asked for and as it came, and what can be read off it alone. Pure.
 */
import { type Block, startOf } from '../ledger/list/block.ts';
import type { LedgerEntry, LedgerPage } from '../upstream/page-request.ts';

/** A block that was asked for, and the answer. */
export type Sighting = { readonly block: Block; readonly page: LedgerPage };

/** Positions in the list: as many as the page says, or as its own entries prove. */
export function totalOf({ block, page }: Sighting): number {
  const shown = page.entries.length;
  return Math.max(page.totalEntries, shown === 0 ? 0 : startOf(block) + shown);
}

/** Whether the page says of itself that it is the one asked for. */
export function isAsAsked({ block, page }: Sighting): boolean {
  return page.pageSize === block.limit && page.pageNumber === block.pageNumber;
}

/** Whether two rows of entries are the same, balances included. */
export function areSameEntries(some: readonly LedgerEntry[], others: readonly LedgerEntry[]): boolean {
  return (
    some.length === others.length && some.every((entry, index) => textOf(entry) === textOf(others[index]))
  );
}

/** Whether two answers tell the same of the list, as a list that rests does when it is asked twice. */
export function isSameAnswer(some: LedgerPage, other: LedgerPage): boolean {
  return some.totalEntries === other.totalEntries && areSameEntries(some.entries, other.entries);
}

/** Entries have their members in one order, that of the decoder, so equal ones have equal texts. */
function textOf(entry: LedgerEntry | undefined): string {
  return JSON.stringify(entry ?? null);
}
