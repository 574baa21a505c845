/**
 * The loader of a request. It collects the demands of all fields of an operation before any call goes out, computes their
 * price, and reads each list once.
 *
 * Background. GraphQL runs one resolver for each field. If each made its own calls, three aliases of one page would
 * make three.
 *
 * Need. All demands of an operation must be in one batch before the first call, although resolvers do not know each other.
 *
 * Trick. A `customer` field looks ahead at its whole selection (`../schema/`) and passes it to the loader as one
 * demand. DataLoader waits until all resolvers have run that need not wait for anything. No resolver waits before its
 * demand, so one batch has all demands of the operation. They are grouped by customer and list here, so that each list
 * has one plan, whatever the document looks like.
 *
 * Cost. Looking ahead visits part of the selection twice.
 */
import DataLoader from 'dataloader';
import { asError } from '../../errors.ts';
import type { LedgerList } from '../arguments/ledger-list.ts';
import { buildConnection, pageCursors } from '../list/connection.ts';
import { indexOfWindow, type Window } from '../list/window.ts';
import { added, none } from '../small-list.ts';
import { checkPrice, reserveCalls } from './call-limits.ts';
import {
  type BalanceReading,
  type CustomerDemand,
  type CustomerOutcome,
  type CustomerReading,
  type CustomerTask,
  tasksOf,
} from './customer-demand.ts';
import { type ReadingTools, readTask, settleCustomer } from './read-customer.ts';
import type { ListReading } from './read-list.ts';

/** Loads a customer, or `null` if there is no such customer. Rejects with the failure of the customer. */
export type CustomerLoader = DataLoader<CustomerDemand, CustomerReading | null>;

/**
 * Creates the loader of one HTTP request. DataLoader's cache is off: every demand is a new object, so it would never
 * hit.
 */
export function createCustomerLoader(tools: ReadingTools): CustomerLoader {
  return new DataLoader((demands) => loadCustomers(demands, tools), { cache: false });
}

/** Reads the customers of a batch. Throws before any call if the batch is too expensive. */
async function loadCustomers(
  demands: readonly CustomerDemand[],
  tools: ReadingTools,
): Promise<(CustomerReading | Error | null)[]> {
  const { receipt, allowance } = tools;
  const tasks = tasksOf(demands, tools.limits, tools.listOf);
  let price = 0;
  for (const { lists } of tasks) for (const list of lists) price += list.price;
  receipt.price += price;
  checkPrice(allowance, price);
  // All calls are reserved before any list is read. So short pages of one list cannot use up the calls of another list.
  for (const { lists } of tasks) for (const list of lists) list.calls = reserveCalls(allowance, list.price);
  for (const task of tasks)
    for (const list of task.lists) task.readings = added(task.readings, readTask(list, tools));
  // A customer that needs more calls after those of its lists does not hold up the others.
  for (const task of tasks) {
    let readings: readonly ListReading[] = none;
    for (const reading of task.readings) readings = added(readings, await reading);
    task.outcome = settleCustomer(task, readings, tools);
  }
  const answers = new Array<CustomerReading | Error | null>(demands.length);
  for (const task of tasks)
    addAnswers(answers, task, task.outcome instanceof Promise ? await task.outcome : task.outcome);
  return answers;
}

/** Adds the answers to all demands of one customer. Builds each page once, even if several fields ask for it. */
function addAnswers(
  answers: (CustomerReading | Error | null)[],
  { demands, lists }: CustomerTask,
  outcome: CustomerOutcome,
): void {
  if (outcome === null || outcome instanceof Error) {
    for (const { index } of demands) answers[index] = outcome;
    return;
  }
  const pages = lists.map(({ list, windows }, index) =>
    windows.map((window) => readBalance(outcome.lists[index], list, window)),
  );
  for (const { demand, index } of demands) {
    const balances = new Map<string, BalanceReading | Error>();
    for (const { key, list, window } of demand.balances) {
      const at = lists.findIndex((other) => other.list === list);
      const balance = pages[at]?.[indexOfWindow(lists[at]?.windows ?? none, window)];
      if (balance !== undefined) balances.set(key, balance);
    }
    answers[index] = { details: outcome.details, balances };
  }
}

function readBalance(
  reading: ListReading | Error | undefined,
  { cursors }: LedgerList,
  window: Window,
): BalanceReading | Error {
  if (reading instanceof Error) return reading;
  try {
    if (reading === undefined) throw new Error('Expected every list of a demand to be read');
    const page = buildConnection(reading.pages, window);
    return { page, cursors: pageCursors(page, (marks) => cursors.seal(marks)) };
  } catch (error) {
    return asError(error);
  }
}
