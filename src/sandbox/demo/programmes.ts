/** The invented loyalty programmes of the demonstration data: their categories, currencies and tills. */

import type { CategoryType } from '../ledger/member.ts';

/** One programme. Its own tills see its accounts. */
export type Programme = {
  readonly programId: string;
  readonly programName: string;
  readonly tillIds: readonly string[];
};

/** The three programmes of one concept: a till of one can redeem points of another. */
export const programmes = {
  retail: {
    programId: '1568',
    programName: 'Meridian Rewards',
    tillIds: ['till.retail.01', 'till.retail.02'],
  },
  kitchen: { programId: '1571', programName: 'Meridian Kitchen', tillIds: ['till.kitchen.01'] },
  travel: { programId: '2044', programName: 'Meridian Travel Club', tillIds: ['till.travel.01'] },
} as const satisfies Record<string, Programme>;

/** A points category. `size` is the usual amount of one entry, in points. */
export type Category = { readonly name: string; readonly type: CategoryType; readonly size: number };

/** The categories of each programme. Every member has the first one. */
export const categories: readonly Category[] = [
  { name: 'Main', type: 'REGULAR', size: 240 },
  { name: 'Partner Points', type: 'REGULAR', size: 90 },
  { name: 'Promised Points', type: 'PROMISED', size: 120 },
  { name: 'Birthday Bonus', type: 'TRIGGER_BASED', size: 50 },
  { name: 'Referral Bonus', type: 'TRIGGER_BASED', size: 75 },
];

/** An alternate currency of one programme. */
export type Currency = {
  readonly name: string;
  readonly type: CategoryType;
  readonly programme: keyof typeof programmes;
  readonly size: number;
};

/** The alternate currencies of the demonstration data. */
export const currencies: readonly Currency[] = [
  { name: 'Gold', type: 'REGULAR', programme: 'retail', size: 15 },
  { name: 'Stars', type: 'TRIGGER_BASED', programme: 'kitchen', size: 4 },
  { name: 'Miles', type: 'REGULAR', programme: 'travel', size: 1200 },
  { name: 'Green Leaves', type: 'PROMISED', programme: 'retail', size: 8 },
];
