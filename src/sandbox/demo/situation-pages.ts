/** The situations that concern pages: how many entries there are, and which of them a page shows. */

import { createRandom } from '../faults/random.ts';
import type { Account } from '../ledger/member.ts';
import { makeAccount } from './accounts.ts';
import { monthOf } from './histories.ts';
import { programmes } from './programmes.ts';
import { makeSituation, type Situation } from './situation.ts';

// Five and six have no common divisor: the pairs repeat only after thirty, and then the year changes.
const titles = ['Spring Fair', 'Summer Nights', 'Harvest Week', 'Winter Lights', 'Members Day'] as const;
const districts = ['Harbour', 'Old Town', 'Station', 'Airport', 'Riverside', 'Market Hall'] as const;

/** Ledgers from none to many, with pages that are full, short and empty. */
export const pagingSituations: readonly Situation[] = [
  makeSituation(1, 'no-entries', 'an empty ledger', { ledger: [] }),
  makeSituation(2, 'one-page', 'exactly ten entries: one full page and no more', { ledger: campaigns(10) }),
  makeSituation(3, 'two-pages', '17 entries: a full page and a part of one', { ledger: campaigns(17) }),
  makeSituation(4, 'many-entries', '137 entries: fourteen pages', { ledger: campaigns(137) }),
  makeSituation(
    5,
    'short-pages',
    '23 positions, of which 15 have an entry: no page is full, none is the end',
    {
      ledger: hide(campaigns(23), [1, 4, 5, 8, 12, 13, 19, 21]),
    },
  ),
  makeSituation(6, 'empty-middle', '34 positions, the second page of ten is empty, more follow', {
    ledger: hide(campaigns(34), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]),
  }),
  makeSituation(7, 'never-complete', 'says 60 entries, has 14: the total never comes true', {
    ledger: campaigns(14),
    totalEntries: 60,
  }),
  makeSituation(8, 'vast-total', 'says a billion entries, has 3', {
    ledger: campaigns(3),
    totalEntries: 1_000_000_000,
  }),
];

/** Accounts named after campaigns, all different, from the oldest: "Spring Fair 2024 Harbour", … */
function campaigns(count: number): Account[] {
  const random = createRandom(count);
  return Array.from({ length: count }, (_, place) => {
    const title = titles[place % titles.length];
    const district = districts[Math.floor(place / titles.length) % districts.length];
    const year = 2022 + Math.floor(place / (titles.length * districts.length));
    const category = { name: `${title} ${year} ${district}`, type: 'REGULAR', size: 60 } as const;
    return makeAccount(random, monthOf(2022, 1), programmes.retail, category);
  });
}

/** Hides places of a ledger: they keep their position and are never shown. */
function hide(ledger: readonly Account[], places: readonly number[]): (Account | null)[] {
  return ledger.map((account, place) => (places.includes(place) ? null : account));
}
