/**
 * The one spelling of a customer's identifier and of a filter: equal exactly when they mean the same list.
 * Cursors are bound to it (`cursor.ts`), so it never changes.
 */
import type { CustomerIdentifier, LedgerFilter } from '../../upstream/page-request.ts';

/** A customer, as asked. */
export function customerKey({ name, value, source, accountId }: CustomerIdentifier): string {
  return JSON.stringify([name, value, source, accountId ?? null]);
}

/** A filter, whatever the order in which its fields were written. A field added later goes last. */
export function filterKey(filter: LedgerFilter): string {
  return JSON.stringify([
    filter.endDate ?? null,
    filter.categoryType ?? null,
    filter.ledgerEntryType ?? null,
    filter.currencies ?? null,
    filter.includeAllCurrencies ?? null,
    filter.tillId ?? null,
    filter.includeTillConceptEvents ?? null,
  ]);
}
