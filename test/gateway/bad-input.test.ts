/**
 * Wrong arguments of a balance that are found when its customer is asked for: they refuse this balance alone, before
 * any call for it. What is found before execution is in `bad-values.test.ts`.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { balances } from '../operations.ts';
import { argumentsOf, errorsOf } from './client-form.ts';
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
  includeAllCurrencies: 'Boolean',
  tillId: 'ID',
};

/** Arguments in the syntax of a document. */
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

const served = {
  wrong: { userId: mobiles.twelve, fine: { totalCount: 12 }, bad: null },
  other: { userId: mobiles.three },
};

describe.each<[string, () => Arguments, argument: string]>([
  ['a negative first', () => ({ first: -1 }), 'first'],
  ['a negative last', () => ({ last: -1 }), 'last'],
  ['a first above MAX_PAGE_SIZE', () => ({ first: 201 }), 'first'],
  ['a last above MAX_PAGE_SIZE', () => ({ last: 201 }), 'last'],
  ['the largest first there is', () => ({ first: 2_147_483_647 }), 'first'],
  ['first with last', () => ({ first: 1, last: 1 }), 'last'],
  ['first with last, both 0', () => ({ first: 0, last: 0 }), 'last'],
  ['after with last', () => ({ last: 1, after: cursors.own }), 'after'],
  ['before without last', () => ({ before: cursors.own }), 'before'],
  ['before with first', () => ({ first: 1, before: cursors.own }), 'before'],
  ['before with after', () => ({ after: cursors.own, before: cursors.own }), 'before'],
  ['after and before with last', () => ({ last: 1, after: cursors.own, before: cursors.own }), 'after'],
  ['a cursor of another customer', () => ({ after: cursors.ofOther }), 'after'],
  ['a cursor of another filter', () => ({ after: cursors.ofFilter }), 'after'],
  ['a cursor under a filter that it was not made for', () => ({ after: cursors.own, tillId: '7' }), 'after'],
  ['a foreign cursor to go back from', () => ({ last: 5, before: cursors.ofOther }), 'before'],
  ['a foreign cursor with `first: 0`', () => ({ first: 0, after: cursors.ofOther }), 'after'],
  ['an empty cursor', () => ({ after: '' }), 'after'],
  ['a cursor that lacks its end', () => ({ after: cursors.own.slice(0, -1) }), 'after'],
  ['a cursor with a character more', () => ({ after: `${cursors.own}A` }), 'after'],
  ['a cursor with padding', () => ({ after: `${cursors.own}=` }), 'after'],
  ['a cursor with space around it', () => ({ after: ` ${cursors.own} ` }), 'after'],
  ['a cursor that was changed', () => ({ after: changed(cursors.own) }), 'after'],
  ['a cursor that is a guess', () => ({ after: 'YXJyYXljb25uZWN0aW9uOjA=' }), 'after'],
  ['a cursor that is huge', () => ({ after: 'A'.repeat(100_000) }), 'after'],
  ['a currency with a comma', () => ({ currencies: ['Gold', 'Gold,Silver'] }), 'currencies[1]'],
  ['an empty currency', () => ({ currencies: [''] }), 'currencies[0]'],
  ['a blank currency', () => ({ currencies: ['Gold', ' '] }), 'currencies[1]'],
  ['a currency that is too long', () => ({ currencies: [long] }), 'currencies[0]'],
  [
    'too many currencies',
    () => ({ currencies: Array.from({ length: 101 }, (_, n) => `c${n}`) }),
    'currencies',
  ],
  [
    'currencies with all currencies',
    () => ({ currencies: ['Gold'], includeAllCurrencies: true }),
    'currencies',
  ],
  ['an empty till', () => ({ tillId: '' }), 'tillId'],
  ['a blank till', () => ({ tillId: ' \t' }), 'tillId'],
  ['a till that is too long', () => ({ tillId: long }), 'tillId'],
])('%s', (_, given, argument) => {
  it('as a literal refuses its own balance, and no other field and no other customer', async () => {
    const result = await askBeside(literals(given()));
    expect(result.data).toEqual(served);
    expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'wrong.bad']]);
    expect(argumentsOf(result)).toEqual([argument]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('as a variable refuses the same balance, and nothing else', async () => {
    const names = Object.keys(given());
    const head = `query (${names.map((name) => `$${name}: ${types[name]}`).join(', ')})`;
    const result = await askBeside(names.map((name) => `${name}: $${name}`).join(', '), head, given());
    expect(result.data).toEqual(served);
    expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'wrong.bad']]);
    expect(argumentsOf(result)).toEqual([argument]);
    expect(harness.sandbox.callCount()).toBe(2);
  });
});

function changed(cursor: string): string {
  return `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
}

describe('a customer whose balances all have wrong arguments', () => {
  const wrong =
    '__typename a: ledgerBalance(first: 201) { totalCount } b: ledgerBalance(tillId: "") { nodes { programId } }';
  const errors = [
    ['BAD_USER_INPUT', 'customer.a'],
    ['BAD_USER_INPUT', 'customer.b'],
  ];
  const ask = (fields: string) => {
    harness.sandbox.reset();
    return harness.ask(`{ customer(identifier: ${mobileLiteral(mobiles.twelve)}) { ${fields} } }`);
  };

  it.each(['', 'id'])('costs no call when at most its id is selected besides: "%s"', async (field) => {
    const result = await ask(`${field} ${wrong}`);
    const id = field === '' ? {} : { id: expect.any(String) };
    expect(result.data).toEqual({ customer: { __typename: 'Customer', ...id, a: null, b: null } });
    expect(errorsOf(result)).toEqual(errors);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each(['userId', 'firstName'])('costs one call when a detail is selected: %s', async (field) => {
    const result = await ask(`${field} ${wrong}`);
    expect(result.data).toMatchObject({ customer: { [field]: expect.any(String), a: null, b: null } });
    expect(errorsOf(result)).toEqual(errors);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('is null without an error when a detail is selected and there is no such customer', async () => {
    harness.sandbox.reset();
    const result = await harness.ask(
      `{ customer(identifier: ${mobileLiteral(mobiles.unknown)}) { userId ${wrong} } }`,
    );
    expect([result.data, errorsOf(result)]).toEqual([{ customer: null }, []]);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

it('a cursor of one customer refuses the balances of all other `customers`, each with its path', async () => {
  harness.sandbox.reset();
  const result = await harness.ask(
    `query ($after: String, $identifiers: [CustomerIdentifierInput!]!) {
      customers(identifiers: $identifiers) { userId ledgerBalance(after: $after) { totalCount } }
    }`,
    { after: cursors.own, identifiers: [mobiles.three, mobiles.twelve].map(byMobile) },
  );
  expect(result.data).toEqual({
    customers: [
      { userId: mobiles.three, ledgerBalance: null },
      { userId: mobiles.twelve, ledgerBalance: { totalCount: 12 } },
    ],
  });
  expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'customers.0.ledgerBalance']]);
  expect(argumentsOf(result)).toEqual(['after']);
  expect(harness.sandbox.callCount()).toBe(2);
});

describe('half a surrogate pair', () => {
  it.each<[string, Arguments, argument: string]>([
    ['a till', { tillId: `till ${half}` }, 'tillId'],
    ['a currency', { currencies: ['Gold', half] }, 'currencies[1]'],
    ['a cursor', { after: half }, 'after'],
  ])('in %s refuses its balance', async (_, given, argument) => {
    const [name = ''] = Object.keys(given);
    const result = await askBeside(`${name}: $${name}`, `query ($${name}: ${types[name]})`, given);
    expect(result.data).toEqual(served);
    expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'wrong.bad']]);
    expect(argumentsOf(result)).toEqual([argument]);
    expect(harness.sandbox.callCount()).toBe(2);
  });
});
