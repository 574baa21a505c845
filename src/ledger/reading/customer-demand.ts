/**
 * What an operation asks for, customer by customer: first by field (demands), then sorted by list (tasks), so that one
 * list is one plan. Pure; knows nothing of GraphQL.
 */
import type { CustomerDetails, CustomerIdentifier } from '../../upstream/page-request.ts';
import { customerName, type LedgerList, type ListRecords } from '../arguments/ledger-list.ts';
import type { Limits } from '../list/block.ts';
import type { BalancePage } from '../list/connection.ts';
import { type CursorMark, type Window, windowKey } from '../list/window.ts';
import { priceOf } from './price.ts';

/** One balance: a stretch of a list. `key` is unique among the balances of one demand. */
export type BalanceDemand = { readonly key: string; readonly list: LedgerList; readonly window: Window };

/** The page of one balance, and the cursors of its marks. */
export type BalanceReading = {
  readonly page: BalancePage;
  readonly cursorOf: (mark: CursorMark) => string;
};

/** All that one field asks of one customer. `hasDetails`: whether it selects more than the id and balances. */
export type CustomerDemand = {
  readonly identifier: CustomerIdentifier;
  readonly hasDetails: boolean;
  readonly balances: readonly BalanceDemand[];
};

/**
 * A customer as read. `details` is null when no detail was asked for and no call brought them. A balance that failed
 * alone is an error here, and does not touch the others.
 */
export type CustomerReading = {
  readonly details: CustomerDetails | null;
  readonly balances: ReadonlyMap<string, BalanceReading | Error>;
};

/** One list with all its windows, equal ones once, and its price. No windows: any page will do. */
export type ListTask = {
  readonly list: LedgerList;
  readonly windows: readonly Window[];
  readonly price: number;
};

/** One customer, all its demands, and all its lists: at least one, for a call must show that the customer exists. */
export type CustomerTask = {
  readonly identifier: CustomerIdentifier;
  readonly hasDetails: boolean;
  readonly demands: readonly CustomerDemand[];
  readonly lists: readonly ListTask[];
};

/** Sorts demands by customer and list, in order of first mention. */
export function tasksOf(
  demands: readonly CustomerDemand[],
  limits: Limits,
  listOf: ListRecords,
): CustomerTask[] {
  const groups = groupBy(demands, ({ identifier }) => customerName(identifier));
  return groups.map((group) => {
    const lists = groupBy(
      group.flatMap(({ balances }) => balances),
      ({ list }) => list,
    ).map((balances) => {
      const windows = [...new Map(balances.map(({ window }) => [windowKey(window), window])).values()];
      return { list: balances[0].list, windows, price: priceOf(windows, limits) };
    });
    const [{ identifier }] = group;
    return {
      identifier,
      hasDetails: group.some(({ hasDetails }) => hasDetails),
      demands: group,
      lists: lists.length > 0 ? lists : [{ list: listOf(identifier, {}), windows: [], price: 1 }],
    };
  });
}

/** Groups by a key, in order of first mention. */
function groupBy<T>(members: readonly T[], keyOf: (member: T) => unknown): [T, ...T[]][] {
  const groups = new Map<unknown, [T, ...T[]]>();
  for (const member of members) {
    const group = groups.get(keyOf(member));
    if (group === undefined) groups.set(keyOf(member), [member]);
    else group.push(member);
  }
  return [...groups.values()];
}
