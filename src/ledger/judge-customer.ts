/**
 * What the readings of a customer's lists come to: which failure concerns the customer and which one balance alone,
 * and which lists may stand side by side. Pure; knows nothing of calls.
 */
import { GatewayError } from '../errors.ts';
import type { CustomerDetails } from '../upstream/page-request.ts';
import type { CustomerTask, ListTask } from './customer-task.ts';
import { filterKey } from './list-name.ts';
import { createListPages } from './list-pages.ts';
import type { ListReading } from './read-list.ts';
import { anotherPerson, areOfOnePerson, type Owned } from './same-person.ts';

/** A customer that exists: who it is, and each list by `filterKey`. All are of one person. */
export type TaskReading = {
  readonly details: CustomerDetails;
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
 * follow. The customer is whom the first list tells; a list of another person fails alone.
 * @returns `null` when there is no such customer.
 * @throws {GatewayError} when the customer as such was refused, or no call told who it is.
 */
export function judgeReadings(task: CustomerTask, readings: readonly ListReading[]): TaskReading | null {
  const refusals = readings.flatMap(({ customerFailure }) => customerFailure ?? []);
  const [refusal] = refusals;
  if (refusal === 'NO_SUCH_CUSTOMER') return null;
  if (refusal !== undefined) throw refusal;
  const [customer] = ownedOf(readings);
  if (customer === undefined) throw failureWithoutDetails(task, readings);
  const lists = task.lists.flatMap((list, index) => {
    const reading = readings[index];
    if (reading === undefined) return [];
    const isTheirs = areOfOnePerson([customer, ...ownedOf([reading])]);
    return [[filterKey(list.filter), isTheirs ? reading : refusedReading(list)] as const];
  });
  return { details: customer.details, lists: new Map(lists) };
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

/** When no call told who the customer is: the error of the call without filters if there was one, else of the first. */
function failureWithoutDetails(task: CustomerTask, readings: readonly ListReading[]): Error {
  const unfiltered = readings.filter((_, index) => Object.keys(task.lists[index]?.filter ?? {}).length === 0);
  const [failure] = [...unfiltered, ...readings].flatMap(({ failure }) => failure ?? []);
  return failure ?? new GatewayError('INTERNAL_SERVER_ERROR', 'No call was made for the customer');
}
