/** A React hook for one list: urql. Give the component a `key` of the customer and the filters. */

import { useState } from 'react';
import { useClient, useQuery } from 'urql';
import type { BalancesQueryVariables } from '../gql/graphql.ts';
import { maySelfLoad, type Notice } from '../notice.ts';
import { balancesQuery } from '../operations.ts';
import { loadMore, noticeOf } from './ledger.ts';

export function useBalances(variables: BalancesQueryVariables) {
  const client = useClient();
  /** The cursor before the latest page that came. */
  const [after, setAfter] = useState<string | null>(null);
  const [isLoadingMore, setLoadingMore] = useState(false);
  const [failure, setFailure] = useState<Notice>();
  const [result, askAgain] = useQuery({ query: balancesQuery, variables: { ...variables, after } });
  const list = result.data?.customer?.ledgerBalance;
  const isLoading = result.fetching || isLoadingMore;
  const notice = isLoading ? undefined : (failure ?? noticeOf(result));
  return {
    edges: list?.edges ?? [],
    isLoading,
    notice,
    /** For endless scrolling: whether to call `load` when the end of the list comes into sight. */
    maySelfLoad: !isLoading && maySelfLoad(list, notice),
    /** The next page, or the first one again if it failed. For every button. */
    load: async () => {
      if (!list) return askAgain({ requestPolicy: 'network-only' });
      setLoadingMore(true);
      const problem = await loadMore(client, variables, list);
      if (!problem) setAfter(list.pageInfo.endCursor);
      setFailure(problem);
      setLoadingMore(false);
    },
  };
}
