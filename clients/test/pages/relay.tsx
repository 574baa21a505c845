/** A page with Relay. The guide for clients shows its set-up and its list. */

import { Component, type PropsWithChildren, type ReactNode, Suspense } from 'react';
import { RelayEnvironmentProvider, useLazyLoadQuery } from 'react-relay';
import type { FragmentType, OperationType } from 'relay-runtime';
import type { BalancesQuery, BalancesQueryVariables } from '../../gql/graphql.ts';
import { createLedgerEnvironment, noticeOfError } from '../../relay/ledger.ts';
import { useBalances } from '../../relay/use-balances.ts';
import { compileRelay, documents } from '../relay-compile.ts';
import { List } from './list.tsx';

const environment = createLedgerEnvironment('/graphql');
const { query, fragment } = compileRelay(documents.forward);

export function App({ children }: PropsWithChildren) {
  return <RelayEnvironmentProvider environment={environment}>{children}</RelayEnvironmentProvider>;
}

/** Relay's compiler generates this type in a project. Here the documents are compiled while the tests run. */
type Balances_customer$key = {
  readonly ' $data'?: Pick<NonNullable<BalancesQuery['customer']>, 'ledgerBalance'>;
  readonly ' $fragmentSpreads': FragmentType;
};

function CustomerBalances({ customer }: { readonly customer: Balances_customer$key }) {
  return <List {...useBalances(fragment, customer)} />;
}

type State = { readonly attempt: number; readonly error?: Error | undefined };

/** Shows the error of a query, and asks again when the button is pressed. */
export class Balances extends Component<BalancesQueryVariables, State> {
  override state: State = { attempt: 0 };

  static getDerivedStateFromError(error: Error): Pick<State, 'error'> {
    return { error };
  }

  override render(): ReactNode {
    const { attempt, error } = this.state;
    const load = async () => this.setState({ attempt: attempt + 1, error: undefined });
    const failed = { edges: [], isLoading: false, maySelfLoad: false, load };
    if (error) return <List {...failed} notice={noticeOfError(error)} />;
    return (
      <Suspense fallback={<section aria-busy />}>
        <Query key={attempt} attempt={attempt} variables={this.props} />
      </Suspense>
    );
  }
}

function Query(props: { readonly attempt: number; readonly variables: BalancesQueryVariables }) {
  const data = useLazyLoadQuery<OperationType>(query, props.variables, { fetchKey: props.attempt });
  const { customer } = data as { readonly customer: Balances_customer$key };
  return <CustomerBalances customer={customer} />;
}
