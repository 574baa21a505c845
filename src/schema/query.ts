/**
 * The root fields. Each hands its demands to the loader before it waits for anything, so that all of an
 * operation's demands are planned together (`../ledger/reading/customer-loader.ts`).
 */

import { identifierFromInput } from '../ledger/arguments/customer-identifier.ts';
import { attempt } from '../ledger/reading/attempt.ts';
import { openCustomerId } from '../ledger/sealing/customer-id.ts';
import { builder } from './builder.ts';
import { Customer } from './customer.ts';
import { CustomerIdentifierInput } from './identifier-input.ts';
import { loadCustomers } from './load-customers.ts';
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
      resolve: (_, { identifier }, context, info) =>
        loadCustomers([attempt(() => identifierFromInput('identifier', identifier))], context, info)[0] ??
        null,
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
      resolve: (_, { identifiers }, context, info) => {
        const read = identifiers.map((identifier, index) =>
          attempt(() => identifierFromInput(`identifiers[${index}]`, identifier)),
        );
        return loadCustomers(read, context, info);
      },
    }),
    node: t.field({
      type: Node,
      nullable: true,
      description: 'Whatever has this id. Null: it no longer exists.',
      args: { id: t.arg.id({ required: true, description: 'An `id` from an earlier answer.' }) },
      resolve: (_, { id }, context, info) =>
        loadCustomers([attempt(() => openCustomerId(context.keys.ids, 'id', id))], context, info)[0] ?? null,
    }),
    nodes: t.field({
      type: [Node],
      nullable: { list: false, items: true },
      description: 'Whatever has these ids, in their order. A null item: it no longer exists.',
      args: { ids: t.arg.idList({ required: true, description: 'Values of `id` from earlier answers.' }) },
      resolve: (_, { ids }, context, info) => {
        const opened = ids.map((id, index) =>
          attempt(() => openCustomerId(context.keys.ids, `ids[${index}]`, id)),
        );
        return loadCustomers(opened, context, info);
      },
    }),
  }),
});
