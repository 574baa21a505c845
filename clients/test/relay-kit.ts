/** Relay's kit without React: what `useLazyLoadQuery` and `usePaginationFragment` show. */

import { type Notice, noticeOfAnswer } from '../notice.ts';
import { createLedgerEnvironment, loadMore, noticeOfError } from '../relay/ledger.ts';
import type { ConnectKit } from './kit-client.ts';
import { openRelayQuery } from './relay-client.ts';

export const connectRelayKit: ConnectKit = (url) => {
  const environment = createLedgerEnvironment(url);
  return {
    open: async ({ identifier, categoryType, first = 25 }) => {
      const query = openRelayQuery(environment, 'forward', { identifier, categoryType, count: first });
      let failure: Notice | undefined;
      const ask = async () => {
        failure = undefined;
        await query.ask().catch((error: Error) => {
          failure = noticeOfError(error);
        });
      };
      if (!query.isStored()) await ask();
      const list = () => query.shown()?.ledgerBalance;
      const loadNext: Parameters<typeof loadMore>[0] = (count, { onComplete }) => {
        const cursor = list()?.pageInfo.endCursor ?? null;
        query.askFrom(cursor, count).then(() => onComplete(null), onComplete);
      };
      return {
        categories: () => list()?.edges.map(({ node }) => node.pointsCategory),
        keys: () => list()?.edges.map(({ cursor }) => cursor) ?? [],
        hasNextPage: () => list()?.pageInfo.hasNextPage ?? false,
        notice: () => failure ?? noticeOfAnswer(query.customer() as object | null | undefined, list()),
        loadMore: async () => {
          failure = await loadMore(loadNext, first);
        },
        askAgain: ask,
      };
    },
  };
};
