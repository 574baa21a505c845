/** A page with Apollo Client, as the guide for clients shows it. */

import { ApolloProvider } from '@apollo/client/react';
import type { PropsWithChildren } from 'react';
import { createLedgerClient } from '../../apollo/ledger.ts';
import { useBalances } from '../../apollo/use-balances.ts';
import type { BalancesQueryVariables } from '../../gql/graphql.ts';
import { List } from './list.tsx';

const client = createLedgerClient('/graphql');

export function App({ children }: PropsWithChildren) {
  return <ApolloProvider client={client}>{children}</ApolloProvider>;
}

export function Balances(variables: BalancesQueryVariables) {
  return <List {...useBalances(variables)} />;
}
