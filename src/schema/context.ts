/**
 * What resolvers are given besides their arguments. Made anew for each HTTP request by `gateway.ts`.
 */
import type { CustomerLoader } from '../ledger/reading/customer-loader.ts';
import type { SecretKeys } from '../ledger/sealing/secret-keys.ts';

/** The context of one operation. */
export type SchemaContext = {
  /** The one way to the upstream. */
  readonly customers: CustomerLoader;
  /** Seal ids and cursors. */
  readonly keys: SecretKeys;
  /** Whether the operation is so large that its lists are completed in chunks. */
  readonly isLarge: boolean;
  /**
   * Waits for a turn of the event loop with time left in it; gives nothing if the present one has. Rejects when the operation's
   * time is up: so execution ends between fields.
   */
  readonly yieldTurn: () => Promise<void> | undefined;
  /** Largest `first` and `last`. */
  readonly maxPageSize: number;
};
