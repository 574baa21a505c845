/** A React hook for one list: Relay. It reads a fragment such as the one in balances.graphql. */

import { useState } from 'react';
import { usePaginationFragment } from 'react-relay';
import type { FragmentType, GraphQLTaggedNode, OperationType } from 'relay-runtime';
import type { BalancesQuery } from '../gql/graphql.ts';
import { maySelfLoad, type Notice, noticeOfAnswer } from '../notice.ts';
import { loadMore } from './ledger.ts';

/** A customer that spreads the fragment. Relay's compiler generates a narrower type. */
export type CustomerKey = {
  readonly ' $data'?: Pick<NonNullable<BalancesQuery['customer']>, 'ledgerBalance'>;
  readonly ' $fragmentSpreads': FragmentType;
};

export function useBalances(fragment: GraphQLTaggedNode, customer: CustomerKey) {
  const { data, loadNext, isLoadingNext, refetch } = usePaginationFragment<OperationType, CustomerKey>(
    fragment,
    customer,
  );
  const [failure, setFailure] = useState<Notice>();
  const list = data.ledgerBalance;
  const notice = isLoadingNext ? undefined : (failure ?? noticeOfAnswer(data, list));
  return {
    edges: list?.edges ?? [],
    isLoading: isLoadingNext,
    notice,
    /** For endless scrolling: whether to call `load` when the end of the list comes into sight. */
    maySelfLoad: !isLoadingNext && maySelfLoad(list, notice),
    /** The next page, or the first one again if it failed. For every button. */
    load: async () => {
      if (list) setFailure(await loadMore(loadNext));
      else refetch({}, { fetchPolicy: 'network-only' });
    },
  };
}
