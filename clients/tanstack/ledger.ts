/** TanStack Query with graphql-request: the options of `useInfiniteQuery`, the entries, and the notice. */

import { type InfiniteData, infiniteQueryOptions } from '@tanstack/react-query';
import { ClientError, GraphQLClient } from 'graphql-request';
import type { BalancesQuery, BalancesQueryVariables } from '../gql/graphql.ts';
import { type Notice, noticeOfAnswer, noticeOfErrors } from '../notice.ts';
import { balancesQuery } from '../operations.ts';

/** `url` may be a path of the page's own origin, such as `/graphql`: graphql-request itself takes none. */
export function createLedgerClient(url: string): GraphQLClient {
  return new GraphQLClient(new URL(url, globalThis.location?.href).href);
}

/** `useInfiniteQuery(balancesOptions(client, { identifier }))`. A page that fails leaves the pages before it. */
export function balancesOptions(client: GraphQLClient, variables: BalancesQueryVariables) {
  return infiniteQueryOptions({
    queryKey: ['balances', variables],
    queryFn: ({ pageParam, signal }) =>
      client.request({ document: balancesQuery, variables: { ...variables, after: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ customer }) => {
      const pageInfo = customer?.ledgerBalance?.pageInfo;
      return pageInfo?.hasNextPage ? pageInfo.endCursor : undefined;
    },
    // The gateway has tried again already. `try-again` says when a person may.
    retry: false,
    // Asking anew asks for every page again, with all their calls. To refresh a list use `resetQueries`: one page.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

type Pages = InfiniteData<BalancesQuery>;

/** The entries of all pages; `undefined` while there is no list. */
export function edgesOf(data: Pages | undefined) {
  const first = data?.pages[0]?.customer?.ledgerBalance;
  return first && data.pages.flatMap(({ customer }) => customer?.ledgerBalance?.edges ?? []);
}

/** What a page shows for the result of `useInfiniteQuery`. */
export function noticeOf({
  data,
  error,
}: {
  data: Pages | undefined;
  error: Error | null;
}): Notice | undefined {
  if (error) return noticeOfErrors(error instanceof ClientError ? (error.response.errors ?? []) : []);
  const customer = data?.pages.at(-1)?.customer;
  return noticeOfAnswer(customer, customer?.ledgerBalance);
}
