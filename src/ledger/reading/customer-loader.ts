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
import { asError, attempt } from '../../errors.ts';
import type { LedgerList } from '../arguments/ledger-list.ts';
import { buildConnection, pageCursors } from '../list/connection.ts';
import { type Window, windowKey } from '../list/window.ts';
import {
  type BalanceReading,
  type CustomerDemand,
  type CustomerReading,
  type CustomerTask,
  tasksOf,
} from './customer-demand.ts';
import { type ReadingTools, readCustomer, type TaskReading } from './read-customer.ts';
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
  const tasks = tasksOf(demands, tools.limits, tools.listOf);
  const price = tasks.flatMap(({ lists }) => lists).reduce((sum, list) => sum + list.price, 0);
  tools.receipt.price += price;
  tools.allowance.afford(price);
  // All calls are reserved before any list is read. So short pages of one list cannot use up the calls of another list.
  const reserved = tasks.map(({ lists }) => lists.map((list) => tools.allowance.reserve(list.price)));
  const answers = new Map<CustomerDemand, CustomerReading | Error | null>();
  await Promise.all(
    tasks.map(async (task, index) => {
      const reading = await readCustomer(task, reserved[index] ?? [], tools).catch(asError);
      const isRead = reading !== null && !(reading instanceof Error);
      const answerOf = isRead ? answersFrom(task, reading) : () => reading;
      for (const demand of task.demands) answers.set(demand, answerOf(demand));
    }),
  );
  return demands.map((demand) => answers.get(demand) ?? null);
}

/**
 * Returns a function from a demand to its part of a customer's reading. Builds each page once, even if several fields
 * ask for it.
 */
function answersFrom(
  { lists }: CustomerTask,
  reading: TaskReading,
): (demand: CustomerDemand) => CustomerReading {
  const pages = new Map(
    lists.map(({ list, windows }) => {
      const build = (window: Window) => attempt(() => readBalance(reading.lists.get(list), list, window));
      return [list, new Map(windows.map((window) => [windowKey(window), build(window)]))] as const;
    }),
  );
  return ({ balances }) => ({
    details: reading.details,
    balances: new Map(
      balances.map(({ key, list, window }) => [
        key,
        pages.get(list)?.get(windowKey(window)) ?? new Error(unread),
      ]),
    ),
  });
}

function readBalance(reading: ListReading | undefined, list: LedgerList, window: Window): BalanceReading {
  if (reading === undefined) throw new Error(unread);
  const page = buildConnection(reading.pages, window, reading.endings.get(window));
  return { page, cursors: pageCursors(page, list.cursors.seal) };
}

const unread = 'Expected every list of a demand to be read';
