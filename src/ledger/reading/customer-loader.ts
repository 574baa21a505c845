/**
 * The request's loader: gathers what all fields of an operation want before any call goes out, prices it, and
 * reads each list once.
 *
 * Background. GraphQL runs one resolver per field. If each called for itself, three aliases of a page would
 * be three calls.
 *
 * Need. All demands of an operation in one place, before the first call, though no resolver knows of another.
 *
 * Trick. A `customer` field looks ahead over its own selection (`../schema/`) and hands the loader all that
 * stands below it as one demand. DataLoader in turn holds back until every resolver that can run without waiting
 * has run; as no resolver waits before it has asked, one batch has all demands of the operation. Here they
 * are sorted by customer and by list, so that whatever the document looked like, one list is one plan.
 *
 * Cost. Looking ahead walks part of the selection twice.
 */
import DataLoader from 'dataloader';
import { buildConnection } from '../list/connection.ts';
import { customerKey, filterKey } from '../list/list-name.ts';
import { asError, attempt } from './attempt.ts';
import type { CustomerDemand, CustomerReading } from './customer-demand.ts';
import { type CustomerTask, tasksOf } from './customer-task.ts';
import type { TaskReading } from './judge-customer.ts';
import { payTask, type ReadingTools, readCustomer } from './read-customer.ts';

/** Loads `null` when there is no such customer; rejects with the customer's own failure. */
export type CustomerLoader = DataLoader<CustomerDemand, CustomerReading | null>;

/**
 * One loader for one HTTP request. Demands are objects of their own, so the loader remembers none: what
 * equal demands share is found by their lists.
 */
export function createCustomerLoader(tools: ReadingTools): CustomerLoader {
  return new DataLoader((demands) => loadCustomers(demands, tools), { cache: false });
}

/** Fails as a whole, before any call, when the batch is too expensive. */
async function loadCustomers(
  demands: readonly CustomerDemand[],
  tools: ReadingTools,
): Promise<(CustomerReading | Error | null)[]> {
  const tasks = tasksOf(demands, tools.limits);
  const price = priceOfTasks(tasks.values());
  tools.receipt.addPrice(price);
  tools.allowance.afford(price);
  const paid = [...tasks].map(([key, task]) => [key, payTask(task, tools.allowance)] as const);
  const readings = new Map(
    await Promise.all(
      paid.map(async ([key, task]) => [key, await readCustomer(task, tools).catch(asError)] as const),
    ),
  );
  return demands.map((demand) => {
    const reading = readings.get(customerKey(demand.identifier)) ?? null;
    return reading === null || reading instanceof Error ? reading : answerDemand(demand, reading);
  });
}

function priceOfTasks(tasks: Iterable<CustomerTask>): number {
  return [...tasks].flatMap(({ lists }) => lists).reduce((sum, { price }) => sum + price, 0);
}

/** The part of a customer's reading that one demand asked for. */
function answerDemand(demand: CustomerDemand, { details, lists }: TaskReading): CustomerReading {
  const balances = demand.balances.map(({ key, filter, window }) => {
    const list = lists.get(filterKey(filter));
    if (list === undefined) throw new Error('A list that was asked for was not read');
    return [key, attempt(() => buildConnection(list.pages, window, list.endings.get(window)))] as const;
  });
  return { details, balances: new Map(balances) };
}
