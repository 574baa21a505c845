/**
 * A list: the balances of one customer with one filter. A request creates the record of a list once and passes it on,
 * so that the list's name and the key of its cursors are computed once.
 */
import type { CustomerIdentifier, LedgerFilter } from '../../upstream/page-request.ts';
import { CursorCodec } from '../sealing/cursor.ts';
import type { CursorKeyRing } from '../sealing/secret-keys.ts';
import { checkUrlSize } from './text-limits.ts';

/** One list. Within a request, equal lists are the same object. */
export type LedgerList = {
  readonly identifier: CustomerIdentifier;
  readonly filter: LedgerFilter;
  /** Equal exactly for equal lists, also of different requests. */
  readonly name: string;
  readonly cursors: CursorCodec;
};

/**
 * Returns the record of a list.
 * @throws {GatewayError} BAD_USER_INPUT if identifier and filter together are too long for a URL.
 */
export type ListRecords = (identifier: CustomerIdentifier, filter: LedgerFilter) => LedgerList;

/** Creates the records of one request. */
export function createListRecords(keys: CursorKeyRing): ListRecords {
  const lists = new Map<string, LedgerList>();
  return (identifier, filter) => {
    const name = listName(identifier, filter);
    const known = lists.get(name);
    if (known !== undefined) return known;
    checkFilterSize(identifier, filter);
    const list = { identifier, filter, name, cursors: new CursorCodec(keys, name) };
    lists.set(name, list);
    return list;
  };
}

/** The error names the longer argument of the filter, because the identifier was checked before and fits alone. */
function checkFilterSize({ value, accountId = '' }: CustomerIdentifier, filter: LedgerFilter): void {
  const { currencies = [], tillId = '' } = filter;
  const argument = currencies.join('').length > tillId.length ? 'currencies' : 'tillId';
  checkUrlSize(argument, [value, accountId, tillId, ...currencies]);
}

/**
 * The name of a list: two JSON texts. Cursors are bound to it, so its form must never change. Written by hand, because
 * `JSON.stringify` of an array takes longer than all the rest. Names and sources have nothing to escape.
 */
export function listName(
  { name, value, source, accountId }: CustomerIdentifier,
  filter: LedgerFilter,
): string {
  const account = accountId === undefined ? 'null' : JSON.stringify(accountId);
  return `["${name}",${JSON.stringify(value)},"${source}",${account}]\n${filterName(filter)}`;
}

/** Names of filters. A prepared operation has the same filter object in every request, unless its arguments have variables. */
const filterNames = new WeakMap<LedgerFilter, string>();

/** It does not depend on the order of the filter's members. A member that is added later goes last. */
function filterName(filter: LedgerFilter): string {
  const known = filterNames.get(filter);
  if (known !== undefined) return known;
  const made = JSON.stringify([
    filter.endDate ?? null,
    filter.categoryType ?? null,
    filter.ledgerEntryType ?? null,
    filter.currencies ?? null,
    filter.includeAllCurrencies ?? null,
    filter.tillId ?? null,
    filter.includeTillConceptEvents ?? null,
  ]);
  filterNames.set(filter, made);
  return made;
}

/** A key of a customer, equal exactly for equal identifiers. */
export function customerKey({ name, value, source, accountId = '' }: CustomerIdentifier): string {
  return `${name} ${source} ${value.length} ${value}${accountId}`; // An account is never empty.
}
