/** Apollo Client, paging with `fetchMore`. It shows the current result of the watched query. */

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { filter, firstValueFrom } from 'rxjs';
import { byMobile } from '../../test/gateway/members.ts';
import { balances } from '../../test/operations.ts';
import { typePolicies } from '../apollo/ledger.ts';
import { type Connect, showList, url, windowOf } from './shown-list.ts';

export const connectApollo: Connect = (fetch) => {
  const cache = new InMemoryCache({ typePolicies });
  const client = new ApolloClient({ link: new HttpLink({ uri: url, fetch }), cache });
  return {
    openList: async (question) => {
      const { categoryType } = question;
      const watched = client.watchQuery({
        query: balances,
        variables: { identifier: byMobile('1'), categoryType, ...windowOf(question) },
        errorPolicy: 'all',
      });
      // Apollo shows a page a moment after its request has settled.
      const shown = () => firstValueFrom(watched.pipe(filter(({ loading }) => !loading)));
      watched.subscribe({});
      await shown();
      const readPage = () => {
        const { data, dataState } = watched.getCurrentResult();
        return dataState === 'complete' ? data?.customer?.ledgerBalance : null;
      };
      return showList(question.direction, readPage, async (cursor) => {
        await watched.fetchMore({ variables: windowOf(question, cursor) });
        await shown();
      });
    },
  };
};
