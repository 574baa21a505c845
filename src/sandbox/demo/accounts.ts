/** Makes the accounts of demonstration members, with invented histories. The same random numbers give the same accounts. */

import { writeThousandths } from '../ledger/decimals.ts';
import type { Account, LedgerEvent } from '../ledger/member.ts';
import {
  type Category,
  type Currency,
  categories,
  currencies,
  type Programme,
  programmes,
} from './programmes.ts';

/**
 * The accounts of one person: Main and a few other categories of each programme that the person joined, then some
 * alternate currencies. Everyone joined the first programme.
 */
export function makeAccounts(random: () => number, firstMonth: number): Account[] {
  const joined = Object.values(programmes).filter((_, index) => index === 0 || random() < 0.55);
  const points = joined.flatMap((programme) =>
    categories
      .filter((_, index) => index === 0 || random() < 0.5)
      .map((category) => makeAccount(random, firstMonth, programme, category)),
  );
  const held = currencies.filter(() => random() < 0.45);
  return [...points, ...held.map((currency) => makeCurrencyAccount(random, firstMonth, currency))];
}

/** An account of a points category. It opens up to a year after `firstMonth`. */
export function makeAccount(
  random: () => number,
  firstMonth: number,
  programme: Programme,
  category: Category,
): Account {
  const opened = firstMonth + Math.floor(random() * 12);
  const openingBalance = `${Math.round(random() * 10) * 25}.000`;
  return {
    ...programme,
    pointsCategory: category.name,
    categoryType: category.type,
    openedAt: makeMoment(random, opened),
    ...(category.name === 'Main' ? { openingBalance } : {}),
    events: makeHistory(random, opened + 1, category.size),
  };
}

/** An account of an alternate currency, in the currency's programme. */
function makeCurrencyAccount(random: () => number, firstMonth: number, currency: Currency): Account {
  const category = { name: `${currency.name}_PointCategory`, type: currency.type, size: currency.size };
  return {
    ...makeAccount(random, firstMonth, programmes[currency.programme], category),
    alternateCurrency: currency.name,
  };
}

/** The demonstration data hold nothing later. */
const lastMonth = monthOf(2026, 10);

/** The number of a month, so that months can be added. `month` is 1 to 12. */
export function monthOf(year: number, month: number): number {
  return year * 12 + month - 1;
}

/**
 * Entries from a month to October 2026, one in every one to three months, oldest first. Two credits of about `size`
 * points come to one debit. No debit exceeds the balance. One debit in three happened at a concept till.
 */
function makeHistory(random: () => number, firstMonth: number, size: number): LedgerEvent[] {
  const events: LedgerEvent[] = [];
  let balance = 0n;
  for (let month = firstMonth; month <= lastMonth; month += 1 + Math.floor(random() * 3)) {
    const event = makeEvent(random, month, size, balance);
    balance += event.type === 'DEBIT' ? -event.thousandths : event.thousandths;
    const { thousandths, ...rest } = event;
    events.push({ ...rest, amount: writeThousandths(thousandths) });
  }
  return events;
}

type RawEvent = Omit<LedgerEvent, 'amount'> & { readonly thousandths: bigint };

function makeEvent(random: () => number, month: number, size: number, balance: bigint): RawEvent {
  const at = makeMoment(random, month);
  // Whole and half points: a person can add them up during a demonstration.
  const wanted = BigInt(Math.max(1, Math.round(size * (0.4 + 1.2 * random()) * 2))) * 500n;
  const isDebit = random() < 0.35 && balance >= 1000n;
  if (!isDebit) return { at, type: 'CREDIT', thousandths: wanted };
  const thousandths = wanted < balance ? wanted : (balance / 1000n) * 500n;
  return { at, type: 'DEBIT', thousandths, ...(random() < 0.33 ? { atConceptTill: true } : {}) };
}

/** A moment in a month, in opening hours. Every month has 28 days. */
function makeMoment(random: () => number, month: number): string {
  const day = 1 + Math.floor(random() * 28);
  const hour = 9 + Math.floor(random() * 11);
  const minute = Math.floor(random() * 60);
  return `${Math.floor(month / 12)}-${two((month % 12) + 1)}-${two(day)}T${two(hour)}:${two(minute)}:00`;
}

function two(count: number): string {
  return String(count).padStart(2, '0');
}
