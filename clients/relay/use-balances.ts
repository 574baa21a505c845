/** A React hook for one list: Relay. It reads a fragment such as the one in balances.graphql. */

import { useState } from 'react';
import { usePaginationFragment } from 'react-relay';
import type { FragmentType, GraphQLTaggedNode, OperationType } from 'relay-runtime';
import { maySelfLoad, type Notice, noticeOfAnswer } from '../notice.ts';
import { loadMore } from './ledger.ts';

/** What the hook needs of a list. The type that Relay's compiler generates for your fragment has more. */
type List = Parameters<typeof maySelfLoad>[0] & { readonly edges: readonly unknown[] };

/** A customer that spreads the fragment: `Balances_customer$key` of Relay's compiler. */
export type CustomerKey = {
  readonly ' $data'?: { readonly ledgerBalance: List | null | undefined };
  readonly ' $fragmentSpreads': FragmentType;
};

/** An entry, with the fields of your fragment. */
type Edge<Key extends CustomerKey> = NonNullable<
  NonNullable<Key[' $data']>['ledgerBalance']
>['edges'][number];

export function useBalances<Key extends CustomerKey>(fragment: GraphQLTaggedNode, customer: Key) {
  const { data, loadNext, isLoadingNext, refetch } = usePaginationFragment<OperationType, Key>(
    fragment,
    customer,
  );
  const [failure, setFailure] = useState<Notice>();
  const list = data?.ledgerBalance;
  const edges: readonly Edge<Key>[] = list?.edges ?? [];
  const notice = isLoadingNext ? undefined : (failure ?? noticeOfAnswer(data, list));
  return {
    edges,
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
