/** The hooks of the kits in React. Each component shows its list and loads the next page by itself, as endless scrolling does. */

import { ApolloProvider } from '@apollo/client/react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  Component,
  type ComponentType,
  type PropsWithChildren,
  type ReactNode,
  Suspense,
  useEffect,
} from 'react';
import { RelayEnvironmentProvider, useLazyLoadQuery } from 'react-relay';
import type { OperationType } from 'relay-runtime';
import { Provider } from 'urql';
import { createLedgerClient as createApolloClient } from '../apollo/ledger.ts';
import { useBalances as useApollo } from '../apollo/use-balances.ts';
import type { BalancesQuery, BalancesQueryVariables } from '../gql/graphql.ts';
import type { Notice } from '../notice.ts';
import { createLedgerEnvironment, noticeOfError } from '../relay/ledger.ts';
import { type CustomerKey, useBalances as useRelay } from '../relay/use-balances.ts';
import { createLedgerClient as createTanstackClient } from '../tanstack/ledger.ts';
import { useBalances as useTanstack } from '../tanstack/use-balances.ts';
import { createLedgerClient as createUrqlClient } from '../urql/ledger.ts';
import { useBalances as useUrql } from '../urql/use-balances.ts';
import { compileRelay, documents } from './relay-compile.ts';

type Edges = NonNullable<NonNullable<BalancesQuery['customer']>['ledgerBalance']>['edges'];

/** What every hook returns. */
type Shown = {
  readonly edges: Edges;
  readonly isLoading: boolean;
  readonly notice: Notice | undefined;
  readonly maySelfLoad: boolean;
  readonly load: () => Promise<unknown>;
};

/** A client's provider, and a component for one list in it. */
export type ReactKit = {
  readonly Provider: ComponentType<PropsWithChildren>;
  readonly List: ComponentType<{ readonly variables: BalancesQueryVariables }>;
};

/** A list that scrolls by itself while it may. The button is always there. */
function ShownList({ edges, isLoading, notice, maySelfLoad, load }: Shown) {
  // As an observer of the last row would: a little after the rows are shown.
  useEffect(() => {
    const timer = maySelfLoad ? setTimeout(load) : undefined;
    return () => clearTimeout(timer);
  });
  return (
    <section aria-busy={isLoading}>
      <ol>
        {edges.map(({ cursor, node }) => (
          <li key={cursor}>{node.pointsCategory}</li>
        ))}
      </ol>
      <output>{JSON.stringify(notice)}</output>
      <button type="button" onClick={load} />
    </section>
  );
}

type RelayState = { readonly attempt: number; readonly error?: Error | undefined };

/** Shows the error of a query, and asks again when the button is pressed. */
class RelayBoundary extends Component<{ readonly variables: BalancesQueryVariables }, RelayState> {
  override state: RelayState = { attempt: 0 };

  static getDerivedStateFromError(error: Error): Pick<RelayState, 'error'> {
    return { error };
  }

  override render(): ReactNode {
    const { attempt, error } = this.state;
    const load = async () => this.setState({ attempt: attempt + 1, error: undefined });
    const failed = { edges: [], isLoading: false, maySelfLoad: false, load };
    if (error) return <ShownList {...failed} notice={noticeOfError(error)} />;
    return (
      <Suspense fallback={<section aria-busy />}>
        <RelayQuery key={attempt} attempt={attempt} variables={this.props.variables} />
      </Suspense>
    );
  }
}

const { query, fragment } = compileRelay(documents.forward);

function RelayQuery(props: { readonly attempt: number; readonly variables: BalancesQueryVariables }) {
  const variables = { ...props.variables, count: 25 };
  const data = useLazyLoadQuery<OperationType>(query, variables, { fetchKey: props.attempt });
  const { customer } = data as { readonly customer: CustomerKey };
  return <RelayList customer={customer} />;
}

function RelayList({ customer }: { readonly customer: CustomerKey }) {
  return <ShownList {...useRelay(fragment, customer)} />;
}

/** Makes the kits, each with a client of its own. */
export const reactKits: readonly (readonly [string, (url: string) => ReactKit])[] = [
  [
    'Apollo Client',
    (url) => {
      const client = createApolloClient(url);
      return {
        Provider: ({ children }) => <ApolloProvider client={client}>{children}</ApolloProvider>,
        List: ({ variables }) => <ShownList {...useApollo(variables)} />,
      };
    },
  ],
  [
    'urql',
    (url) => {
      const client = createUrqlClient(url);
      return {
        Provider: ({ children }) => <Provider value={client}>{children}</Provider>,
        List: ({ variables }) => <ShownList {...useUrql(variables)} />,
      };
    },
  ],
  [
    'TanStack Query',
    (url) => {
      const client = createTanstackClient(url);
      const queryClient = new QueryClient();
      return {
        Provider: ({ children }) => (
          <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
        ),
        List: ({ variables }) => <ShownList {...useTanstack(client, variables)} />,
      };
    },
  ],
  [
    'Relay',
    (url) => {
      const environment = createLedgerEnvironment(url);
      return {
        Provider: ({ children }) => (
          <RelayEnvironmentProvider environment={environment}>{children}</RelayEnvironmentProvider>
        ),
        List: ({ variables }) => <RelayBoundary variables={variables} />,
      };
    },
  ],
];
