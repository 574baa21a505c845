/** Several lists or customers in one query, of which one fails: the kits show the others, and keep no failure. */

import { gql } from '@apollo/client';
import { createOperationDescriptor, fetchQuery } from 'relay-runtime';
import { describe, expect, it } from 'vitest';
import { createLedgerClient, noticeOf } from '../apollo/ledger.ts';
import type { BalancesQuery } from '../gql/graphql.ts';
import { createLedgerEnvironment } from '../relay/ledger.ts';
import { createLedgerClient as createUrqlClient } from '../urql/ledger.ts';
import { openKitStage } from './kit-stage.ts';
import { compileRelay } from './relay-compile.ts';

const list = 'edges { cursor node { pointsCategory } } pageInfo { hasNextPage endCursor } warnings { code }';
const twoLists = gql`
  query TwoLists($size: Int) {
    customer(identifier: { name: EXTERNAL_ID, value: "many-entries" }) {
      id
      all: ledgerBalance(first: $size) { ${list} }
      regular: ledgerBalance(categoryType: REGULAR, first: $size) { ${list} }
    }
  }
`;
const oneOf = (name: string) => gql`
  query One { customer(identifier: { name: EXTERNAL_ID, value: "${name}" }) { id firstName } }
`;
const twoCustomers = gql`
  query Two($identifiers: [CustomerIdentifierInput!]!) {
    customers(identifiers: $identifiers) { id firstName }
  }
`;
const identifiers = ['two-pages', 'many-entries'].map((value) => ({ name: 'EXTERNAL_ID', value }));
const onlyRegular = { kind: 'server-error', query: { pointCategoryType: 'REGULAR' } } as const;

type Shown = NonNullable<BalancesQuery['customer']>;
type List = Shown['ledgerBalance'];
type Answer = {
  readonly customer: Shown & { readonly all: List; readonly regular: List };
  readonly customers: readonly (Shown | null)[];
};

const { url, sandbox, wait } = openKitStage();

describe("Apollo Client with `errorPolicy: 'all'`", () => {
  const connect = () => {
    const client = createLedgerClient(url());
    const ask = (query: typeof twoLists, variables: object = {}, fetchPolicy?: 'network-only') =>
      client.query<Answer>({ query, variables, errorPolicy: 'all', ...(fetchPolicy && { fetchPolicy }) });
    return { ask };
  };

  it('shows the good list, and null, not an empty list, for the failed one', async () => {
    const { ask } = connect();
    sandbox().setFaults([onlyRegular]);
    const { data, error } = await ask(twoLists, { size: 10 });
    expect(data?.customer.all?.edges).toHaveLength(10);
    expect([data?.customer.regular, error?.message]).toEqual([null, expect.stringContaining('503')]);

    const kept = await ask(twoLists, { size: 10 });
    expect(kept.data?.customer.regular).toBeNull();
    const ledgerBalance = kept.data?.customer.regular ?? null;
    const shown = noticeOf({ data: { customer: { id: 'an id', firstName: null, ledgerBalance } } });
    expect(shown).toEqual({ show: 'try-again', inSeconds: 0 });
    expect(sandbox().callCount()).toBe(2);
  });

  it('keeps a list that is there when asking for it anew fails', async () => {
    const { ask } = connect();
    await ask(twoLists, { size: 10 });
    sandbox().setFaults([onlyRegular]);
    const { data, error } = await ask(twoLists, { size: 10 }, 'network-only');
    expect([data?.customer.regular?.edges.length, error === undefined]).toEqual([10, false]);
    expect(sandbox().callCount()).toBe(4);
  });

  it('keeps no failed customer, alone or beside others, as one that does not exist', async () => {
    const { ask } = connect();
    sandbox().setFaults([{ kind: 'server-error', identifierValue: 'many-entries' }]);
    for (const [query, variables] of [[oneOf('many-entries')], [twoCustomers, { identifiers }]] as const) {
      const failed = await ask(query, variables);
      expect([failed.data, failed.error?.message]).toEqual([null, expect.stringContaining('503')]);
    }
    sandbox().setFaults([]);
    wait(10);
    const one = await ask(oneOf('many-entries'));
    const two = await ask(twoCustomers, { identifiers });
    expect([one.data?.customer.firstName, two.data?.customers.length]).toEqual(['Demo', 2]);
    expect([one.error, two.error, two.data?.customers.includes(null)]).toEqual([undefined, undefined, false]);
    expect(sandbox().callCount()).toBe(6);
  });
});

describe('urql', () => {
  it('shows the good list and null for the failed one, and asks again later', async () => {
    const client = createUrqlClient(url());
    sandbox().setFaults([onlyRegular]);
    const ask = () => client.query<Answer>(twoLists, { size: 10 }).toPromise();
    const { data, error } = await ask();
    expect([data?.customer.all?.edges.length, data?.customer.regular]).toEqual([10, null]);
    expect(error?.graphQLErrors.length).toBe(1);

    sandbox().setFaults([]);
    wait(10);
    const later = await ask();
    expect(later.error).toBeUndefined();
    expect(later.data?.customer.regular?.edges).toHaveLength(10);
    expect(sandbox().callCount()).toBe(4);
  });

  it('keeps no failed customer beside others as one that does not exist', async () => {
    const client = createUrqlClient(url());
    sandbox().setFaults([{ kind: 'server-error', identifierValue: 'many-entries' }]);
    const ask = () => client.query<Answer>(twoCustomers, { identifiers }).toPromise();
    const failed = await ask();
    expect([failed.data, failed.error?.graphQLErrors.length]).toEqual([undefined, 1]);

    sandbox().setFaults([]);
    wait(10);
    const { data, error } = await ask();
    expect([error, data?.customers.map((customer) => customer?.firstName)]).toEqual([
      undefined,
      ['Demo', 'Demo'],
    ]);
    expect(sandbox().callCount()).toBe(4);
  });
});

const connection = (key: string) =>
  `@connection(key: "Balances_${key}") { edges { cursor node { pointsCategory } } warnings { code } }`;
const relayDocuments = `
  query BalancesQuery($identifier: CustomerIdentifierInput!, $size: Int) {
    customer(identifier: $identifier) {
      id
      all: ledgerBalance(first: $size) ${connection('all')}
      regular: ledgerBalance(categoryType: REGULAR, first: $size) ${connection('regular')}
      ...Balances_customer
    }
  }
  fragment Balances_customer on Customer { firstName }
`;

describe('Relay', () => {
  const open = () => {
    const environment = createLedgerEnvironment(url());
    const { query } = compileRelay(relayDocuments);
    const variables = { identifier: { name: 'EXTERNAL_ID', value: 'many-entries' }, size: 10 };
    const operation = createOperationDescriptor(query, variables);
    environment.retain(operation);
    return {
      ask: () => fetchQuery(environment, query, variables).toPromise(),
      shown: () => environment.lookup(operation.fragment).data?.['customer'] as Answer['customer'],
      isStored: () => environment.check(operation).status === 'available',
    };
  };

  it('shows the good list and null for the failed one, and asks again later', async () => {
    const { ask, shown, isStored } = open();
    sandbox().setFaults([onlyRegular]);
    await ask();
    expect([shown().all?.edges.length, shown().regular, isStored()]).toEqual([10, null, false]);

    sandbox().setFaults([]);
    wait(10);
    await ask();
    expect([shown().regular?.edges.length, isStored()]).toEqual([10, true]);
    expect(sandbox().callCount()).toBe(4);
  });

  it('keeps a list that is there when asking for it anew fails', async () => {
    const { ask, shown, isStored } = open();
    await ask();
    sandbox().setFaults([onlyRegular]);
    await ask();
    expect([shown().regular?.edges.length, isStored()]).toEqual([10, false]);
    expect(sandbox().callCount()).toBe(4);
  });
});
