/**
 * Wrong identifiers and ids that are found when a customer is asked for: they refuse this customer alone, before any
 * call for it. What is found before execution is in `bad-values.test.ts`.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { balances } from '../operations.ts';
import { argumentsOf, errorsOf } from './client-form.ts';
import { type Harness, openHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

type Arguments = Readonly<Record<string, unknown>>;

const half = '\ud83c';
const long = 'x'.repeat(1001);

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ members: threeMembers });
});
afterAll(() => harness.close());

const good = byMobile(mobiles.three);

describe.each<[string, Arguments, argument: string]>([
  ['an empty value', { name: 'MOBILE', value: '' }, 'value'],
  ['a blank value', { name: 'EMAIL', value: '  \t' }, 'value'],
  ['a value that is too long', { name: 'EXTERNAL_ID', value: long }, 'value'],
  ['half a surrogate pair as value', { name: 'EXTERNAL_ID', value: half }, 'value'],
  ['an empty account', { ...good, accountId: '' }, 'accountId'],
  ['half a surrogate pair as account', { ...good, accountId: half }, 'accountId'],
  ['a blank account', { ...good, accountId: ' ' }, 'accountId'],
])('an identifier with %s', (_, identifier, field) => {
  it('refuses its own item of `customers` and no other', async () => {
    harness.sandbox.reset();
    const query = `query ($identifiers: [CustomerIdentifierInput!]!) {
      customers(identifiers: $identifiers) { userId }
    }`;
    const result = await harness.ask(query, { identifiers: [identifier, good, identifier] });
    expect(result.data).toEqual({ customers: [null, { userId: mobiles.three }, null] });
    expect(errorsOf(result)).toEqual([
      ['BAD_USER_INPUT', 'customers.0'],
      ['BAD_USER_INPUT', 'customers.2'],
    ]);
    expect(argumentsOf(result)).toEqual([`identifiers[0].${field}`, `identifiers[2].${field}`]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('built from variables inside a literal refuses its `customer`', async () => {
    harness.sandbox.reset();
    const query = `query ($value: String!, $accountId: ID) {
      customer(identifier: { name: MOBILE, value: $value, accountId: $accountId }) { userId }
    }`;
    const result = await harness.ask(query, identifier);
    expect(result.data).toEqual({ customer: null });
    expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'customer']]);
    expect(argumentsOf(result)).toEqual([`identifier.${field}`]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('an id that this gateway did not make', () => {
  it.each(['', 'x', 'Customer:1', 'AQ', 'A'.repeat(98), 'A'.repeat(20_000), half])(
    'refuses its own node and item of `nodes`: %.20j',
    async (forged) => {
      const { data } = await harness.ask(balances, { identifier: good });
      harness.sandbox.reset();
      const query = `query ($forged: ID!, $ids: [ID!]!) {
        node(id: $forged) { id }
        nodes(ids: $ids) { ... on Customer { userId } }
      }`;
      const result = await harness.ask(query, { forged, ids: [data?.customer?.id, forged] });
      expect(result.data).toEqual({ node: null, nodes: [{ userId: mobiles.three }, null] });
      expect(errorsOf(result)).toEqual(
        expect.arrayContaining([
          ['BAD_USER_INPUT', 'node'],
          ['BAD_USER_INPUT', 'nodes.1'],
        ]),
      );
      expect(argumentsOf(result).sort()).toEqual(['id', 'ids[1]']);
      expect(harness.sandbox.callCount()).toBe(1);
    },
  );

  it('is refused too when it is a valid id with one character changed, or with padding', async () => {
    const { data } = await harness.ask(balances, { identifier: good });
    const id = data?.customer?.id ?? '';
    const swap = (at: number) => id.slice(0, at) + (id[at] === 'A' ? 'B' : 'A') + id.slice(at + 1);
    const ids = [
      ...Array.from(id, (_, at) => swap(at)),
      `${id}=`,
      `${id}A`,
      id.slice(0, -1),
      id.toLowerCase(),
    ];
    harness.sandbox.reset();
    const result = await harness.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(result.data).toEqual({ nodes: ids.map(() => null) });
    const shown = ids.slice(0, 100).map((_, at) => ['BAD_USER_INPUT', `nodes.${at}`]);
    expect(errorsOf(result)).toEqual([...shown, ['OPERATION_LIMITED', 'nodes.0']]);
    expect(result.errors?.at(-1)?.message).toBe(`${ids.length - 100} more errors are left out`);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
