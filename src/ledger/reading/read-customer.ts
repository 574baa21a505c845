/**
 * Reads all lists of one customer side by side, and judges the outcome: which failure concerns the customer, which one
 * balance alone, and which lists may stand in one answer.
 */
import type { GatewayError } from '../../errors.ts';
import type { CustomerDetails } from '../../upstream/page-request.ts';
import { isFilterRefusal } from '../../upstream/rest/refusal.ts';
import type { LedgerList, ListRecords } from '../arguments/ledger-list.ts';
import type { Limits } from '../list/block.ts';
import { anotherPersonError, areOfOnePerson, createListPages, type Owned } from '../list/list-pages.ts';
import type { PageSource } from '../source/page-source.ts';
import type { ReceiptBook } from '../source/receipt.ts';
import type { CallAllowance, Reservation } from './call-limits.ts';
import type { CustomerTask, ListTask } from './customer-demand.ts';
import { type ListReading, readList } from './read-list.ts';

/** What reading takes besides the demands: lists, the source of their pages, page sizes, the calls allowed, a deadline. */
export type ReadingTools = {
  readonly listOf: ListRecords;
  readonly sourceOf: PageSource;
  readonly receipt: ReceiptBook;
  readonly limits: Limits;
  readonly allowance: CallAllowance;
  readonly signal: AbortSignal;
};

/**
 * A customer that was not refused, and its lists, all of one person. `details` is null when every list was refused for
 * its filter's sake and no detail was asked for.
 */
export type TaskReading = {
  readonly details: CustomerDetails | null;
  readonly lists: ReadonlyMap<LedgerList, ListReading>;
};

/**
 * Reads a customer's lists, on the calls reserved for each of them. Calls that were not planned use free ones.
 * @returns `null` when there is no such customer.
 * @throws {GatewayError} when the customer as such was refused, or when no call showed who it is and one of them failed
 * for another reason than its filter.
 */
export async function readCustomer(
  task: CustomerTask,
  reserved: readonly Reservation[],
  tools: ReadingTools,
): Promise<TaskReading | null> {
  const first = await Promise.all(
    task.lists.map((list, index) => readTask(list, reserved[index], tools, tools.sourceOf)),
  );
  // Whether an identifier has come to mean another person is known only now.
  const uncached: PageSource = (list) => ({ ...tools.sourceOf(list), cached: () => [] });
  const readings = await Promise.all(
    first.map((reading, index) => {
      const list = task.lists[index];
      return list && mustReadAnew(reading, first) ? readTask(list, undefined, tools, uncached) : reading;
    }),
  );
  if (mustAskForDetails(task, readings)) {
    const unfiltered = { list: tools.listOf(task.identifier, {}), windows: [] };
    readings.push(await readTask(unfiltered, undefined, tools, tools.sourceOf));
  }
  for (const { cachedAnswers } of readings) tools.receipt.kept += cachedAnswers;
  return judgeReadings(task, readings);
}

function readTask(
  { list, windows }: Omit<ListTask, 'price'>,
  reserved: Reservation | undefined,
  { allowance, limits, signal }: ReadingTools,
  sourceOf: PageSource,
): Promise<ListReading> {
  const calls = reserved ?? allowance.reserve(0);
  return readList({ source: sourceOf(list), windows, calls, limits, signal });
}

/**
 * Whether a list must be read anew: the lists are of several people, and this one was cached and not of the person that a
 * call showed. Where no call was made, nothing says which person is right, and all are read anew.
 */
function mustReadAnew(reading: ListReading, all: readonly ListReading[]): boolean {
  const owned = ownedOf([reading]);
  if (reading.pages.fetched.length > 0 || owned.length === 0 || areOfOnePerson(ownedOf(all))) return false;
  const fetched = ownedOf(all.filter(({ pages }) => pages.fetched.length > 0));
  return fetched.length === 0 || !areOfOnePerson([...fetched.slice(0, 1), ...owned]);
}

/**
 * Whether details cost a call of their own: they were asked for, no call brought them, and one was refused for its
 * filter's sake. A call without a filter would be made twice, so one that failed is not repeated.
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
 * The customer is the person of the first list that shows one; a list of another person fails alone. The readings are
 * those of the task's lists, in order, then that of the details if one was made. Where no list shows a person, lists
 * that were refused for their filter's sake fail alone, and any other failure is the customer's.
 */
function judgeReadings(task: CustomerTask, readings: readonly ListReading[]): TaskReading | null {
  const [refusal] = readings.flatMap(({ customerFailure }) => customerFailure ?? []);
  if (refusal === 'NO_SUCH_CUSTOMER') return null;
  if (refusal !== undefined) throw refusal;
  const [customer] = ownedOf(readings);
  const failure = customer === undefined ? failureWithoutDetails(task, readings) : undefined;
  if (failure !== undefined) throw failure;
  const lists = task.lists.flatMap(({ list, windows }, index) => {
    const reading = readings[index];
    if (reading === undefined) return [];
    const isTheirs = areOfOnePerson([...(customer ? [customer] : []), ...ownedOf([reading])]);
    return [[list, isTheirs ? reading : refusedReading(windows)] as const];
  });
  return { details: customer?.details ?? null, lists: new Map(lists) };
}

/** The readings that show a person: those of which a call, or the cache, brought a page. */
function ownedOf(readings: readonly ListReading[]): readonly Owned[] {
  return readings.flatMap(({ pages: { details } }) => (details === undefined ? [] : [{ details }]));
}

/** The reading of a list of another person, as if no call had succeeded. */
function refusedReading(windows: ListTask['windows']): ListReading {
  const failure = anotherPersonError();
  const endings = new Map(windows.map((window) => [window, failure]));
  return { pages: createListPages(windows), customerFailure: undefined, failure, endings, cachedAnswers: 0 };
}

/** Whether a list has a filter. Without one, no refusal is for the filter's sake. */
function isFiltered({ filter }: LedgerList): boolean {
  return Object.keys(filter).length > 0;
}

/** Whether a list failed for its filter's sake, which concerns neither another list nor the customer. */
function isRefusedForFilter(list: LedgerList | undefined, { failure }: ListReading): boolean {
  return list !== undefined && isFiltered(list) && failure !== undefined && isFilterRefusal(failure);
}

/**
 * The customer's failure when no call showed who it is: that of the call without a filter if there was one, else the
 * first that was not for a filter's sake. The reading of the details has no list in the task, and no filter.
 */
function failureWithoutDetails(
  { lists }: CustomerTask,
  readings: readonly ListReading[],
): GatewayError | undefined {
  const failed = readings
    .map((reading, index) => ({ reading, list: lists[index]?.list }))
    .filter(({ reading, list }) => reading.failure !== undefined && !isRefusedForFilter(list, reading));
  const unfiltered = failed.find(({ list }) => list === undefined || !isFiltered(list));
  return (unfiltered ?? failed[0])?.reading.failure;
}
