/**
 * The customer type: who it is. Its balances are `customer-ledger-balance.ts`.
 */
import { sealCustomerId } from '../ledger/sealing/customer-id.ts';
import { builder } from './builder.ts';
import type { CustomerParent } from './customer-parent.ts';
import { Node } from './node.ts';

/** The customer. */
export const Customer = builder.objectRef<CustomerParent>('Customer').implement({
  description: 'A customer of the loyalty programmes, as asked for by one identifier.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description:
        'Opaque id that names the customer by the identifier it was asked with; open it again with `node`. The same ' +
        'person asked for by mobile and by e-mail has two ids and one `userId`.',
      resolve: ({ identifier }, _, { keys }) => sealCustomerId(keys.ids, identifier),
    }),
    userId: t.id({
      description: "The programme's own id of the customer: an integer of any size, every digit kept.",
      resolve: ({ reading }) => detailsOf(reading).userId,
    }),
    externalId: t.string({
      nullable: true,
      description: "The customer's id in another system. Null when there is none.",
      resolve: ({ reading }) => detailsOf(reading).externalId,
    }),
    firstName: t.string({
      nullable: true,
      description: 'First name. Null when it is not known.',
      resolve: ({ reading }) => detailsOf(reading).firstName,
    }),
    lastName: t.string({
      nullable: true,
      description: 'Last name. Null when it is not known.',
      resolve: ({ reading }) => detailsOf(reading).lastName,
    }),
    entityType: t.string({
      nullable: true,
      description:
        'What kind of entity holds the points, such as `CUSTOMER`. Null when the upstream does not say.',
      resolve: ({ reading }) => detailsOf(reading).entityType,
    }),
  }),
});

/** The details, which are there whenever a field that needs them is selected (`look-ahead.ts`). */
function detailsOf({
  details,
}: CustomerParent['reading']): NonNullable<CustomerParent['reading']['details']> {
  if (details === null) throw new Error('Details that are selected were not asked for');
  return details;
}
