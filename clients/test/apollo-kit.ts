/** Apollo Client's kit without React: the watched query is what `useQuery` shows. */

import { filter, firstValueFrom } from 'rxjs';
import { createLedgerClient, loadMore, noticeOf } from '../apollo/ledger.ts';
import type { Notice } from '../notice.ts';
import { balancesQuery } from '../operations.ts';
import type { ConnectKit } from './kit-client.ts';

export const connectApolloKit: ConnectKit = (url) => {
  const client = createLedgerClient(url);
  return {
    open: async (question) => {
      const watched = client.watchQuery({ query: balancesQuery, variables: question });
      watched.subscribe({});
      const settled = () => firstValueFrom(watched.pipe(filter(({ loading }) => !loading)));
      await settled();
      let failure: Notice | undefined;
      const result = () => {
        const { data, dataState, error } = watched.getCurrentResult();
        return { data: dataState === 'complete' ? data : undefined, error };
      };
      const list = () => result().data?.customer?.ledgerBalance;
      return {
        categories: () => list()?.edges.map(({ node }) => node.pointsCategory),
        keys: () => list()?.edges.map(({ cursor }) => cursor) ?? [],
        hasNextPage: () => list()?.pageInfo.hasNextPage ?? false,
        notice: () => failure ?? noticeOf(result()),
        loadMore: async () => {
          failure = await loadMore({ ...result(), fetchMore: (options) => watched.fetchMore(options) });
          await settled();
        },
        askAgain: async () => {
          await watched.refetch().catch(() => undefined);
          await settled();
        },
      };
    },
  };
};
