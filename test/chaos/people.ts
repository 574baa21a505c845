/**
 * The people that chaos asks for, with the lists of each: the model that judges every answer. It uses no code of the
 * sandbox or the gateway to build a list. The operations that ask for them are here too. Pure.
 */

import { createRandom } from '../../src/sandbox/faults/random.ts';
import type { Account, Member } from '../../src/sandbox/ledger/member.ts';
import { numberedMember } from '../sandbox/numbered-ledger.ts';

/** One entry as a client must see it. */
export type Entry = { readonly pointsCategory: string; readonly closingBalance: string };

/** The filters of lists. `ALL` is no filter. */
export const filters = ['ALL', 'REGULAR', 'PROMISED'] as const;
export type Filter = (typeof filters)[number];

/** One person, known to the sandbox by a mobile number. */
export type Person = {
  readonly mobile: string;
  readonly member: Member;
  readonly lists: Readonly<Record<Filter, readonly Entry[]>>;
  readonly totals: Readonly<Record<Filter, number>>;
  /** The total does not show where the list ends: it is too large, or positions are hidden. */
  readonly isVague: boolean;
  /** Many visitors ask for this person at a time, so they share calls. */
  readonly isPopular: boolean;
};

/** The beginning of every mobile number here. */
export const mobilePrefix = '4477008';

const longestLedger = 55;

/** `count` people, the same for the same seed. The first `popular` of them are popular. */
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

/** No two balances are equal, and some have more digits than a double holds. */
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

/** A visitor's walk through one list, from one end to the other, by cursors. */
export type Walk = {
  readonly person: Person;
  readonly filter: Filter;
  readonly direction: 'forward' | 'backward';
  /** Entries so far. */
  readonly done: number;
  readonly cursor: string | null;
};

/** The next page of a walk. */
export type Step = { readonly walk: Walk; readonly size: number };

/** The body of a POST. */
export type OperationBody = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };

/** One operation for all steps. Step n is the root field `c<n>`, and its list is `list`. */
export function buildOperation(steps: readonly Step[]): OperationBody {
  return {
    query: documentFor(steps.length),
    variables: Object.assign({}, ...steps.map(({ walk, size }, index) => variablesOf(walk, size, index))),
  };
}

function documentFor(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return `query Chaos${count}(${indexes.map(declarationsAt).join(', ')}) { ${indexes.map(fieldAt).join(' ')} }
    fragment Page on LedgerBalance {
      totalCount
      edges { cursor node { pointsCategory closingBalance } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      warnings { code message }
    }`;
}

function declarationsAt(index: number): string {
  return [
    `$who${index}: CustomerIdentifierInput!`,
    `$type${index}: PointCategoryType`,
    `$first${index}: Int`,
    `$after${index}: String`,
    `$last${index}: Int`,
    `$before${index}: String`,
  ].join(', ');
}

function fieldAt(index: number): string {
  const window = `first: $first${index}, after: $after${index}, last: $last${index}, before: $before${index}`;
  return `c${index}: customer(identifier: $who${index}) {
    userId
    list: ledgerBalance(categoryType: $type${index}, ${window}) { ...Page }
  }`;
}

function variablesOf(walk: Walk, size: number, index: number): Record<string, unknown> {
  const { person, filter, direction, cursor } = walk;
  const isForward = direction === 'forward';
  return {
    [`who${index}`]: { name: 'MOBILE', value: person.mobile },
    [`type${index}`]: filter === 'ALL' ? null : filter,
    [`first${index}`]: isForward ? size : null,
    [`after${index}`]: isForward ? cursor : null,
    [`last${index}`]: isForward ? null : size,
    [`before${index}`]: isForward ? null : cursor,
  };
}
