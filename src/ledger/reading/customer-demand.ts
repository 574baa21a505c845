/**
 * What one field of an operation wants to know of one customer: all of it at once, so that it can be planned
 * before the first call. Knows nothing of GraphQL.
 */
import type { CustomerDetails, CustomerIdentifier, LedgerFilter } from '../../upstream/page-request.ts';
import type { BalancePage } from '../list/connection.ts';
import type { Window } from '../list/window.ts';

/** One balance wanted: which list, which stretch. `key` tells it from its siblings under the same customer. */
export type BalanceDemand = { readonly key: string; readonly filter: LedgerFilter; readonly window: Window };

/** One customer wanted. `hasDetails`: whether anything but its id and its balances is asked for. */
export type CustomerDemand = {
  readonly identifier: CustomerIdentifier;
  readonly hasDetails: boolean;
  readonly balances: readonly BalanceDemand[];
};

/**
 * A customer as read. `details` is null when no detail was wanted and no call told them. A balance that failed alone
 * is its error here, and does not touch the rest.
 */
export type CustomerReading = {
  readonly details: CustomerDetails | null;
  readonly balances: ReadonlyMap<string, BalancePage | Error>;
};
