/**
 * The demands of an operation sorted into customers and lists, so that one list is one plan. Pure.
 */
import type { CustomerIdentifier, LedgerFilter } from '../../upstream/page-request.ts';
import type { Limits } from '../list/block.ts';
import { customerKey, filterKey } from '../list/list-name.ts';
import type { Window } from '../list/window.ts';
import type { CustomerDemand } from './customer-demand.ts';
import { priceOf } from './price.ts';

/** One list, all windows on it, and what it costs if every page is full. No windows: any page will do. */
export type ListTask = {
  readonly filter: LedgerFilter;
  readonly windows: readonly Window[];
  readonly price: number;
};

/** Whether a list is restricted at all: a refusal can be for the filter's sake only then. */
export function isFiltered({ filter }: Pick<ListTask, 'filter'>): boolean {
  return Object.keys(filter).length > 0;
}

/** One customer and all lists wanted of it; at least one, for even an id alone must be known to exist. */
export type CustomerTask = {
  readonly identifier: CustomerIdentifier;
  readonly hasDetails: boolean;
  readonly lists: readonly ListTask[];
};

/** Sorts demands by customer, in order of first mention. The key of the map is `customerKey`. */
export function tasksOf(demands: readonly CustomerDemand[], limits: Limits): Map<string, CustomerTask> {
  const groups = groupBy(demands, ({ identifier }) => customerKey(identifier));
  return new Map([...groups].map(([key, group]) => [key, taskOf(group, limits)]));
}

function taskOf(demands: readonly [CustomerDemand, ...CustomerDemand[]], limits: Limits): CustomerTask {
  const balances = demands.flatMap((demand) => demand.balances);
  const lists = [...groupBy(balances, ({ filter }) => filterKey(filter)).values()].map((group) => {
    const windows = group.map(({ window }) => window);
    return { filter: group[0].filter, windows, price: priceOf(windows, limits) };
  });
  return {
    identifier: demands[0].identifier,
    hasDetails: demands.some(({ hasDetails }) => hasDetails),
    lists: lists.length > 0 ? lists : [{ filter: {}, windows: [], price: 1 }],
  };
}

/** Groups by a key, keeping the order of members and of first mention. */
function groupBy<T>(members: readonly T[], keyOf: (member: T) => string): Map<string, [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const member of members) {
    const group = groups.get(keyOf(member));
    if (group === undefined) groups.set(keyOf(member), [member]);
    else group.push(member);
  }
  return groups;
}
