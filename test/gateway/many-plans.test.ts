/** Several lists in one operation: one call for each page of each list, and none for fields that are left out. */

import { beforeEach, describe, expect, it } from 'vitest';
import { balances, customersDetails } from '../operations.ts';
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

describe('an operation asks the upstream', () => {
  it('twice for the first fifty of twelve entries', async () => {
    const { data } = await harness.ask(balances, { identifier: byMobile(mobiles.twelve), first: 50 });
    const { edges, pageInfo } = data?.customer?.ledgerBalance ?? { edges: [] };
    expect(edges.map(({ node }) => node.pointsCategory)).toEqual(categories(0, 12));
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('once for each list, however many windows are on it', async () => {
    await expectCalls(
      `{ customer(identifier: ${twelve}) {
        userId
        a: ledgerBalance { ${page} }
        b: ledgerBalance(first: 2) { ${page} }
        c: ledgerBalance(categoryType: REGULAR) { ${page} }
        d: ledgerBalance(categoryType: REGULAR, first: 4) { ${page} }
      } }`,
      2,
    );
  });

  it('once for each customer', async () => {
    const identifiers = [mobiles.three, mobiles.twelve, mobiles.three].map(byMobile);
    const { data } = await harness.ask(customersDetails, { identifiers });
    expect(data?.customers.map((customer) => customer?.userId)).toEqual([
      mobiles.three,
      mobiles.twelve,
      mobiles.three,
    ]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it.each([
    [true, 2],
    [false, 1],
  ])('only for fields that @include and @skip select: %s', async (isWanted, calls) => {
    await expectCalls(
      `query ($yes: Boolean!, $no: Boolean!) {
        customer(identifier: ${twelve}) {
          userId
          a: ledgerBalance(categoryType: PROMISED) @include(if: $yes) { ${page} }
          ... on Customer @skip(if: $no) { b: ledgerBalance(categoryType: PROMISED) { ${page} } }
          ...F @include(if: $yes)
          c: ledgerBalance(first: 10) { totalCount nodes @skip(if: $no) { pointsCategory } }
        }
      }
      fragment F on Customer { d: ledgerBalance(categoryType: PROMISED) { totalCount } }`,
      calls,
      { yes: isWanted, no: !isWanted },
    );
  });

  it('never for a customer that @skip leaves out', async () => {
    await expectCalls(`{ __typename customer(identifier: ${twelve}) @skip(if: true) { userId } }`, 0);
  });

  it('never for empty lists', async () => {
    const data = await expectCalls('{ customers(identifiers: []) { id } nodes(ids: []) { id } }', 0);
    expect(data).toEqual({ customers: [], nodes: [] });
  });

  it('once for a single identifier in place of a list', async () => {
    const data = await expectCalls(`{ customers(identifiers: ${twelve}) { userId } }`, 1);
    expect(data).toEqual({ customers: [{ userId: mobiles.twelve }] });
  });

  it('never for `__typename` and introspection', async () => {
    await expectCalls('{ __typename __schema { queryType { name } } }', 0);
  });
});
