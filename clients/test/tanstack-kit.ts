/** TanStack Query's kit without React: the observer is what `useInfiniteQuery` shows. */

import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query';
import { balancesOptions, createLedgerClient, edgesOf, noticeOf } from '../tanstack/ledger.ts';
import type { ConnectKit } from './kit-client.ts';

export const connectTanstackKit: ConnectKit = (url) => {
  const client = createLedgerClient(url);
  const queryClient = new QueryClient();
  return {
    open: async (question) => {
      const observer = new InfiniteQueryObserver(queryClient, balancesOptions(client, question));
      observer.subscribe(() => undefined);
      await queryClient
        .getQueryCache()
        .find({ queryKey: ['balances', question] })
        ?.promise?.catch(() => undefined);
      const shown = () => observer.getCurrentResult();
      const edges = () => edgesOf(shown().data);
      return {
        categories: () => edges()?.map(({ node }) => node.pointsCategory),
        keys: () => edges()?.map(({ cursor }) => cursor) ?? [],
        hasNextPage: () => shown().hasNextPage,
        notice: () => noticeOf(shown()),
        loadMore: async () => {
          await observer.fetchNextPage();
        },
        askAgain: async () => {
          await observer.refetch();
        },
      };
    },
  };
};
