/**
 * Reads all lists of one customer in parallel. Then it decides which failures concern the customer and which concern one
 * balance alone, and which lists may be in one answer.
 */
import type { GatewayError } from '../../errors.ts';
import { isFilterRefusal } from '../../upstream/rest/refusal.ts';
import type { Signal } from '../../upstream/signal.ts';
import type { LedgerList, ListRecords } from '../arguments/ledger-list.ts';
import type { Limits } from '../list/block.ts';
import { anotherPersonError, isSamePerson } from '../list/list-pages.ts';
import type { PageSource } from '../source/page-source.ts';
import type { ReceiptBook } from '../source/receipt.ts';
import { type CallAllowance, reserveCalls } from './call-limits.ts';
import { anyPageOf, type CustomerOutcome, type CustomerTask, type ListTask } from './customer-demand.ts';
import { type ListReading, readList } from './read-list.ts';

/** What reading needs besides the demands. */
export type ReadingTools = {
  readonly listOf: ListRecords;
  readonly sourceOf: PageSource;
  readonly receipt: ReceiptBook;
  readonly limits: Limits;
  readonly allowance: CallAllowance;
  readonly signal: Signal;
};

/**
 * Reads a list of a customer with the calls that are reserved for it. Calls that the price does not include use free ones.
 * `isFresh`: without the cache.
 */
export function readTask(
  { list, windows, calls }: ListTask,
  { allowance, limits, signal, sourceOf }: ReadingTools,
  isFresh = false,
): Promise<ListReading> {
  const reserved = calls ?? reserveCalls(allowance, 0);
  return readList({ source: sourceOf(list), isFresh, windows, calls: reserved, limits, signal });
}

/**
 * Decides the outcome of a customer when its lists have been read. Only now is it known whether the identifier has come to
 * mean another person, and whether the details need one more call. So the outcome may be a promise.
 */
export function settleCustomer(
  task: CustomerTask,
  readings: readonly ListReading[],
  tools: ReadingTools,
): CustomerOutcome | Promise<CustomerOutcome> {
  if (mustAskForDetails(task, readings) || readings.some((reading) => mustReadAgain(reading, readings)))
    return readFurther(task, readings, tools);
  return judgeReadings(task, readings, tools);
}

async function readFurther(
  task: CustomerTask,
  first: readonly ListReading[],
  tools: ReadingTools,
): Promise<CustomerOutcome> {
  const again = first.map((reading, index) => {
    const list = task.lists[index];
    return list && mustReadAgain(reading, first) ? readTask(list, tools, true) : reading;
  });
  const readings = await Promise.all(again);
  if (mustAskForDetails(task, readings))
    readings.push(await readTask(anyPageOf(task.identifier, tools.listOf), tools));
  return judgeReadings(task, readings, tools);
}

/**
 * Whether a list must be read again without the cache. If the lists are of several people, a cached list must be read again
 * unless it is of the person whom a call has shown. If no call was made, all lists must be read again.
 */
function mustReadAgain({ pages }: ListReading, all: readonly ListReading[]): boolean {
  if (pages.fetched.length > 0 || all.every((other) => isSamePerson(pages, other.pages))) return false;
  const called = all.find((other) => other.pages.fetched.length > 0);
  return called === undefined || !isSamePerson(pages, called.pages);
}

/**
 * Whether the details need one more call, without a filter: they were asked for, no call brought them, and at least one
 * call was refused because of its filter. If there was a call without a filter, it has failed, and is not repeated.
 */
function mustAskForDetails({ hasDetails, lists }: CustomerTask, readings: readonly ListReading[]): boolean {
  return (
    hasDetails &&
    lists.every(({ list }) => isFiltered(list)) &&
    readings.every(({ customerFailure, pages }) => customerFailure === undefined && !pages.details) &&
    readings.some((reading, index) => isRefusedForFilter(lists[index]?.list, reading))
  );
}

/**
 * Decides the outcome. `readings` are those of the task's lists, in order, and then that of the details, if there was
 * one. The first reading with details says who the customer is. A list of another person fails alone. If no reading has
 * details, lists that were refused because of their filter fail alone, and any other failure is the customer's.
 */
function judgeReadings(
  task: CustomerTask,
  readings: readonly ListReading[],
  { receipt }: ReadingTools,
): CustomerOutcome {
  for (const { cachedAnswers } of readings) receipt.kept += cachedAnswers;
  const refused = readings.find(({ customerFailure }) => customerFailure !== undefined);
  if (refused?.customerFailure === 'NO_SUCH_CUSTOMER') return null;
  if (refused?.customerFailure !== undefined) return refused.customerFailure;
  const customer = readings.find(({ pages }) => pages.details !== undefined);
  const failure = customer === undefined ? failureWithoutDetails(task, readings) : undefined;
  if (failure !== undefined) return failure;
  const lists = readings.map((reading) => {
    const isTheirs = customer === undefined || isSamePerson(reading.pages, customer.pages);
    return isTheirs ? reading : anotherPersonError();
  });
  return { details: customer?.pages.details ?? null, lists };
}

/** Whether a list has a filter. */
function isFiltered({ filter }: LedgerList): boolean {
  return Object.keys(filter).length > 0;
}

/** Whether a list was refused because of its filter. That concerns neither other lists nor the customer. */
function isRefusedForFilter(list: LedgerList | undefined, { failure }: ListReading): boolean {
  return list !== undefined && isFiltered(list) && failure !== undefined && isFilterRefusal(failure);
}

/**
 * The customer's failure if no call brought details: that of the call without a filter if there was one, otherwise the
 * first one that is not because of a filter. The reading of the details has no list in the task, and no filter.
 */
function failureWithoutDetails(
  { lists }: CustomerTask,
  readings: readonly ListReading[],
): GatewayError | undefined {
  let failure: GatewayError | undefined;
  for (const [index, reading] of readings.entries()) {
    const list = lists[index]?.list;
    if (reading.failure === undefined || isRefusedForFilter(list, reading)) continue;
    if (list === undefined || !isFiltered(list)) return reading.failure;
    failure ??= reading.failure;
  }
  return failure;
}
