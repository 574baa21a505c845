/** A React hook for one list: Apollo Client. Give the component a `key` of the customer and the filters. */

import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import type { BalancesQueryVariables } from '../gql/graphql.ts';
import { maySelfLoad, type Notice } from '../notice.ts';
import { balancesQuery } from '../operations.ts';
import { loadMore, noticeOf } from './ledger.ts';

export function useBalances(variables: BalancesQueryVariables) {
  const result = useQuery(balancesQuery, { variables });
  const [isLoadingMore, setLoadingMore] = useState(false);
  const [failure, setFailure] = useState<Notice>();
  const list = result.data?.customer?.ledgerBalance;
  const isLoading = result.loading || isLoadingMore;
  const notice = isLoading ? undefined : (failure ?? noticeOf(result));
  return {
    edges: list?.edges ?? [],
    isLoading,
    notice,
    /** For endless scrolling: whether to call `load` when the end of the list comes into sight. */
    maySelfLoad: !isLoading && maySelfLoad(list, notice),
    /** The next page, or the first one again if it failed. For every button. */
    load: async () => {
      setLoadingMore(true);
      if (list) setFailure(await loadMore(result));
      else await result.refetch().catch(() => undefined); // `noticeOf` says why.
      setLoadingMore(false);
    },
  };
}
