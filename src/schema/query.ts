/**
 * The root fields. Each hands its demands to the loader before it waits for anything, so that all of an
 * operation's demands are planned together (`../ledger/customer-loader.ts`).
 */
import type { GraphQLResolveInfo } from 'graphql';
import { openCustomerId } from '../ledger/customer-id.ts';
import { type IdentifierInput, identifierFromInput } from '../ledger/customer-identifier.ts';
import { builder } from './builder.ts';
import type { SchemaContext } from './context.ts';
import { Customer } from './customer.ts';
import type { CustomerParent } from './customer-parent.ts';
import { CustomerIdentifierInput } from './identifier-input.ts';
import { customerDemand } from './look-ahead.ts';
import { Node } from './node.ts';

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
      resolve: (_, { identifier }, context, info) => loadByIdentifier(identifier, context, info),
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
      resolve: (_, { identifiers }, context, info) =>
        identifiers.map((identifier) => loadByIdentifier(identifier, context, info)),
    }),
    node: t.field({
      type: Node,
      nullable: true,
      description: 'Whatever has this id. Null: it no longer exists.',
      args: { id: t.arg.id({ required: true, description: 'An `id` from an earlier answer.' }) },
      resolve: (_, { id }, context, info) => loadById(id, context, info),
    }),
    nodes: t.field({
      type: [Node],
      nullable: { list: false, items: true },
      description: 'Whatever has these ids, in their order. A null item: it no longer exists.',
      args: { ids: t.arg.idList({ required: true, description: 'Values of `id` from earlier answers.' }) },
      resolve: (_, { ids }, context, info) => ids.map((id) => loadById(id, context, info)),
    }),
  }),
});

// Async, so that a wrong argument fails its own field or list item only; up to the loader nothing is awaited.
async function loadByIdentifier(
  input: IdentifierInput,
  context: SchemaContext,
  info: GraphQLResolveInfo,
): Promise<CustomerParent | null> {
  return await loadCustomer(identifierFromInput(input), context, info);
}

async function loadById(
  id: string,
  context: SchemaContext,
  info: GraphQLResolveInfo,
): Promise<CustomerParent | null> {
  return await loadCustomer(openCustomerId(context.keys.ids, id), context, info);
}

async function loadCustomer(
  identifier: CustomerParent['identifier'],
  context: SchemaContext,
  info: GraphQLResolveInfo,
): Promise<CustomerParent | null> {
  const reading = await context.customers.load(customerDemand(identifier, context, info));
  return reading && { identifier, reading };
}
