/**
 * The record of one list: the balances of one customer under one filter. A request makes it once for each list and hands
 * it on, so that the list's name and the key of its cursors are computed once.
 */
import type { CustomerIdentifier, LedgerFilter } from '../../upstream/page-request.ts';
import { type CursorCodec, createCursorCodec } from '../sealing/cursor.ts';
import type { CursorKeyRing } from '../sealing/secret-keys.ts';
import { checkUrlSize, lengthOf } from './text-limits.ts';

/** One list. Records of one request are equal exactly when their lists are. */
export type LedgerList = {
  readonly identifier: CustomerIdentifier;
  readonly filter: LedgerFilter;
  /** Equal exactly for equal lists, whatever the request. */
  readonly name: string;
  readonly cursors: CursorCodec;
};

/**
 * Returns the record of a list.
 * @throws {GatewayError} BAD_USER_INPUT when the filter is too long for a URL beside the identifier.
 */
export type ListRecords = (identifier: CustomerIdentifier, filter: LedgerFilter) => LedgerList;

/** The records of one request. Cursors are sealed with the ring's first key. */
export function createListRecords(keys: CursorKeyRing): ListRecords {
  const lists = new Map<string, LedgerList>();
  return (identifier, filter) => {
    const name = listName(identifier, filter);
    const known = lists.get(name);
    if (known !== undefined) return known;
    checkFilterSize(identifier, filter);
    const list = { identifier, filter, name, cursors: createCursorCodec(keys, name) };
    lists.set(name, list);
    return list;
  };
}

/** The error names the filter's longer argument: the identifier fits alone. */
function checkFilterSize({ value, accountId = '' }: CustomerIdentifier, filter: LedgerFilter): void {
  const { currencies = [], tillId = '' } = filter;
  const argument = lengthOf(currencies) > tillId.length ? 'currencies' : 'tillId';
  checkUrlSize(argument, [value, accountId, tillId, ...currencies]);
}

/**
 * The name of a list, whatever the order in which the filter's fields were written. Cursors are bound to it, so its form
 * never changes; a field added later goes last.
 */
export function listName(identifier: CustomerIdentifier, filter: LedgerFilter): string {
  const filterName = JSON.stringify([
    filter.endDate ?? null,
    filter.categoryType ?? null,
    filter.ledgerEntryType ?? null,
    filter.currencies ?? null,
    filter.includeAllCurrencies ?? null,
    filter.tillId ?? null,
    filter.includeTillConceptEvents ?? null,
  ]);
  return `${customerName(identifier)}\n${filterName}`;
}

/** The name of a customer, equal exactly for equal identifiers. A part of `listName`, so its form never changes. */
export function customerName({ name, value, source, accountId }: CustomerIdentifier): string {
  return JSON.stringify([name, value, source, accountId ?? null]);
}
