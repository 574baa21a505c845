/**
 * The root fields. Each one gives its demands to the loader before it awaits anything, so that all demands of an operation
 * are planned together (`../ledger/reading/customer-loader.ts`).
 */
import type { GraphQLResolveInfo } from 'graphql';
import { attempt } from '../errors.ts';
import { identifierFromInput } from '../ledger/arguments/customer-identifier.ts';
import { customerKey } from '../ledger/arguments/ledger-list.ts';
import { openCustomerId } from '../ledger/sealing/customer-id.ts';
import { builder, type SchemaContext } from './builder.ts';
import { Customer, type CustomerParent, Node } from './customer.ts';
import { CustomerIdentifierInput } from './identifier-input.ts';
import { type CustomerSelection, demandOf, readSelection } from './look-ahead.ts';

builder.queryType({
  description: 'Where every query begins.',
  fields: (t) => ({
    customer: t.field({
      type: Customer,
      nullable: true,
      description: 'A customer by an identifier. Null: there is no such customer.',
      args: {
        identifier: t.arg({
          type: CustomerIdentifierInput,
          required: true,
          description: 'Names the customer.',
        }),
      },
      resolve: (_, { identifier }, context, info) =>
        createLoad(context, info)(() => identifierFromInput('identifier', identifier)),
    }),
    customers: t.field({
      type: [Customer],
      nullable: { list: false, items: true },
      description:
        'Several customers, in the order of their identifiers. A null item: there is no such customer.',
      args: {
        identifiers: t.arg({
          type: [CustomerIdentifierInput],
          required: true,
          description: 'Name the customers. Repeats cost nothing.',
        }),
      },
      resolve(_, { identifiers }, context, info) {
        const load = createLoad(context, info);
        return identifiers.map((identifier, index) =>
          load(() => identifierFromInput(`identifiers[${index}]`, identifier)),
        );
      },
    }),
    node: t.field({
      type: Node,
      nullable: true,
      description: 'The object with this id. Null: it no longer exists.',
      args: { id: t.arg.id({ required: true, description: 'An `id` from an earlier answer.' }) },
      resolve: (_, { id }, context, info) =>
        createLoad(context, info)(() => openCustomerId(context.ids, 'id', id)),
    }),
    nodes: t.field({
      type: [Node],
      nullable: { list: false, items: true },
      description: 'The objects with these ids, in their order. A null item: the object no longer exists.',
      args: { ids: t.arg.idList({ required: true, description: 'Values of `id` from earlier answers.' }) },
      resolve(_, { ids }, context, info) {
        const load = createLoad(context, info);
        return ids.map((id, index) => load(() => openCustomerId(context.ids, `ids[${index}]`, id)));
      },
    }),
  }),
});

type Identifier = CustomerParent['identifier'];

/**
 * Returns the function that loads the customers of one field. The selection is read once, and equal identifiers are loaded
 * once. An error of one customer, such as a wrong identifier, rejects that customer alone.
 */
function createLoad(
  context: SchemaContext,
  info: GraphQLResolveInfo,
): (readIdentifier: () => Identifier) => Promise<CustomerParent | null> {
  const selection = attempt(() => readSelection(info));
  const loads = new Map<string, Promise<CustomerParent | null>>();
  return (readIdentifier) => {
    const identifier = attempt(readIdentifier);
    if (identifier instanceof Error) return Promise.reject(identifier);
    const key = customerKey(identifier);
    const known = loads.get(key) ?? load(selection, identifier, context);
    loads.set(key, known);
    return known;
  };
}

/**
 * Loads one customer. Each customer holds what this function and its `then` refer to until its turn comes: an async frame
 * would take twice as much, and a closure inside `createLoad` would keep the keys of all customers.
 */
function load(
  selection: CustomerSelection | Error,
  identifier: Identifier,
  context: SchemaContext,
): Promise<CustomerParent | null> {
  if (selection instanceof Error) return Promise.reject(selection);
  const { demand, refusals } = demandOf(selection, identifier, context);
  // Every field that needs a call is refused, so no call is made. Whether the customer exists stays unknown.
  if (refusals !== undefined && demand.balances.length === 0 && !demand.hasDetails) {
    const reading = { details: null, balances: new Map() };
    return Promise.resolve({ identifier, reading, refusals });
  }
  return context.customers.load(demand).then((reading) => {
    const customer = reading && { identifier, reading, refusals };
    return context.yieldTurn()?.then(() => customer) ?? customer;
  });
}
