/**
 * The people whom chaos asks for, and what each one's lists hold: the model that every answer is held against. Written
 * without a look at how the sandbox or the gateway come to their lists.
 */

import { createRandom } from '../../src/sandbox/faults/random.ts';
import type { Account, Member } from '../../src/sandbox/ledger/member.ts';
import { numberedMember } from '../sandbox/numbered-ledger.ts';

/** One entry as a client is to see it. */
export type Entry = { readonly pointsCategory: string; readonly closingBalance: string };

/** What a list can be narrowed to; `ALL` is no filter. */
export const filters = ['ALL', 'REGULAR', 'PROMISED'] as const;
export type Filter = (typeof filters)[number];

/** One person, known to the sandbox by a mobile number. */
export type Person = {
  readonly mobile: string;
  readonly member: Member;
  readonly lists: Readonly<Record<Filter, readonly Entry[]>>;
  readonly totals: Readonly<Record<Filter, number>>;
  /** The list's end cannot be told from its total: a claim too large, or positions that never show. */
  readonly isVague: boolean;
  /** Asked for by many at a time, so that calls are shared between them. */
  readonly isPopular: boolean;
};

/** How every mobile number here begins. */
export const mobilePrefix = '4477008';

const longestLedger = 55;

/** As many people as wanted, the same for the same seed; the first few are popular. */
export function createPeople(count: number, popular: number, seed: number): readonly Person[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => createPerson(index, index < popular, random));
}

function createPerson(index: number, isPopular: boolean, random: () => number): Person {
  const mobile = `${mobilePrefix}${String(index).padStart(5, '0')}`;
  const size = Math.floor(random() * longestLedger);
  const hasGaps = random() < 0.3;
  const ledger = Array.from({ length: size }, (_, position) =>
    hasGaps && random() < 0.15 ? null : createAccount(index, position, random),
  );
  const claim = random() < 0.1 ? size + 4 : undefined;
  const balancesAs = random() < 0.3 ? 'number' : 'string';
  return {
    mobile,
    isPopular,
    isVague: claim !== undefined || ledger.includes(null),
    lists: eachFilter((filter) =>
      ledger.filter((account) => account !== null && isIn(account, filter)).map(entryOf),
    ),
    totals: eachFilter(
      (filter) => claim ?? ledger.filter((account) => account === null || isIn(account, filter)).length,
    ),
    member: numberedMember(mobile, {
      ledger,
      balancesAs,
      ...(claim !== undefined && { totalEntries: claim }),
    }),
  };
}

/** Every balance is somebody's alone, and some have more digits than a float can hold. */
function createAccount(index: number, position: number, random: () => number): Account {
  const sign = random() < 0.1 ? '-' : '';
  const digits = index % 5 === 0 ? '900719925474099' : '';
  const thousandths = String((index * 7 + position) % 1000).padStart(3, '0');
  return {
    pointsCategory: `Category ${index}-${position}`,
    programId: '1568',
    programName: 'Default Program',
    categoryType: random() < 0.7 ? 'REGULAR' : 'PROMISED',
    openingBalance: `${sign}${digits}${index + 1}${String(position).padStart(2, '0')}.${thousandths}`,
  };
}

function isIn({ categoryType }: Account, filter: Filter): boolean {
  return filter === 'ALL' || categoryType === filter;
}

function entryOf(account: Account | null): Entry {
  return {
    pointsCategory: account?.pointsCategory ?? '',
    closingBalance: account?.openingBalance ?? '',
  };
}

function eachFilter<T>(make: (filter: Filter) => T): Record<Filter, T> {
  return { ALL: make('ALL'), REGULAR: make('REGULAR'), PROMISED: make('PROMISED') };
}
