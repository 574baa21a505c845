/**
 * Values that are wrong for their type: BAD_USER_INPUT before anything is executed, however they were written.
 * What only shows when a customer is asked for is in `bad-input.test.ts`.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf } from './client-form.ts';
import { type Harness, openHarness } from './harness.ts';
import { mobileLiteral, mobiles, threeMembers } from './members.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ members: threeMembers });
});
afterAll(() => harness.close());

type Variables = Readonly<Record<string, unknown>>;

/** Expects one kind of error for a whole request, and no call. */
async function expectRefused(query: string, variables: Variables | null = {}, code = 'BAD_USER_INPUT') {
  const before = harness.sandbox.callCount();
  const result = await harness.ask(query, variables);
  expect(result).not.toHaveProperty('data');
  const codes = errorsOf(result);
  expect(codes.length).toBeGreaterThan(0);
  expect(new Set(codes.map(([code, path]) => `${code} ${path}`))).toEqual(new Set([`${code} null`]));
  expect(harness.sandbox.callCount()).toBe(before);
  return result;
}

const customer = `customer(identifier: ${mobileLiteral(mobiles.twelve)})`;

describe.each<[type: string, argument: string, literal: string, value: unknown]>([
  ['LocalDateTime', 'endDate', '"2025-02-29T00:00:00"', '2025-02-29T00:00:00'],
  ['LocalDateTime', 'endDate', '"1900-02-29T00:00:00"', '1900-02-29T00:00:00'],
  ['LocalDateTime', 'endDate', '"2025-13-01T00:00:00"', '2025-13-01T00:00:00'],
  ['LocalDateTime', 'endDate', '"2025-00-10T00:00:00"', '2025-00-10T00:00:00'],
  ['LocalDateTime', 'endDate', '"2025-04-31T00:00:00"', '2025-04-31T00:00:00'],
  ['LocalDateTime', 'endDate', '"2025-01-01T24:00:00"', '2025-01-01T24:00:00'],
  ['LocalDateTime', 'endDate', '"2025-01-01T23:60:00"', '2025-01-01T23:60:00'],
  ['LocalDateTime', 'endDate', '"2025-01-01T23:59:60"', '2025-01-01T23:59:60'],
  ['LocalDateTime', 'endDate', '"0000-01-01T00:00:00"', '0000-01-01T00:00:00'],
  ['LocalDateTime', 'endDate', '"2025-01-01"', '2025-01-01'],
  ['LocalDateTime', 'endDate', '"2025-01-01T00"', '2025-01-01T00'],
  ['LocalDateTime', 'endDate', '"2025-01-01 00:00:00"', '2025-01-01 00:00:00'],
  ['LocalDateTime', 'endDate', '"2025-01-01T00:00:00Z"', '2025-01-01T00:00:00Z'],
  ['LocalDateTime', 'endDate', '"2025-01-01T00:00:00.5"', '2025-01-01T00:00:00.5'],
  ['LocalDateTime', 'endDate', '"2025-01-01T00:00:00\\n"', '2025-01-01T00:00:00\n'],
  ['LocalDateTime', 'endDate', '"٢٠٢٥-01-01T00:00:00"', '٢٠٢٥-01-01T00:00:00'],
  ['LocalDateTime', 'endDate', '""', ''],
  ['LocalDateTime', 'endDate', '20250101', 20_250_101],
  ['LocalDateTime', 'endDate', '["2025-01-01T00:00:00", "2025-01-02T00:00:00"]', ['a', 'b']],
  ['PointCategoryType', 'categoryType', 'GOLD', 'GOLD'],
  ['PointCategoryType', 'categoryType', '"REGULAR"', 'regular'],
  ['PointCategoryType', 'categoryType', '1', 1],
  ['LedgerEntryType', 'ledgerEntryType', 'BALANCE', 'BALANCE'],
  ['LedgerEntryType', 'ledgerEntryType', '"CREDIT"', ['CREDIT', 'DEBIT']],
  ['LedgerEntryType', 'ledgerEntryType', 'true', true],
  ['Int', 'first', '"x"', 'x'],
  ['Int', 'first', '"10"', '10'],
  ['Int', 'first', '1.5', 1.5],
  ['Int', 'first', '2147483648', 2 ** 31],
  ['Int', 'first', '-2147483649', -(2 ** 31) - 1],
  ['Int', 'first', 'true', true],
  ['Int', 'first', '[1, 2]', [1, 2]],
  ['Int', 'last', '1e400', 1e300],
  ['Int', 'last', '{}', {}],
  ['String', 'after', '7', 7],
  ['String', 'before', 'ENUM', false],
  ['[String!]', 'currencies', '[null]', [null]],
  ['[String!]', 'currencies', '["Gold", 1]', ['Gold', 1]],
  ['[String!]', 'currencies', '{ a: "Gold" }', { a: 'Gold' }],
  ['Boolean', 'includeAllCurrencies', '"true"', 'true'],
  ['Boolean', 'includeTillConceptEvents', '1', 1],
  ['ID', 'tillId', '1.5', 1.5],
  ['ID', 'tillId', 'true', true],
])('a %s `%s` that is %s', (type, argument, literal, value) => {
  it('is refused as a literal', async () => {
    await expectRefused(`{ ${customer} { userId ledgerBalance(${argument}: ${literal}) { totalCount } } }`);
  });

  it('is refused as a variable', async () => {
    const query = `query ($it: ${type}) { ${customer} { ledgerBalance(${argument}: $it) { totalCount } } }`;
    await expectRefused(query, { it: value });
  });
});

describe.each<[what: string, literal: string, value: unknown]>([
  ['an unknown name', '{ name: PHONE, value: "1" }', { name: 'PHONE', value: '1' }],
  ['a name as a text', '{ name: "MOBILE", value: "1" }', { name: 'mobile', value: '1' }],
  ['the name of a prototype', '{ name: constructor, value: "1" }', { name: '__proto__', value: '1' }],
  ['no name', '{ value: "1" }', { value: '1' }],
  ['no value', '{ name: MOBILE }', { name: 'MOBILE' }],
  ['null as value', '{ name: MOBILE, value: null }', { name: 'MOBILE', value: null }],
  ['a number as value', '{ name: MOBILE, value: 447 }', { name: 'MOBILE', value: 447 }],
  ['an unknown source', '{ name: MOBILE, value: "1", source: WEB_ENGAG }', source('WEB_ENGAG')],
  ['a wrong account', '{ name: MOBILE, value: "1", accountId: 1.5 }', { ...source('LINE'), accountId: [] }],
  ['a field too many', '{ name: MOBILE, value: "1", kind: 1 }', { ...source('LINE'), kind: 1 }],
  ['a list instead', '[1, 2]', [1, 2]],
  ['a text instead', '"447700900012"', '447700900012'],
  ['null instead', 'null', null],
])('an identifier with %s', (_, literal, value) => {
  it('is refused as a literal', async () => {
    await expectRefused(`{ customer(identifier: ${literal}) { userId } }`);
    await expectRefused(`{ customers(identifiers: [${mobileLiteral('1')}, ${literal}]) { userId } }`);
  });

  it('is refused as a variable', async () => {
    const one = 'query ($it: CustomerIdentifierInput!) { customer(identifier: $it) { userId } }';
    await expectRefused(one, { it: value });
    const many = 'query ($it: [CustomerIdentifierInput!]!) { customers(identifiers: $it) { userId } }';
    await expectRefused(many, { it: [{ name: 'MOBILE', value: '1' }, value] });
  });
});

function source(source: string) {
  return { name: 'MOBILE', value: '1', source };
}

describe('a variable inside a literal', () => {
  it.each<[string, unknown]>([
    ['IdentifierName!', 'PHONE'],
    ['IdentifierName!', null],
    ['IdentifierName!', undefined],
  ])('%s that is %j is refused', async (type, name) => {
    const query = `query ($name: ${type}) { customer(identifier: { name: $name, value: "1" }) { userId } }`;
    await expectRefused(query, { name });
  });

  it('that may be null, in a non-null position, does not fit the schema', async () => {
    const query = 'query ($v: String) { customer(identifier: { name: MOBILE, value: $v }) { userId } }';
    await expectRefused(query, { v: '1' }, 'GRAPHQL_VALIDATION_FAILED');
  });
});

describe('a value', () => {
  it.each(['{ node(id: 1.5) { id } }', '{ node(id: null) { id } }', '{ nodes(ids: [null]) { id } }'])(
    'that is not an id is refused: %s',
    async (query) => {
      await expectRefused(query);
    },
  );

  it.each(['@skip(if: "x")', '@include(if: null)', '@skip(if: 1)'])(
    'that a directive does not take is refused: %s',
    async (directive) => {
      await expectRefused(`{ ${customer} ${directive} { userId } }`);
    },
  );

  it('that is required is refused when the request has no variables', async () => {
    const query = 'query ($it: CustomerIdentifierInput!) { customer(identifier: $it) { userId } }';
    await expectRefused(query, null);
    await expectRefused(query, { other: 1 });
  });

  it('that is a wrong default is refused', async () => {
    await expectRefused(
      `query ($first: Int = "x") { ${customer} { ledgerBalance(first: $first) { totalCount } } }`,
    );
  });
});
