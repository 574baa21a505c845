/** Groups balances by programme, and picks those that the chart shows. Pure. */

import type { MemberPointsQuery } from './generated/graphql.ts';

type List = NonNullable<NonNullable<MemberPointsQuery['customer']>['ledgerBalance']>;

/** A balance with its cursor, which is the key of its row. */
export type Entry = List['edges'][number];

/** A programme and its balances, in the order in which they came. */
export type Programme = {
  readonly id: string;
  readonly name: string;
  /** The place of its colour among those of the theme. */
  readonly colour: number;
  readonly entries: readonly Entry[];
};

/** The programmes in the order in which they first appear. */
export function groupByProgramme(entries: readonly Entry[]): readonly Programme[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.node.programId);
    if (group === undefined) groups.set(entry.node.programId, [entry]);
    else group.push(entry);
  }
  return [...groups].map(([id, group], colour) => ({ id, name: nameOf(group, id), colour, entries: group }));
}

function nameOf(entries: readonly Entry[], id: string): string {
  return entries.find(({ node }) => node.programName !== null)?.node.programName ?? `Programme ${id}`;
}

/** The names of the alternate currencies among these balances. */
export function currenciesOf(entries: readonly Entry[]): readonly string[] {
  return [...new Set(entries.flatMap(({ node }) => node.alternateCurrency ?? []))].sort();
}

/** One bar of the chart. The length of a bar may be a number: nobody reads digits from it. */
export type Bar = {
  readonly key: string;
  readonly category: string;
  readonly programme: Programme;
  readonly balance: Entry['node']['closingBalance'];
  readonly length: number;
};

/** The largest balances in ordinary points. Amounts of different currencies cannot be compared. */
export function largestBalances(programmes: readonly Programme[], most: number): readonly Bar[] {
  return programmes
    .flatMap((programme) => programme.entries.map((entry) => ({ programme, entry })))
    .filter(({ entry }) => entry.node.alternateCurrency === null)
    .map(({ programme, entry: { cursor, node } }) => ({
      key: cursor,
      category: node.pointsCategory,
      programme,
      balance: node.closingBalance,
      length: Number(node.closingBalance),
    }))
    .filter(({ length }) => length > 0)
    .sort((one, other) => other.length - one.length)
    .slice(0, most);
}
