/**
 * What remains of a ledger under a filter, and what each balance then is. Pure; knows neither pages nor
 * HTTP. Every filter parameter of the endpoint has a visible effect here; where the reference leaves the
 * effect open, the comment says what the sandbox chose.
 */

import { readThousandths, writeThousandths } from './decimals.ts';
import type { Account, EntryType, LedgerEvent } from './member.ts';
import type { LedgerFilter } from './question.ts';

/** One position that survived the filter: an account with its balance, or nothing that can be shown. */
export type Position = { readonly account: Account; readonly closingBalance: string } | null;

/**
 * The positions of a ledger under a filter, in order. Hidden positions (`null`) stay: no filter can tell
 * what they would have held.
 */
export function filterLedger(ledger: readonly (Account | null)[], filter: LedgerFilter): Position[] {
  return ledger.flatMap((account) => {
    if (account === null) return [null];
    return isListed(account, filter) ? [{ account, closingBalance: closingBalance(account, filter) }] : [];
  });
}

function isListed(account: Account, filter: LedgerFilter): boolean {
  const { endDate, pointCategoryType, tillId } = filter;
  if (endDate !== undefined && (account.openedAt ?? '') > endDate) return false;
  if (pointCategoryType !== undefined && categoryTypeOf(account) !== pointCategoryType) return false;
  if (tillId !== undefined && account.tillIds?.includes(tillId) === false) return false;
  return isListedCurrency(account, filter) && hasMovement(account, filter);
}

// Chosen: names show only those currencies; without names and without "include", only plain points show.
function isListedCurrency(account: Account, filter: LedgerFilter): boolean {
  const { alternateCurrency } = account;
  if (filter.alternateCurrencyNames !== undefined) {
    return alternateCurrency !== undefined && filter.alternateCurrencyNames.includes(alternateCurrency);
  }
  return alternateCurrency === undefined || filter.includeAlternateCurrencies;
}

// Chosen: with an entry type, an account that was never moved by one is not listed at all.
function hasMovement(account: Account, filter: LedgerFilter): boolean {
  const { ledgerEntryType } = filter;
  if (ledgerEntryType === undefined) return true;
  if (ledgerEntryType === 'OPENING_BALANCE') return account.openingBalance !== undefined;
  return countedEvents(account, filter).length > 0;
}

/** The kind of points category an account belongs to; the reference's default is `REGULAR`. */
export function categoryTypeOf(account: Account): NonNullable<Account['categoryType']> {
  return account.categoryType ?? 'REGULAR';
}

/**
 * The balance under a filter: what was there at the start plus credits less debits, of the movements that
 * the filter counts. Where none counts, the opening balance is passed on verbatim.
 */
function closingBalance(account: Account, filter: LedgerFilter): string {
  const counted = countedEvents(account, filter);
  const opening = countsOpening(filter.ledgerEntryType) ? (account.openingBalance ?? '0.000') : '0.000';
  if (counted.length === 0) return opening;
  return writeThousandths(counted.reduce((sum, event) => sum + effect(event), readThousandths(opening)));
}

function countsOpening(type: EntryType | undefined): boolean {
  return type === undefined || type === 'OPENING_BALANCE';
}

function countedEvents(account: Account, filter: LedgerFilter): LedgerEvent[] {
  const { endDate, ledgerEntryType, includeTillConceptEvents } = filter;
  return (account.events ?? []).filter(
    (event) =>
      (endDate === undefined || event.at <= endDate) &&
      (ledgerEntryType === undefined || event.type === ledgerEntryType) &&
      (includeTillConceptEvents || event.atConceptTill !== true),
  );
}

function effect(event: LedgerEvent): bigint {
  const amount = readThousandths(event.amount);
  return event.type === 'DEBIT' ? -amount : amount;
}
