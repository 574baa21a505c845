/**
 * Wrong arguments that are found when a customer is asked for: they refuse this customer before any call, its
 * other fields included, and nobody else. What is found before execution is in `bad-values.test.ts`.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { balances } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import { type Harness, openHarness } from './harness.ts';
import { byMobile, mobileLiteral, mobiles, threeMembers } from './members.ts';

const half = '\ud83c';
const long = 'x'.repeat(1001);

let harness: Harness;
const cursors = { own: '', ofOther: '', ofFilter: '' };

beforeAll(async () => {
  harness = await openHarness({ members: threeMembers });
  cursors.own = await endCursor(mobiles.twelve, {});
  cursors.ofOther = await endCursor(mobiles.three, {});
  cursors.ofFilter = await endCursor(mobiles.twelve, { categoryType: 'REGULAR' });
});
afterAll(() => harness.close());

async function endCursor(mobile: string, filter: { categoryType?: 'REGULAR' }): Promise<string> {
  const { data } = await harness.ask(balances, { identifier: byMobile(mobile), ...filter, first: 2 });
  return data?.customer?.ledgerBalance?.pageInfo.endCursor ?? '';
}

type Arguments = Readonly<Record<string, unknown>>;

const types: Readonly<Record<string, string>> = {
  first: 'Int',
  last: 'Int',
  after: 'String',
  before: 'String',
  currencies: '[String!]',
  includeAllCurrencies: 'Boolean! = false',
  tillId: 'ID',
};

/** As the arguments stand in a document. */
const literals = (given: Arguments) =>
  Object.entries(given)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ');

/** Asks for one customer with a wrong balance and a right one, and for another customer. */
async function askBeside(balanceArguments: string, head = '', variables: Arguments = {}) {
  const query = `${head} {
    wrong: customer(identifier: ${mobileLiteral(mobiles.twelve)}) {
      userId
      fine: ledgerBalance { totalCount }
      ... { ... on Customer { bad: ledgerBalance(${balanceArguments}) { totalCount } } }
    }
    other: customer(identifier: ${mobileLiteral(mobiles.three)}) { userId }
  }`;
  harness.sandbox.reset();
  return await harness.ask(query, variables);
}

const served = { wrong: null, other: { userId: mobiles.three } };

describe.each<[string, () => Arguments]>([
  ['a negative first', () => ({ first: -1 })],
  ['a negative last', () => ({ last: -1 })],
  ['a first above MAX_PAGE_SIZE', () => ({ first: 201 })],
  ['a last above MAX_PAGE_SIZE', () => ({ last: 201 })],
  ['the largest first there is', () => ({ first: 2_147_483_647 })],
  ['first with last', () => ({ first: 1, last: 1 })],
  ['first with last, both 0', () => ({ first: 0, last: 0 })],
  ['after with last', () => ({ last: 1, after: cursors.own })],
  ['before without last', () => ({ before: cursors.own })],
  ['before with first', () => ({ first: 1, before: cursors.own })],
  ['before with after', () => ({ after: cursors.own, before: cursors.own })],
  ['after and before with last', () => ({ last: 1, after: cursors.own, before: cursors.own })],
  ['a cursor of another customer', () => ({ after: cursors.ofOther })],
  ['a cursor of another filter', () => ({ after: cursors.ofFilter })],
  ['a cursor under a filter that it was not made for', () => ({ after: cursors.own, tillId: '7' })],
  ['a foreign cursor to go back from', () => ({ last: 5, before: cursors.ofOther })],
  ['a foreign cursor with `first: 0`', () => ({ first: 0, after: cursors.ofOther })],
  ['an empty cursor', () => ({ after: '' })],
  ['a cursor that lacks its end', () => ({ after: cursors.own.slice(0, -1) })],
  ['a cursor with a character more', () => ({ after: `${cursors.own}A` })],
  ['a cursor with padding', () => ({ after: `${cursors.own}=` })],
  ['a cursor with space around it', () => ({ after: ` ${cursors.own} ` })],
  ['a cursor that was changed', () => ({ after: changed(cursors.own) })],
  ['a cursor that is a guess', () => ({ after: 'YXJyYXljb25uZWN0aW9uOjA=' })],
  ['a cursor that is huge', () => ({ after: 'A'.repeat(100_000) })],
  ['a currency with a comma', () => ({ currencies: ['Gold', 'Gold,Silver'] })],
  ['an empty currency', () => ({ currencies: [''] })],
  ['a blank currency', () => ({ currencies: ['Gold', ' '] })],
  ['a currency that is too long', () => ({ currencies: [long] })],
  ['too many currencies', () => ({ currencies: Array.from({ length: 101 }, (_, n) => `c${n}`) })],
  ['currencies with all currencies', () => ({ currencies: ['Gold'], includeAllCurrencies: true })],
  ['an empty till', () => ({ tillId: '' })],
  ['a blank till', () => ({ tillId: ' \t' })],
  ['a till that is too long', () => ({ tillId: long })],
])('%s', (_, given) => {
  it('as a literal refuses the customer and its other fields, and no other customer', async () => {
    const result = await askBeside(literals(given()));
    expect(result.data).toEqual(served);
    expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'wrong']]);
    expect(harness.sandbox.calls().map(({ query }) => query['identifierValue'])).toEqual([mobiles.three]);
  });

  it('as a variable does the same', async () => {
    const names = Object.keys(given());
    const head = `query (${names.map((name) => `$${name}: ${types[name]}`).join(', ')})`;
    const result = await askBeside(names.map((name) => `${name}: $${name}`).join(', '), head, given());
    expect(result.data).toEqual(served);
    expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'wrong']]);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

function changed(cursor: string): string {
  return `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
}

describe('half a surrogate pair', () => {
  it.each<[string, Arguments]>([
    ['a till', { tillId: `till ${half}` }],
    ['a currency', { currencies: ['Gold', half] }],
    ['a cursor', { after: half }],
  ])('in %s refuses the customer', async (_, given) => {
    const [name = ''] = Object.keys(given);
    const result = await askBeside(`${name}: $${name}`, `query ($${name}: ${types[name]})`, given);
    expect(result.data).toEqual(served);
    expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'wrong']]);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

const good = byMobile(mobiles.three);

describe.each<[string, Arguments]>([
  ['an empty value', { name: 'MOBILE', value: '' }],
  ['a blank value', { name: 'EMAIL', value: '  \t' }],
  ['a value that is too long', { name: 'EXTERNAL_ID', value: long }],
  ['half a surrogate pair as value', { name: 'EXTERNAL_ID', value: half }],
  ['an empty account', { ...good, accountId: '' }],
  ['half a surrogate pair as account', { ...good, accountId: half }],
  ['a blank account', { ...good, accountId: ' ' }],
])('an identifier with %s', (_, identifier) => {
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
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('nested in a literal from variables refuses its `customer`', async () => {
    harness.sandbox.reset();
    const query = `query ($value: String!, $accountId: ID) {
      customer(identifier: { name: MOBILE, value: $value, accountId: $accountId }) { userId }
    }`;
    const result = await harness.ask(query, identifier);
    expect(result.data).toEqual({ customer: null });
    expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'customer']]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('an id that this gateway has not given out', () => {
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
      expect(harness.sandbox.callCount()).toBe(1);
    },
  );

  it('is also one of ours with any character changed, or with padding', async () => {
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
    expect(errorsOf(result)).toEqual(ids.map((_, at) => ['BAD_USER_INPUT', `nodes.${at}`]));
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
