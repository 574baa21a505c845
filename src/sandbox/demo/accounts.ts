/** Makes the accounts of demonstration members from the programmes, with made-up histories. */

import type { Account } from '../ledger/member.ts';
import { makeHistory, makeMoment } from './histories.ts';
import {
  type Category,
  type Currency,
  categories,
  currencies,
  type Programme,
  programmes,
} from './programmes.ts';

/**
 * The accounts of one person: of every programme joined the Main category and a few others, then some
 * alternate currencies. The first programme is always joined.
 */
export function makeAccounts(random: () => number, firstMonth: number): Account[] {
  const joined = Object.values(programmes).filter((_, place) => place === 0 || random() < 0.55);
  const points = joined.flatMap((programme) =>
    categories
      .filter((_, place) => place === 0 || random() < 0.5)
      .map((category) => makeAccount(random, firstMonth, programme, category)),
  );
  const held = currencies.filter(() => random() < 0.45);
  return [...points, ...held.map((currency) => makeCurrencyAccount(random, firstMonth, currency))];
}

/** An account of a points category, opened up to a year after the given month. */
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

/** An account of an alternate currency, in the programme that keeps it. */
function makeCurrencyAccount(random: () => number, firstMonth: number, currency: Currency): Account {
  const category = { name: `${currency.name}_PointCategory`, type: currency.type, size: currency.size };
  return {
    ...makeAccount(random, firstMonth, programmes[currency.programme], category),
    alternateCurrency: currency.name,
  };
}
