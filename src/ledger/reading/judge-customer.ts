/**
 * What the readings of a customer's lists come to: which failure concerns the customer and which one balance alone,
 * and which lists may stand side by side. Pure; knows nothing of calls.
 */
import type { GatewayError } from '../../errors.ts';
import type { CustomerDetails } from '../../upstream/page-request.ts';
import { isFilterRefusal } from '../../upstream/rest/refusal.ts';
import { filterKey } from '../list/list-name.ts';
import { createListPages } from '../list/list-pages.ts';
import { anotherPerson, areOfOnePerson, type Owned } from '../list/same-person.ts';
import { type CustomerTask, isFiltered, type ListTask } from './customer-task.ts';
import type { ListReading } from './read-list.ts';

/**
 * A customer that was not refused: who it is, and each list by `filterKey`. All are of one person. `details` is null
 * when every list was refused for its filter's sake and no detail was wanted.
 */
export type TaskReading = {
  readonly details: CustomerDetails | null;
  readonly lists: ReadonlyMap<string, ListReading>;
};

/**
 * Whether a list must be read anew because the lists are of several people, and this one was kept of somebody else
 * than a call has told. Where no call was made nothing tells who is right, and it must be whoever it is of.
 */
export function mustReadAnew(reading: ListReading, all: readonly ListReading[]): boolean {
  const owned = ownedOf([reading]);
  if (owned.length === 0 || reading.pages.fresh.length > 0 || areOfOnePerson(ownedOf(all))) return false;
  const called = ownedOf(all.filter(({ pages }) => pages.fresh.length > 0));
  return called.length === 0 || !areOfOnePerson([...called.slice(0, 1), ...owned]);
}

/**
 * The customer that the readings tell of. They are those of the task's lists, in order; one more, of any page, may
 * follow. The customer is whom the first list tells; a list of another person fails alone. Where no list tells, those
 * that were refused for their filter's sake fail alone, and any other failure is the customer's.
 * @returns `null` when there is no such customer.
 * @throws {GatewayError} when the customer as such was refused, or when no call told who it is and one of them failed
 * for no fault of its filter.
 */
export function judgeReadings(task: CustomerTask, readings: readonly ListReading[]): TaskReading | null {
  const refusals = readings.flatMap(({ customerFailure }) => customerFailure ?? []);
  const [refusal] = refusals;
  if (refusal === 'NO_SUCH_CUSTOMER') return null;
  if (refusal !== undefined) throw refusal;
  const [customer] = ownedOf(readings);
  const failure = customer === undefined ? failureWithoutDetails(task, readings) : undefined;
  if (failure !== undefined) throw failure;
  const lists = task.lists.flatMap((list, index) => {
    const reading = readings[index];
    if (reading === undefined) return [];
    const isTheirs = areOfOnePerson([...(customer ? [customer] : []), ...ownedOf([reading])]);
    return [[filterKey(list.filter), isTheirs ? reading : refusedReading(list)] as const];
  });
  return { details: customer?.details ?? null, lists: new Map(lists) };
}

/** Those that say whose they are: not those of which no call has succeeded. */
function ownedOf(readings: readonly ListReading[]): readonly Owned[] {
  return readings.flatMap(({ pages: { details } }) => (details === undefined ? [] : [{ details }]));
}

/** A list of another person, as if not one call had succeeded. */
function refusedReading({ windows }: ListTask): ListReading {
  const failure = anotherPerson();
  const endings = new Map(windows.map((window) => [window, failure]));
  return { pages: createListPages(windows), customerFailure: undefined, failure, endings, keptAnswers: 0 };
}

/** Whether a list failed for its filter's sake, which concerns no other list and not the customer. */
export function isRefusedForFilter(list: ListTask | undefined, { failure }: ListReading): boolean {
  return list !== undefined && isFiltered(list) && failure !== undefined && isFilterRefusal(failure);
}

/**
 * The customer's failure when no call told who it is: that of the call without filters if there was one, else the first
 * that was not for a filter's sake. A reading without a list is the call for the details, which has no filter.
 */
function failureWithoutDetails(
  { lists }: CustomerTask,
  readings: readonly ListReading[],
): GatewayError | undefined {
  const failed = readings
    .map((reading, index) => ({ reading, list: lists[index] }))
    .filter(({ reading, list }) => reading.failure !== undefined && !isRefusedForFilter(list, reading));
  const unfiltered = failed.find(({ list }) => list === undefined || !isFiltered(list));
  return (unfiltered ?? failed[0])?.reading.failure;
}
