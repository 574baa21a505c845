/**
 * A list with gaps, and an upstream that serves its pages.
 */
import type { FetchPage, LedgerEntry, LedgerPage, PageRequest } from '../../src/upstream/page-request.ts';

/** A list: at each position an entry's number, or `null` where there is none. `total` may promise more. */
export type ModelList = { readonly positions: readonly (number | null)[]; readonly total: number };

/** A list of `length` positions without gaps. */
export function fullList(length: number): ModelList {
  return { positions: Array.from({ length }, (_, position) => position), total: length };
}

/** A list that has an entry where the pattern says so. */
export function gappyList(pattern: readonly boolean[], total = pattern.length): ModelList {
  return { positions: pattern.map((hasEntry, position) => (hasEntry ? position : null)), total };
}

/** The numbers of all entries, in order. */
export function entriesOf(list: ModelList): number[] {
  return list.positions.filter((number) => number !== null);
}

const entries: LedgerEntry[] = [];

/** The entry with a number, made once: tests ask for millions. */
function modelEntry(number: number): LedgerEntry {
  entries[number] ??= {
    pointsCategory: 'Main',
    programId: `${number}`,
    programName: null,
    closingBalance: '1.000',
    alternateCurrency: null,
    alternateCurrencyCategory: null,
  };
  return entries[number];
}

const details = { userId: '1', externalId: null, firstName: null, lastName: null, entityType: 'CUSTOMER' };

/** The page that an upstream with a largest limit gives. */
export function modelPage(list: ModelList, request: PageRequest, maxLimit = 100): LedgerPage {
  const pageSize = Math.min(request.limit, maxLimit);
  const start = pageSize * request.pageNumber;
  return {
    details,
    pageNumber: request.pageNumber,
    pageSize,
    totalEntries: list.total,
    entries: list.positions
      .slice(start, start + pageSize)
      .filter((number) => number !== null)
      .map(modelEntry),
    warnings: [],
  };
}

/** An upstream that serves one list and counts its calls. */
export function modelUpstream(
  list: ModelList,
  maxLimit?: number,
): { fetchPage: FetchPage; calls: PageRequest[] } {
  const calls: PageRequest[] = [];
  return {
    calls,
    fetchPage: async (request) => {
      calls.push(request);
      return modelPage(list, request, maxLimit);
    },
  };
}
