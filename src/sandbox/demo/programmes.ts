/** The invented loyalty programmes of the demonstration data: their categories, currencies and tills. */

import type { CategoryType } from '../ledger/member.ts';

/** One programme. Its accounts are seen from its own tills. */
export type Programme = {
  readonly programId: string;
  readonly programName: string;
  readonly tillIds: readonly string[];
};

/** The three programmes, one concept: a till of one may redeem points of another. */
export const programmes = {
  retail: {
    programId: '1568',
    programName: 'Meridian Rewards',
    tillIds: ['till.retail.01', 'till.retail.02'],
  },
  kitchen: { programId: '1571', programName: 'Meridian Kitchen', tillIds: ['till.kitchen.01'] },
  travel: { programId: '2044', programName: 'Meridian Travel Club', tillIds: ['till.travel.01'] },
} as const satisfies Record<string, Programme>;

/** A points category of every programme. `size` is the usual amount of one movement, in points. */
export type Category = { readonly name: string; readonly type: CategoryType; readonly size: number };

/** Main first: every member has it in every programme joined. */
export const categories: readonly Category[] = [
  { name: 'Main', type: 'REGULAR', size: 240 },
  { name: 'Partner Points', type: 'REGULAR', size: 90 },
  { name: 'Promised Points', type: 'PROMISED', size: 120 },
  { name: 'Birthday Bonus', type: 'TRIGGER_BASED', size: 50 },
  { name: 'Referral Bonus', type: 'TRIGGER_BASED', size: 75 },
];

/** An alternate currency, kept by one programme. */
export type Currency = {
  readonly name: string;
  readonly type: CategoryType;
  readonly programme: keyof typeof programmes;
  readonly size: number;
};

/** The alternate currencies of the demonstration data, by name. */
export const currencies: readonly Currency[] = [
  { name: 'Gold', type: 'REGULAR', programme: 'retail', size: 15 },
  { name: 'Stars', type: 'TRIGGER_BASED', programme: 'kitchen', size: 4 },
  { name: 'Miles', type: 'REGULAR', programme: 'travel', size: 1200 },
  { name: 'Green Leaves', type: 'PROMISED', programme: 'retail', size: 8 },
];
