/** A React hook for one list: TanStack Query. */

import { useInfiniteQuery } from '@tanstack/react-query';
import type { GraphQLClient } from 'graphql-request';
import type { BalancesQueryVariables } from '../gql/graphql.ts';
import { maySelfLoad } from '../notice.ts';
import { balancesOptions, edgesOf, noticeOf } from './ledger.ts';

export function useBalances(client: GraphQLClient, variables: BalancesQueryVariables) {
  const result = useInfiniteQuery(balancesOptions(client, variables));
  const notice = result.isFetching ? undefined : noticeOf(result);
  const list = result.data?.pages.at(-1)?.customer?.ledgerBalance;
  return {
    edges: edgesOf(result.data) ?? [],
    isLoading: result.isFetching,
    notice,
    /** For endless scrolling: whether to call `load` when the end of the list comes into sight. */
    maySelfLoad: !result.isFetching && maySelfLoad(list, notice),
    /** The next page, or the first one again if it failed. For every button. */
    load: async () => {
      await (result.data ? result.fetchNextPage() : result.refetch());
    },
  };
}
