/**
 * Reads all that an operation wants of one customer, list by list side by side. What becomes of it when a list fails,
 * or the lists are of several people, is `judge-customer.ts`.
 */

import type { ReceiptBook } from '../arguments/receipt.ts';
import type { Limits } from '../list/block.ts';
import type { PageSource } from '../source/page-source.ts';
import type { CallAllowance, CallShare } from './call-allowance.ts';
import { type CustomerTask, isFiltered, type ListTask } from './customer-task.ts';
import { isRefusedForFilter, judgeReadings, mustReadAnew, type TaskReading } from './judge-customer.ts';
import { type ListReading, readList } from './read-list.ts';

/** What reading needs besides the demand: where pages come from, in what sizes, how many, and until when. */
export type ReadingTools = {
  readonly sourceOf: PageSource;
  readonly receipt: ReceiptBook;
  readonly limits: Limits;
  readonly allowance: CallAllowance;
  readonly signal: AbortSignal;
};

/** A customer and, for each of its lists, the calls set aside for it. */
export type PaidTask = { readonly task: CustomerTask; readonly shares: readonly CallShare[] };

/** Sets calls aside for all lists of a customer. To be done for all customers before any is read. */
export function payTask(task: CustomerTask, allowance: CallAllowance): PaidTask {
  return { task, shares: task.lists.map(({ price }) => allowance.share(price)) };
}

/**
 * Reads a customer's lists side by side. Those that were kept of another person than the others tell are read anew, on
 * calls that are left: that the identifier has come to mean somebody else is known only then.
 * @returns `null` when there is no such customer.
 * @throws {GatewayError} when the customer as such was refused, or when no call told who it is and one of them failed
 * for no fault of its filter.
 */
export async function readCustomer(
  { task, shares }: PaidTask,
  tools: ReadingTools,
): Promise<TaskReading | null> {
  const unplanned = () => tools.allowance.share(0);
  const first = await Promise.all(
    task.lists.map((list, index) => readTask(task, list, shares[index] ?? unplanned(), tools)),
  );
  const anew = withoutKept(tools);
  const readings = await Promise.all(
    task.lists.flatMap((list, index) => {
      const reading = first[index];
      if (reading === undefined) return [];
      return mustReadAnew(reading, first) ? readTask(task, list, unplanned(), anew) : reading;
    }),
  );
  // Any page will do; its price is not known beforehand, so it lives on what is left.
  if (mustAskForDetails(task, readings)) {
    readings.push(await readTask(task, { filter: {}, windows: [] }, unplanned(), tools));
  }
  for (const { keptAnswers } of readings) tools.receipt.addKept(keptAnswers);
  return judgeReadings(task, readings);
}

function withoutKept(tools: ReadingTools): ReadingTools {
  return {
    ...tools,
    sourceOf: (...list) => ({ ...tools.sourceOf(...list), kept: () => [] }),
  };
}

function readTask(
  task: CustomerTask,
  list: Omit<ListTask, 'price'>,
  share: CallShare,
  { sourceOf, allowance, limits, signal }: ReadingTools,
): Promise<ListReading> {
  return readList({
    source: sourceOf(task.identifier, list.filter),
    windows: list.windows,
    share,
    maxCalls: allowance.limit,
    limits,
    signal,
  });
}

/**
 * Details cost a call of their own when they are wanted, no call has told them, and a filter was refused: without it
 * that call would have. Not when a call without a filter was made, for this one would be the same again.
 */
function mustAskForDetails(task: CustomerTask, readings: readonly ListReading[]): boolean {
  return (
    task.hasDetails &&
    task.lists.every(isFiltered) &&
    readings.every(({ customerFailure, pages }) => customerFailure === undefined && !pages.details) &&
    readings.some((reading, index) => isRefusedForFilter(task.lists[index], reading))
  );
}
