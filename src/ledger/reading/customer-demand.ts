/**
 * What an operation asks for. Each field makes a demand. Demands are grouped by customer and list into tasks, so that
 * each list has one plan. Pure. Knows nothing of GraphQL.
 */
import type { CustomerDetails, CustomerIdentifier } from '../../upstream/page-request.ts';
import { customerKey, type LedgerList, type ListRecords } from '../arguments/ledger-list.ts';
import type { Limits } from '../list/block.ts';
import type { BalancePage, PageCursors } from '../list/connection.ts';
import { type Window, windowKey } from '../list/window.ts';
import { priceOf } from './call-limits.ts';

/** One `ledgerBalance` field: a window of a list. `key` is unique within one demand. */
export type BalanceDemand = { readonly key: string; readonly list: LedgerList; readonly window: Window };

/** The page of one `ledgerBalance` field, and its cursors, which are sealed only when they are asked for. */
export type BalanceReading = { readonly page: BalancePage; readonly cursors: () => PageCursors };

/** What one field asks of one customer. `hasDetails`: whether it selects customer details, not only `id` and balances. */
export type CustomerDemand = {
  readonly identifier: CustomerIdentifier;
  readonly hasDetails: boolean;
  readonly balances: readonly BalanceDemand[];
};

/**
 * The result of a demand. `details` is null if none was asked for and no call brought them. A balance that failed alone
 * is an error, and does not affect the others.
 */
export type CustomerReading = {
  readonly details: CustomerDetails | null;
  readonly balances: ReadonlyMap<string, BalanceReading | Error>;
};

/** One list with all its windows, each once, and their price. Without windows any page of the list is enough. */
export type ListTask = {
  readonly list: LedgerList;
  readonly windows: readonly Window[];
  readonly price: number;
};

/**
 * One customer with all demands and lists. There is at least one list, because a call must show that the customer
 * exists.
 */
export type CustomerTask = Omit<CustomerDemand, 'balances'> & {
  readonly demands: readonly CustomerDemand[];
  readonly lists: readonly ListTask[];
};

/** Groups demands by customer and list, in the order in which they first occur. */
export function tasksOf(
  demands: readonly CustomerDemand[],
  limits: Limits,
  listOf: ListRecords,
): CustomerTask[] {
  const customers = new Map<string, Group>();
  for (const demand of demands) {
    const name = customerKey(demand.identifier);
    const group = customers.get(name);
    if (group === undefined) customers.set(name, [demand]);
    else group.push(demand);
  }
  return Array.from(customers.values(), (group) => taskOf(group, limits, listOf));
}

type Group = [CustomerDemand, ...CustomerDemand[]];

/** The task of one customer from all its demands. */
function taskOf(demands: Group, limits: Limits, listOf: ListRecords): CustomerTask {
  const lists = new Map<LedgerList, Map<string, Window>>();
  for (const { list, window } of demands.flatMap(({ balances }) => balances)) {
    const windows = lists.get(list) ?? new Map<string, Window>();
    lists.set(list, windows.set(windowKey(window), window));
  }
  const [{ identifier }] = demands;
  if (lists.size === 0) lists.set(listOf(identifier, {}), new Map());
  return {
    identifier,
    hasDetails: demands.some(({ hasDetails }) => hasDetails),
    demands,
    lists: Array.from(lists, ([list, byKey]) => {
      const windows = [...byKey.values()];
      return { list, windows, price: priceOf(windows, limits) };
    }),
  };
}
