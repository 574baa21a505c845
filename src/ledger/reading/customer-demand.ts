/**
 * What an operation asks for. Each field makes a demand. Demands are grouped by customer and list into tasks, so that
 * each list has one plan. Pure. Knows nothing of GraphQL.
 */
import type { CustomerDetails, CustomerIdentifier } from '../../upstream/page-request.ts';
import { customerKey, type LedgerList, type ListRecords } from '../arguments/ledger-list.ts';
import type { Limits } from '../list/block.ts';
import type { BalancePage, PageCursors } from '../list/connection.ts';
import { added, none } from '../list/known-list.ts';
import { indexOfWindow, type Window } from '../list/window.ts';
import { priceOf, type Reservation } from './call-limits.ts';

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
  windows: readonly Window[];
  price: number;
  /** The calls that are reserved for it. */
  calls: Reservation | undefined;
};

/**
 * One customer with all demands and lists. There is at least one list, because a call must show that the customer
 * exists.
 */
export type CustomerTask = {
  readonly identifier: CustomerIdentifier;
  hasDetails: boolean;
  demands: readonly CustomerDemand[];
  lists: readonly ListTask[];
};

/** Groups demands by customer and list, in the order in which they first occur. */
export function tasksOf(
  demands: readonly CustomerDemand[],
  limits: Limits,
  listOf: ListRecords,
): CustomerTask[] {
  const tasks = new Map<string, CustomerTask>();
  for (const demand of demands) {
    const { identifier } = demand;
    const name = customerKey(identifier);
    const task = tasks.get(name) ?? { identifier, hasDetails: false, demands: none, lists: none };
    tasks.set(name, task);
    addDemand(task, demand);
  }
  for (const task of tasks.values()) {
    if (task.lists.length === 0) task.lists = [anyPageOf(task.identifier, listOf)];
    for (const list of task.lists) list.price = priceOf(list.windows, limits);
  }
  return [...tasks.values()];
}

function addDemand(task: CustomerTask, demand: CustomerDemand): void {
  task.hasDetails ||= demand.hasDetails;
  task.demands = added(task.demands, demand);
  for (const { list, window } of demand.balances) {
    const known = task.lists.find((other) => other.list === list);
    if (known === undefined)
      task.lists = added(task.lists, { list, windows: [window], price: 0, calls: undefined });
    else if (indexOfWindow(known.windows, window) < 0) known.windows = added(known.windows, window);
  }
}

/** The task to read any page of a customer. */
export function anyPageOf(identifier: CustomerIdentifier, listOf: ListRecords): ListTask {
  return { list: listOf(identifier, {}), windows: none, price: 0, calls: undefined };
}
