/** A page with urql, as the guide for clients shows it. */

import type { PropsWithChildren } from 'react';
import { Provider } from 'urql';
import type { BalancesQueryVariables } from '../../gql/graphql.ts';
import { createLedgerClient } from '../../urql/ledger.ts';
import { useBalances } from '../../urql/use-balances.ts';
import { List } from './list.tsx';

const client = createLedgerClient('/graphql');

export function App({ children }: PropsWithChildren) {
  return <Provider value={client}>{children}</Provider>;
}

export function Balances(variables: BalancesQueryVariables) {
  return <List {...useBalances(variables)} />;
}
