/** urql with Graphcache: the client with its cache policies, the next page, and the notice. */

import { Client, type CombinedError, fetchExchange, mapExchange } from '@urql/core';
import { cacheExchange, type Resolver } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import type { BalancesQuery, BalancesQueryVariables } from '../gql/graphql.ts';
import { hasFailedCustomer, type Notice, noticeOfAnswer, noticeOfErrors } from '../notice.ts';
import { balancesQuery } from '../operations.ts';

/** Only customers have an id. Without this the cache warns about the others. */
const keyless = () => null;
export const keys = {
  LedgerBalance: keyless,
  LedgerBalanceEdge: keyless,
  ClosingBalance: keyless,
  LedgerWarning: keyless,
  PageInfo: keyless,
};

/** Joins the edges of all pages. The rest is that of the page asked for: `relayPagination` passes over an empty page's. */
const joinPages = relayPagination();
const ledgerBalance: Resolver = (...field) => {
  const joined = joinPages(...field);
  return typeof joined === 'object' ? { ...joined, pageInfo: undefined } : joined;
};

/** Keeps a customer that failed out of the cache: it is null in the answer, as one that does not exist. */
const withoutFailedCustomers = mapExchange({
  onResult: (result) => (hasFailedCustomer(errorsIn(result.error)) ? { ...result, data: undefined } : result),
});

export const exchanges = [
  cacheExchange({ keys, resolvers: { Customer: { ledgerBalance } } }),
  withoutFailedCustomers,
  fetchExchange,
];

export function createLedgerClient(url: string): Client {
  // By GET, urql's default for short queries, phone numbers would stand in the access logs of every proxy.
  return new Client({ url, exchanges, preferGetMethod: false });
}

type List = NonNullable<NonNullable<BalancesQuery['customer']>['ledgerBalance']>;
type Result = { readonly data?: BalancesQuery | undefined; readonly error?: CombinedError | undefined };

/**
 * Loads the page after `list` into the cache. Then ask `useQuery` for it, with the `endCursor` of `list` as `after`: it
 * shows all pages. Returns why it could not; keep the variables then, and the list is as it was.
 */
export async function loadMore(
  client: Client,
  variables: BalancesQueryVariables,
  { pageInfo }: List,
): Promise<Notice | undefined> {
  const next = { ...variables, after: pageInfo.endCursor };
  const { error } = await client.query(balancesQuery, next).toPromise();
  return error && noticeOfErrors(errorsIn(error));
}

/** What a page shows for the result of `useQuery`. */
export function noticeOf({ data, error }: Result): Notice | undefined {
  return error
    ? noticeOfErrors(errorsIn(error))
    : noticeOfAnswer(data?.customer, data?.customer?.ledgerBalance);
}

/** None if no answer came. */
function errorsIn(error: CombinedError | undefined) {
  return error?.graphQLErrors ?? [];
}
