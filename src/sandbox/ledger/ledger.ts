/**
 * Filters a ledger, and adds up each balance under the filter. Pure; knows neither pages nor HTTP. Every filter
 * parameter of the endpoint has an effect here. "Chosen" marks an effect that the reference leaves open.
 */

import { readThousandths, writeThousandths } from './decimals.ts';
import type { Account, EntryType, LedgerEvent } from './member.ts';
import type { LedgerFilter } from './question.ts';

/** One position that the filter lists: an account with its balance, or `null` where nothing can be shown. */
export type Position = { readonly account: Account; readonly closingBalance: string } | null;

/** The positions of a ledger under a filter, in order. Hidden positions (`null`) stay under every filter. */
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

// Chosen: names list those currencies alone. Without names and without "include", plain points alone are listed.
function isListedCurrency(account: Account, filter: LedgerFilter): boolean {
  const { alternateCurrency } = account;
  if (filter.alternateCurrencyNames !== undefined) {
    return alternateCurrency !== undefined && filter.alternateCurrencyNames.includes(alternateCurrency);
  }
  return alternateCurrency === undefined || filter.includeAlternateCurrencies;
}

// Chosen: with an entry type, an account without an entry of that type is not listed.
function hasMovement(account: Account, filter: LedgerFilter): boolean {
  const { ledgerEntryType } = filter;
  if (ledgerEntryType === undefined) return true;
  if (ledgerEntryType === 'OPENING_BALANCE') return account.openingBalance !== undefined;
  return countedEvents(account, filter).length > 0;
}

/** The category type of an account. The reference's default is `REGULAR`. */
export function categoryTypeOf(account: Account): NonNullable<Account['categoryType']> {
  return account.categoryType ?? 'REGULAR';
}

/**
 * The balance under a filter: the opening balance plus the credits and less the debits that the filter counts.
 * Where it counts none, the opening balance is passed on verbatim.
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
