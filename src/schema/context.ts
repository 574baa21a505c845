/**
 * What resolvers are given besides their arguments. Made anew for each HTTP request by `gateway.ts`.
 */
import type { CustomerLoader } from '../ledger/customer-loader.ts';
import type { SecretKeys } from '../ledger/secret-keys.ts';

/** The context of one operation. */
export type SchemaContext = {
  /** The one way to the upstream. */
  readonly customers: CustomerLoader;
  /** Seal ids and cursors. */
  readonly keys: SecretKeys;
  /** Customers that one field can ask for: as many as an operation may make calls, for each costs at least one. */
  readonly maxCustomers: number;
  /** Largest `first` and `last`. */
  readonly maxPageSize: number;
};
