/** Apollo Client's kit with `errorPolicy: 'all'`: several lists and customers in one query, of which one fails. */

import { gql } from '@apollo/client';
import { expect, it } from 'vitest';
import { createLedgerClient, noticeOf } from '../apollo/ledger.ts';
import type { BalancesQuery } from '../generated/graphql.ts';
import { openKitStage } from './kit-stage.ts';

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
