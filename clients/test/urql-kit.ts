/** urql's kit without React: it shows what `useQuery` shows for the variables of the latest page. */

import type { OperationResult } from '@urql/core';
import type { BalancesQuery, BalancesQueryVariables } from '../gql/graphql.ts';
import type { Notice } from '../notice.ts';
import { balancesQuery } from '../operations.ts';
import { createLedgerClient, loadMore, noticeOf } from '../urql/ledger.ts';
import type { ConnectKit } from './kit-client.ts';

export const connectUrqlKit: ConnectKit = (url) => {
  const client = createLedgerClient(url);
  return {
    open: async (question) => {
      let variables: BalancesQueryVariables = question;
      let failure: Notice | undefined;
      const ask = (requestPolicy: 'cache-first' | 'network-only') =>
        client.query(balancesQuery, variables, { requestPolicy }).toPromise();
      let shown: OperationResult<BalancesQuery> = await ask('cache-first');
      const list = () => shown.data?.customer?.ledgerBalance;
      return {
        categories: () => list()?.edges.map(({ node }) => node.pointsCategory),
        keys: () => list()?.edges.map(({ cursor }) => cursor) ?? [],
        hasNextPage: () => list()?.pageInfo.hasNextPage ?? false,
        notice: () => failure ?? noticeOf(shown),
        loadMore: async () => {
          const current = list();
          if (!current) return;
          failure = await loadMore(client, question, current);
          if (failure === undefined) variables = { ...question, after: current.pageInfo.endCursor };
          shown = await ask('cache-first');
        },
        askAgain: async () => {
          shown = await ask('network-only');
        },
      };
    },
  };
};
