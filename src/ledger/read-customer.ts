/**
 * Reads all that an operation wants of one customer, list by list side by side, and decides which failure
 * concerns the customer and which one balance alone.
 */
import { GatewayError } from '../errors.ts';
import type { CustomerDetails } from '../upstream/page-request.ts';
import { failureScope } from '../upstream/refusal.ts';
import type { Limits } from './block.ts';
import type { CallAllowance, CallShare } from './call-allowance.ts';
import type { CustomerTask, ListTask } from './customer-task.ts';
import { filterKey } from './list-name.ts';
import type { PageSource } from './page-source.ts';
import { type ListReading, readList } from './read-list.ts';
import type { ReceiptBook } from './receipt.ts';

/** What reading needs besides the demand: where pages come from, in what sizes, how many, and until when. */
export type ReadingTools = {
  readonly sourceOf: PageSource;
  readonly receipt: ReceiptBook;
  readonly limits: Limits;
  readonly allowance: CallAllowance;
  readonly signal: AbortSignal;
};

/** A customer that exists: who it is, and each list by `filterKey`. */
export type TaskReading = {
  readonly details: CustomerDetails;
  readonly lists: ReadonlyMap<string, ListReading>;
};

/** A customer and, for each of its lists, the calls set aside for it. */
export type PaidTask = { readonly task: CustomerTask; readonly shares: readonly CallShare[] };

/** Sets calls aside for all lists of a customer. To be done for all customers before any is read. */
export function payTask(task: CustomerTask, allowance: CallAllowance): PaidTask {
  return { task, shares: task.lists.map(({ price }) => allowance.share(price)) };
}

/**
 * Reads a customer's lists side by side.
 * @returns `null` when there is no such customer.
 * @throws {GatewayError} when the customer as such was refused, or no call told who it is.
 */
export async function readCustomer(
  { task, shares }: PaidTask,
  tools: ReadingTools,
): Promise<TaskReading | null> {
  const read = (list: Omit<ListTask, 'price'>, share: CallShare) => readTask(task, list, share, tools);
  const readings = await Promise.all(
    task.lists.map((list, index) => read(list, shares[index] ?? tools.allowance.share(0))),
  );
  // Any page will do; its price is not known beforehand, so it lives on what is left.
  if (mustAskForDetails(task, readings)) {
    readings.push(await read({ filter: {}, windows: [] }, tools.allowance.share(0)));
  }
  return judgeReadings(task, readings);
}

function readTask(
  task: CustomerTask,
  list: Omit<ListTask, 'price'>,
  share: CallShare,
  { sourceOf, allowance, receipt, limits, signal }: ReadingTools,
): Promise<ListReading> {
  return readList({
    source: sourceOf(task.identifier, list.filter),
    windows: list.windows,
    share,
    maxCalls: allowance.limit,
    onKept: receipt.addKept,
    limits,
    signal,
  });
}

/** Details cost a call of their own only when every call failed for its filter's sake, and they are wanted. */
function mustAskForDetails(task: CustomerTask, readings: readonly ListReading[]): boolean {
  return (
    task.hasDetails &&
    readings.every(
      ({ customerFailure, pages }) => customerFailure === undefined && pages.details === undefined,
    ) &&
    readings.every(({ failure }) => failure !== undefined && failureScope(failure) === 'filter') &&
    task.lists.every(({ filter }) => Object.keys(filter).length > 0)
  );
}

function judgeReadings(task: CustomerTask, readings: readonly ListReading[]): TaskReading | null {
  const refusals = readings.flatMap(({ customerFailure }) => customerFailure ?? []);
  const [refusal] = refusals;
  if (refusal === 'NO_SUCH_CUSTOMER') return null;
  if (refusal !== undefined) throw refusal;
  const details = readings.flatMap(({ pages }) => pages.details ?? [])[0];
  if (details === undefined) throw failureWithoutDetails(task, readings);
  const lists = task.lists.flatMap(({ filter }, index) => {
    const reading = readings[index];
    return reading === undefined ? [] : [[filterKey(filter), reading] as const];
  });
  return { details, lists: new Map(lists) };
}

/** When no call told who the customer is: the error of the call without filters if there was one, else of the first. */
function failureWithoutDetails(task: CustomerTask, readings: readonly ListReading[]): Error {
  const unfiltered = readings.filter((_, index) => Object.keys(task.lists[index]?.filter ?? {}).length === 0);
  const [failure] = [...unfiltered, ...readings].flatMap(({ failure }) => failure ?? []);
  return failure ?? new GatewayError('INTERNAL_SERVER_ERROR', 'No call was made for the customer');
}
