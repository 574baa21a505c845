/**
 * What stands behind a `Customer` while its fields are resolved.
 */
import type { CustomerDemand, CustomerReading } from '../ledger/reading/customer-demand.ts';

/** A customer as asked for, and all that was read of it for one field of the document. */
export type CustomerParent = {
  readonly identifier: CustomerDemand['identifier'];
  readonly reading: CustomerReading;
};
