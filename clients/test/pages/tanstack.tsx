/** A page with TanStack Query, as the guide for clients shows it. */

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { PropsWithChildren } from 'react';
import type { BalancesQueryVariables } from '../../gql/graphql.ts';
import { createLedgerClient } from '../../tanstack/ledger.ts';
import { useBalances } from '../../tanstack/use-balances.ts';
import { List } from './list.tsx';

const client = createLedgerClient('/graphql');
const queryClient = new QueryClient();

export function App({ children }: PropsWithChildren) {
  return <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>;
}

export function Balances(variables: BalancesQueryVariables) {
  return <List {...useBalances(client, variables)} />;
}
