/**
 * Relay's Node interface.
 */
import { builder } from './builder.ts';
import type { CustomerParent } from './customer-parent.ts';

/** Everything that can be fetched again by its id alone. Only customers so far. */
export const Node = builder.interfaceRef<CustomerParent>('Node').implement({
  description: 'Something that can be fetched again by its id alone (Relay Global Object Identification).',
  resolveType: () => 'Customer',
  fields: (t) => ({ id: t.id({ description: 'Opaque id, equal for equal things.' }) }),
});
