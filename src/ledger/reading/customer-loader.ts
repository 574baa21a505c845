/**
 * The request's loader: gathers what all fields of an operation ask for before any call goes out, prices it, and reads
 * each list once.
 *
 * Background. GraphQL runs one resolver per field. If each called for itself, three aliases of a page would be three
 * calls.
 *
 * Need. All demands of an operation in one batch, before the first call, though no resolver knows of another.
 *
 * Trick. A `customer` field looks ahead over its own selection (`../schema/`) and hands the loader all of it as one
 * demand. DataLoader waits until every resolver that can run without waiting has run. No resolver waits before it has
 * asked, so one batch has all demands of the operation. Here they are sorted by customer and list, so one list is one
 * plan, whatever the document looks like.
 *
 * Cost. Looking ahead walks part of the selection twice.
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

/** Loads `null` when there is no such customer; rejects with the customer's own failure. */
export type CustomerLoader = DataLoader<CustomerDemand, CustomerReading | null>;

/** One loader for one HTTP request. Every demand is an object of its own, so a cache of demands would never serve. */
export function createCustomerLoader(tools: ReadingTools): CustomerLoader {
  return new DataLoader((demands) => loadCustomers(demands, tools), { cache: false });
}

/** Fails as a whole, before any call, when the batch is too expensive. */
async function loadCustomers(
  demands: readonly CustomerDemand[],
  tools: ReadingTools,
): Promise<(CustomerReading | Error | null)[]> {
  const tasks = tasksOf(demands, tools.limits, tools.listOf);
  const price = tasks.flatMap(({ lists }) => lists).reduce((sum, list) => sum + list.price, 0);
  tools.receipt.price += price;
  tools.allowance.afford(price);
  // All calls are reserved before any list is read, so that short pages of one list cost no other list its calls.
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

/** Returns the part of a customer's reading that a demand asked for. Each page is built once, however many fields show it. */
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
      balances.map(({ key, list, window }) => [key, pages.get(list)?.get(windowKey(window)) ?? notRead()]),
    ),
  });
}

function readBalance(reading: ListReading | undefined, list: LedgerList, window: Window): BalanceReading {
  if (reading === undefined) throw notRead();
  const page = buildConnection(reading.pages, window, reading.endings.get(window));
  return { page, cursorOf: pageCursors(page, list.cursors.seal) };
}

function notRead(): Error {
  return new Error('Expected every list of a demand to be read');
}
