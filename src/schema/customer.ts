/**
 * The customer type: its details and balances. All of them are loaded together with the customer (`look-ahead.ts`).
 */
import type { BalanceReading, CustomerDemand, CustomerReading } from '../ledger/reading/customer-demand.ts';
import { sealCustomerId } from '../ledger/sealing/customer-id.ts';
import { balanceArguments } from './balance-arguments.ts';
import { builder, type SchemaContext } from './builder.ts';
import { LedgerBalance } from './ledger-balance.ts';

/** A customer as one field of the document asks for it, with everything that was loaded for that field. */
export type CustomerParent = {
  readonly identifier: CustomerDemand['identifier'];
  readonly reading: CustomerReading;
  /** The errors of selected balances with wrong arguments, by response key, if any. No call was made for them. */
  readonly refusals: ReadonlyMap<string, Error> | undefined;
};

/** The type of an object that its id alone can fetch again. Only customers so far. */
export const Node = builder.interfaceRef<CustomerParent>('Node').implement({
  description: 'Something that can be fetched again by its id alone (Relay Global Object Identification).',
  resolveType: () => 'Customer',
  fields: (t) => ({ id: t.id({ description: 'Opaque id, equal for equal things.' }) }),
});

/** The customer. */
export const Customer = builder.objectRef<CustomerParent>('Customer').implement({
  description: 'A customer of the loyalty programmes, as asked for by one identifier.',
  interfaces: [Node],
  fields(t) {
    const detail = (name: 'externalId' | 'firstName' | 'lastName' | 'entityType', description: string) =>
      t.string({ nullable: true, description, resolve: ({ reading }) => detailsOf(reading)[name] });
    return {
      id: t.id({
        description:
          'Opaque id that names the customer by the identifier it was asked with; open it again with `node`. The same ' +
          'person asked for by mobile and by e-mail has two ids and one `userId`.',
        resolve: idOf,
      }),
      userId: t.id({
        description: "The programme's own id of the customer: an integer of any size, every digit kept.",
        resolve: ({ reading }) => detailsOf(reading).userId,
      }),
      externalId: detail('externalId', "The customer's id in another system. Null when there is none."),
      firstName: detail('firstName', 'First name. Null when it is not known.'),
      lastName: detail('lastName', 'Last name. Null when it is not known.'),
      entityType: detail(
        'entityType',
        'What kind of entity holds the points, such as `CUSTOMER`. Null when the upstream does not say.',
      ),
      ledgerBalance: t.field({
        type: LedgerBalance,
        nullable: true,
        description:
          "A stretch of the customer's closing balances. Page with `first` and `after`, or `last` and `before`; with " +
          'none of them it is the first 10. Null, with an error, when this balance alone failed.',
        args: balanceArguments,
        resolve(customer, _, { isLarge, yieldTurn }, info) {
          const key = String(info.path.key);
          const turn = isLarge ? yieldTurn() : undefined;
          return turn === undefined ? balanceOf(customer, key) : turn.then(() => balanceOf(customer, key));
        },
      }),
    };
  },
});

/** Ids by customer. To seal one takes about 30 µs, and a document may select it under hundreds of keys. */
const sealedIds = new WeakMap<CustomerParent, string>();

function idOf(customer: CustomerParent, _: unknown, { ids }: SchemaContext): string {
  const id = sealedIds.get(customer) ?? sealCustomerId(ids, customer.identifier);
  sealedIds.set(customer, id);
  return id;
}

/** The details of a customer. The look-ahead demands them when a selected field needs them. */
function detailsOf({ details }: CustomerReading): NonNullable<CustomerReading['details']> {
  if (details === null) throw new Error('The look-ahead did not demand the details of a selected field');
  return details;
}

function balanceOf({ reading, refusals }: CustomerParent, key: string): BalanceReading {
  const balance = reading.balances.get(key) ?? refusals?.get(key);
  if (balance instanceof Error) throw balance;
  if (balance === undefined) throw new Error('The look-ahead did not demand a selected balance');
  return balance;
}
