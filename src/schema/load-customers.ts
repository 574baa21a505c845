/**
 * Loads the customers of one field: looks ahead over the selection once, and asks the loader for each customer before
 * anything is awaited.
 */
import type { GraphQLResolveInfo } from 'graphql';
import { customerKey } from '../ledger/list/list-name.ts';
import { attempt } from '../ledger/reading/attempt.ts';
import type { SchemaContext } from './context.ts';
import type { CustomerParent } from './customer-parent.ts';
import { demandOf, readSelection } from './look-ahead.ts';

type Identifier = CustomerParent['identifier'];

/** The customers in the order of their identifiers, equal ones loaded once; each rejects for itself. */
export function loadCustomers(
  identifiers: readonly (Identifier | Error)[],
  context: SchemaContext,
  info: GraphQLResolveInfo,
): Promise<CustomerParent | null>[] {
  const keys = identifiers.map((one) => (one instanceof Error ? one : customerKey(one)));
  const selection = attempt(() => readSelection(info));
  const loads = new Map<string, Promise<CustomerParent | null>>();

  async function load(identifier: Identifier): Promise<CustomerParent | null> {
    if (selection instanceof Error) throw selection;
    const { demand, refused } = demandOf(selection, identifier, context);
    // Whether there is such a customer is not asked when every field that would need to know is refused.
    if (refused.size > 0 && demand.balances.length === 0 && !demand.hasDetails) {
      return { identifier, reading: { details: null, balances: refused } };
    }
    const reading = await context.customers.load(demand);
    await context.yieldTurn();
    return (
      reading && { identifier, reading: { ...reading, balances: new Map([...reading.balances, ...refused]) } }
    );
  }

  return identifiers.map(async (one, index) => {
    const key = keys[index];
    if (one instanceof Error || typeof key !== 'string') throw one;
    const known = loads.get(key) ?? load(one);
    loads.set(key, known);
    return await known;
  });
}
