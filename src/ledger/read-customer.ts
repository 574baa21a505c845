/**
 * Reads all that an operation wants of one customer, list by list side by side, and decides which failure
 * concerns the customer and which one balance alone.
 */
import { GatewayError } from '../errors.ts';
import type { CustomerDetails } from '../upstream/page-request.ts';
import { failureScope } from '../upstream/refusal.ts';
import type { Limits } from './block.ts';
import type { CallAllowance } from './call-allowance.ts';
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

/**
 * Reads a customer's lists side by side.
 * @returns `null` when there is no such customer.
 * @throws {GatewayError} when the customer as such was refused, or no call told who it is.
 */
export async function readCustomer(task: CustomerTask, tools: ReadingTools): Promise<TaskReading | null> {
  // Shares are all taken before the first call, so that no list can spend what another has been promised.
  const readings = await Promise.all(task.lists.map((list) => readTask(task, list, tools)));
  if (mustAskForDetails(task, readings)) readings.push(await readTask(task, detailsOnly, tools));
  return judgeReadings(task, readings);
}

/** Any page will do; its price is not known beforehand, so it lives on what is left. */
const detailsOnly: ListTask = { filter: {}, windows: [], price: 0 };

function readTask(task: CustomerTask, list: ListTask, tools: ReadingTools): Promise<ListReading> {
  const { sourceOf, allowance, receipt, limits, signal } = tools;
  return readList({
    source: sourceOf(task.identifier, list.filter),
    windows: list.windows,
    share: allowance.share(list.price),
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
      ({ customerFailure, details }) => customerFailure === undefined && details === undefined,
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
  const details = readings.flatMap(({ details }) => details ?? [])[0];
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
