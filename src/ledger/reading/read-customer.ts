/**
 * Reads all lists of one customer in parallel. Then it decides which failures concern the customer and which concern one
 * balance alone, and which lists may be in one answer.
 */
import type { GatewayError } from '../../errors.ts';
import type { CustomerDetails } from '../../upstream/page-request.ts';
import { isFilterRefusal } from '../../upstream/rest/refusal.ts';
import type { Signal } from '../../upstream/signal.ts';
import type { LedgerList, ListRecords } from '../arguments/ledger-list.ts';
import type { Limits } from '../list/block.ts';
import { anotherPersonError, areOfOnePerson, createListPages, type WithDetails } from '../list/list-pages.ts';
import type { PageSource } from '../source/page-source.ts';
import type { ReceiptBook } from '../source/receipt.ts';
import type { CallAllowance, Reservation } from './call-limits.ts';
import type { CustomerTask, ListTask } from './customer-demand.ts';
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
 * A customer that was not refused, and its lists, all of one person. `details` is null if every list was refused
 * because of its filter and no details were asked for.
 */
export type TaskReading = {
  readonly details: CustomerDetails | null;
  readonly lists: ReadonlyMap<LedgerList, ListReading>;
};

/**
 * Reads a customer's lists with the calls that are reserved for each. Calls that the price does not include use free ones.
 * @returns `null` if there is no such customer.
 * @throws {GatewayError} if the customer itself was refused; or if no call brought details and one of them failed for
 * another reason than its filter.
 */
export async function readCustomer(
  task: CustomerTask,
  reserved: readonly Reservation[],
  tools: ReadingTools,
): Promise<TaskReading | null> {
  const first = await Promise.all(
    task.lists.map((list, index) => readTask(list, reserved[index], tools, tools.sourceOf)),
  );
  // Only now is it known whether the identifier has come to mean another person.
  const isOutdated = first.some((reading) => mustReadAgain(reading, first));
  const readings = isOutdated ? await readAgain(task, first, tools) : first;
  if (mustAskForDetails(task, readings)) {
    const unfiltered = { list: tools.listOf(task.identifier, {}), windows: [] };
    readings.push(await readTask(unfiltered, undefined, tools, tools.sourceOf));
  }
  for (const { cachedAnswers } of readings) tools.receipt.kept += cachedAnswers;
  return judgeReadings(task, readings);
}

/** Reads the lists again that must be, and leaves the other readings as they are. */
function readAgain(
  { lists }: CustomerTask,
  first: readonly ListReading[],
  tools: ReadingTools,
): Promise<ListReading[]> {
  const uncached: PageSource = (list) => ({ ...tools.sourceOf(list), cached: () => [] });
  return Promise.all(
    first.map((reading, index) => {
      const list = lists[index];
      return list && mustReadAgain(reading, first) ? readTask(list, undefined, tools, uncached) : reading;
    }),
  );
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
 * Whether a list must be read again without the cache. If the lists are of several people, a cached list must be read again
 * unless it is of the person whom a call has shown. If no call was made, all lists must be read again.
 */
function mustReadAgain(reading: ListReading, all: readonly ListReading[]): boolean {
  if (reading.pages.fetched.length > 0) return false;
  const own = withDetails([reading]);
  if (own.length === 0 || areOfOnePerson(withDetails(all))) return false;
  const fetched = withDetails(all.filter(({ pages }) => pages.fetched.length > 0));
  return fetched.length === 0 || !areOfOnePerson([...fetched.slice(0, 1), ...own]);
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
function judgeReadings(task: CustomerTask, readings: readonly ListReading[]): TaskReading | null {
  const [refusal] = readings.flatMap(({ customerFailure }) => customerFailure ?? []);
  if (refusal === 'NO_SUCH_CUSTOMER') return null;
  if (refusal !== undefined) throw refusal;
  const [customer] = withDetails(readings);
  const failure = customer === undefined ? failureWithoutDetails(task, readings) : undefined;
  if (failure !== undefined) throw failure;
  const lists = task.lists.flatMap(({ list, windows }, index) => {
    const reading = readings[index];
    if (reading === undefined) return [];
    const isTheirs = areOfOnePerson([...(customer ? [customer] : []), ...withDetails([reading])]);
    return [[list, isTheirs ? reading : refusedReading(windows)] as const];
  });
  return { details: customer?.details ?? null, lists: new Map(lists) };
}

/** The details of the readings that have any page, from a call or from the cache. */
function withDetails(readings: readonly ListReading[]): readonly WithDetails[] {
  return readings.flatMap(({ pages: { details } }) => (details === undefined ? [] : [{ details }]));
}

/** Replaces the reading of another person's list, as if no call had succeeded. */
function refusedReading(windows: ListTask['windows']): ListReading {
  const failure = anotherPersonError();
  const endings = new Map(windows.map((window) => [window, failure]));
  return { pages: createListPages(windows), customerFailure: undefined, failure, endings, cachedAnswers: 0 };
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
  const failed = readings
    .map((reading, index) => ({ reading, list: lists[index]?.list }))
    .filter(({ reading, list }) => reading.failure !== undefined && !isRefusedForFilter(list, reading));
  const unfiltered = failed.find(({ list }) => list === undefined || !isFiltered(list));
  return (unfiltered ?? failed[0])?.reading.failure;
}
