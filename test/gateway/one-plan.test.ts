/** One operation, one plan: any document reads one list of one customer once. */

import { beforeEach, describe, expect, it } from 'vitest';
import { balances, customersDetails, details, everything } from '../operations.ts';
import { type Harness, startHarness } from './harness.ts';
import { byMobile, categories, mobileLiteral, mobiles, threeMembers } from './members.ts';

const twelve = mobileLiteral(mobiles.twelve);
const page = 'nodes { pointsCategory }';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ members: threeMembers });
});

async function expectCalls(query: string, calls: number, variables?: Record<string, unknown>) {
  const result = await harness.ask<Record<string, unknown>, Record<string, unknown>>(query, variables);
  expect(result.errors).toBeUndefined();
  expect(harness.sandbox.callCount()).toBe(calls);
  return result.data ?? {};
}

describe('an operation asks the upstream once for', () => {
  it('details and the first page', async () => {
    const data = await expectCalls(
      `{ customer(identifier: ${twelve}) { userId firstName ledgerBalance(first: 10) { totalCount ${page} } } }`,
      1,
    );
    expect(data).toEqual({
      customer: {
        userId: mobiles.twelve,
        firstName: 'Test',
        ledgerBalance: {
          totalCount: 12,
          nodes: categories(0, 10).map((pointsCategory) => ({ pointsCategory })),
        },
      },
    });
  });

  it('details, page, total, warnings and page info without arguments', async () => {
    const { errors } = await harness.ask(everything, { identifier: byMobile(mobiles.twelve) });
    expect([errors, harness.sandbox.callCount()]).toEqual([undefined, 1]);
  });

  it('details alone', async () => {
    const { data } = await harness.ask(details, { identifier: byMobile(mobiles.twelve) });
    expect(data?.customer).toMatchObject({ userId: mobiles.twelve, firstName: 'Test' });
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it.each(['id', '__typename', 'id __typename'])(
    '{ %s } alone, to find out whether the customer exists',
    async (fields) => {
      await expectCalls(`{ customer(identifier: ${twelve}) { ${fields} } }`, 1);
    },
  );

  it('three aliases of one page', async () => {
    const alias = (name: string) => `${name}: ledgerBalance(first: 10) { ${page} }`;
    const data = await expectCalls(
      `{ customer(identifier: ${twelve}) { ${['a', 'b', 'c'].map(alias).join(' ')} } }`,
      1,
    );
    const { a, b, c } = data['customer'] as Record<string, unknown>;
    expect([b, c]).toEqual([a, a]);
  });

  it('one page that is reached through named, inline and nested fragments', async () => {
    await expectCalls(
      `query {
        customer(identifier: ${twelve}) { ...A ... on Customer { ...B } ... { lastName } }
      }
      fragment A on Customer { userId ledgerBalance(first: 10) { ...P } }
      fragment B on Node { id ... on Customer { ledgerBalance(first: 10) { totalCount } } }
      fragment P on LedgerBalance { ${page} }`,
      1,
    );
  });

  it('one customer whose field is written twice and merged', async () => {
    const data = await expectCalls(
      `{
        customer(identifier: ${twelve}) { userId ledgerBalance { totalCount } }
        customer(identifier: ${twelve}) { firstName ledgerBalance { ${page} } }
      }`,
      1,
    );
    expect(data['customer']).toMatchObject({
      userId: mobiles.twelve,
      firstName: 'Test',
      ledgerBalance: { totalCount: 12, nodes: { length: 10 } },
    });
  });

  it('a page that several windows overlap on', async () => {
    const data = await expectCalls(
      `{ customer(identifier: ${twelve}) {
        a: ledgerBalance(first: 3) { ${page} }
        b: ledgerBalance(first: 10) { ${page} }
        c: ledgerBalance { totalCount }
        userId
      } }`,
      1,
    );
    const { a, b } = data['customer'] as { a: { nodes: unknown[] }; b: { nodes: unknown[] } };
    expect(a.nodes).toEqual(b.nodes.slice(0, 3));
  });

  it.each([1, 200])('a total with `first: %i`', async (first) => {
    const data = await expectCalls(
      `{ customer(identifier: ${twelve}) { ledgerBalance(first: ${first}) { totalCount warnings { code } __typename } } }`,
      1,
    );
    expect(data['customer']).toMatchObject({ ledgerBalance: { totalCount: 12, warnings: [] } });
  });

  it('a total with any `last`', async () => {
    await expectCalls(`{ customer(identifier: ${twelve}) { ledgerBalance(last: 200) { totalCount } } }`, 1);
  });

  it('one customer asked for ten times, by aliases', async () => {
    const aliases = Array.from({ length: 10 }, (_, n) => `c${n}: customer(identifier: ${twelve}) { userId }`);
    const data = await expectCalls(`{ ${aliases.join(' ')} }`, 1);
    expect(Object.values(data)).toEqual(Array(10).fill({ userId: mobiles.twelve }));
  });

  it('one customer asked for ten times, in a list', async () => {
    const identifiers = Array(10).fill(byMobile(mobiles.twelve));
    const { data } = await harness.ask(customersDetails, { identifiers });
    expect(data?.customers.map((customer) => customer?.userId)).toEqual(Array(10).fill(mobiles.twelve));
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('one customer asked for as customer, in a list and by its id', async () => {
    const first = await harness.ask(details, { identifier: byMobile(mobiles.twelve) });
    const id = first.data?.customer?.id ?? '';
    harness.sandbox.reset();
    await expectCalls(
      `query ($id: ID!) {
        customer(identifier: ${twelve}) { ledgerBalance(first: 10) { ${page} } }
        customers(identifiers: [${twelve}, ${twelve}]) { userId }
        node(id: $id) { ... on Customer { ledgerBalance(first: 5) { ${page} } } }
        nodes(ids: [$id, $id]) { id }
      }`,
      1,
      { id },
    );
  });

  it('an identifier and the same one with every default written out', async () => {
    await expectCalls(
      `{
        a: customer(identifier: ${twelve}) { userId ledgerBalance(first: 10, currencies: [], last: null) { ${page} } }
        b: customer(identifier: { name: MOBILE, value: "${mobiles.twelve}", source: INSTORE, accountId: null }) {
          ledgerBalance(includeAllCurrencies: false, includeTillConceptEvents: false, tillId: null) { ${page} }
        }
      }`,
      1,
    );
  });

  it('`first: 0`, which has no edges, no cursors and no further pages', async () => {
    const { data } = await harness.ask(balances, { identifier: byMobile(mobiles.twelve), first: 0 });
    expect(data?.customer?.ledgerBalance).toEqual({
      totalCount: 12,
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      warnings: [],
    });
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('`last: 0`, which has no edges, no cursors and no further pages', async () => {
    const { data } = await harness.ask(balances, { identifier: byMobile(mobiles.twelve), last: 0 });
    expect(data?.customer?.ledgerBalance).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
    expect(harness.sandbox.callCount()).toBe(1);
  });
});
