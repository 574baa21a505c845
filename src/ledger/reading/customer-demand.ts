/**
 * What an operation asks for. Each field makes a demand. Demands are grouped by customer and list into tasks, so that
 * each list has one plan. Pure. Knows nothing of GraphQL.
 */
import type { GatewayError } from '../../errors.ts';
import type { CustomerDetails, CustomerIdentifier } from '../../upstream/page-request.ts';
import { customerKey, type LedgerList, type ListRecords } from '../arguments/ledger-list.ts';
import type { Limits } from '../list/block.ts';
import type { BalancePage, PageCursors } from '../list/connection.ts';
import { indexOfWindow, type Window } from '../list/window.ts';
import { added, none } from '../small-list.ts';
import { priceOf, type Reservation } from './call-limits.ts';
import type { ListReading } from './read-list.ts';

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
  /** Each with its index in the batch. */
  demands: readonly { readonly demand: CustomerDemand; readonly index: number }[];
  lists: readonly ListTask[];
  /** The readings of its lists, once they have started, and what they come to. */
  readings: readonly Promise<ListReading>[];
  outcome: CustomerOutcome | Promise<CustomerOutcome>;
};

/** A customer and the readings of its task's lists; an error in place of a list of another person. */
type TaskReading = {
  /** `null` if every list was refused because of its filter and no details were asked for. */
  readonly details: CustomerDetails | null;
  readonly lists: readonly (ListReading | GatewayError)[];
};

/** `null` if there is no such customer; an error if the customer itself failed. */
export type CustomerOutcome = TaskReading | GatewayError | null;

/** Groups demands by customer and list, in the order in which they first occur. */
export function tasksOf(
  demands: readonly CustomerDemand[],
  limits: Limits,
  listOf: ListRecords,
): readonly CustomerTask[] {
  const known = new Map<string, CustomerTask>();
  let tasks: readonly CustomerTask[] = none;
  for (let index = 0; index < demands.length; index += 1) {
    const demand = demands[index] as CustomerDemand; // The index is in range.
    const { identifier } = demand;
    const key = customerKey(identifier);
    let task = known.get(key);
    if (task === undefined) {
      task = { identifier, hasDetails: false, demands: none, lists: none, readings: none, outcome: null };
      tasks = added(tasks, task);
      known.set(key, task);
    }
    addDemand(task, demand, index);
  }
  for (const task of tasks) {
    if (task.lists.length === 0) task.lists = [anyPageOf(task.identifier, listOf)];
    for (const list of task.lists) list.price = priceOf(list.windows, limits);
  }
  return tasks;
}

function addDemand(task: CustomerTask, demand: CustomerDemand, index: number): void {
  task.hasDetails ||= demand.hasDetails;
  task.demands = added(task.demands, { demand, index });
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
