/**
 * Loads the customers of one field: looks ahead over the selection once, and asks the loader for each customer before
 * anything is awaited.
 */
import type { GraphQLResolveInfo } from 'graphql';
import { tooExpensive } from '../ledger/call-allowance.ts';
import { customerKey } from '../ledger/list-name.ts';
import type { SchemaContext } from './context.ts';
import type { CustomerParent } from './customer-parent.ts';
import { demandOf, readSelection } from './look-ahead.ts';

type Identifier = CustomerParent['identifier'];

/** What a function gives, or the error that it throws: one wrong list item must not fail the others. */
export function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error instanceof Error
      ? error
      : new Error('Something was thrown that is no error', { cause: error });
  }
}

/**
 * The customers in the order of their identifiers, equal ones loaded once; each rejects for itself. More of them than
 * there are calls are refused before the selection is even read: that alone could keep the process busy.
 */
export function loadCustomers(
  identifiers: readonly (Identifier | Error)[],
  context: SchemaContext,
  info: GraphQLResolveInfo,
): Promise<CustomerParent | null>[] {
  const keys = identifiers.map((one) => (one instanceof Error ? one : customerKey(one)));
  const distinct = new Set(keys.filter((key) => typeof key === 'string')).size;
  if (distinct > context.maxCustomers) {
    const error = tooExpensive(distinct, context.maxCustomers);
    return identifiers.map(async (one) => Promise.reject(one instanceof Error ? one : error));
  }
  const selection = attempt(() => readSelection(info));
  const loads = new Map<string, Promise<CustomerParent | null>>();

  async function load(identifier: Identifier): Promise<CustomerParent | null> {
    if (selection instanceof Error) throw selection;
    const reading = await context.customers.load(demandOf(selection, identifier, context));
    return reading && { identifier, reading };
  }

  return identifiers.map(async (one, index) => {
    const key = keys[index];
    if (one instanceof Error || typeof key !== 'string') throw one;
    const known = loads.get(key) ?? load(one);
    loads.set(key, known);
    return await known;
  });
}
