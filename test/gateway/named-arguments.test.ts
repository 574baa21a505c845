/** Every refusal of a value names its argument, however the value was written. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argumentsOf, errorsOf } from './client-form.ts';
import { type Harness, openHarness } from './harness.ts';
import { threeMembers } from './members.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ members: threeMembers });
});
afterAll(() => harness.close());

/** Expects the whole request to be refused without a call. @returns the arguments that its errors name. */
async function argumentsRefused(query: string, variables: object = {}) {
  harness.sandbox.reset();
  const result = await harness.ask(query, variables);
  expect(result).not.toHaveProperty('data');
  expect(new Set(errorsOf(result).map(([code]) => code))).toEqual(new Set(['BAD_USER_INPUT']));
  expect(harness.sandbox.callCount()).toBe(0);
  return argumentsOf(result);
}

const fine = '{ name: MOBILE, value: "1" }';
const balance = (args: string) => `customer(identifier: ${fine}) { ledgerBalance(${args}) { totalCount } }`;

describe('a wrong literal names its argument:', () => {
  it.each([
    [balance('endDate: "2026-02-30T00:00:00"'), 'endDate'],
    [balance('first: 1, tillId: "a: b { [", endDate: "now"'), 'endDate'],
    [balance('first: 1 # of "many": [\n , endDate: # the end\n "now"'), 'endDate'],
    [balance('categoryType: GOLD'), 'categoryType'],
    [balance('currencies: ["Gold", "a, b", 1]'), 'currencies[2]'],
    [balance('currencies: 7'), 'currencies'],
    [balance('currencies: { a: [1] }'), 'currencies'],
    [`customer(identifier: { name: PHONE, value: "1" }) { id }`, 'identifier.name'],
    [`customer(identifier: { value: "1", name: MOBILE, source: [] }) { id }`, 'identifier.source'],
    [`customer(identifier: { name: MOBILE }) { id }`, 'identifier.value'],
    [`customer(identifier: { name: MOBILE, value: "1", kind: { a: 1 } }) { id }`, 'identifier.kind'],
    [`customer(identifier: null) { id }`, 'identifier'],
    [`customers(identifiers: [${fine}, ${fine}, { name: MOBILE, value: 1 }]) { id }`, 'identifiers[2].value'],
    [`customers(identifiers: [${fine}, null]) { id }`, 'identifiers[1]'],
    [`node(id: 1.5) { id }`, 'id'],
    [`nodes(ids: ["a", 7, [], true]) { id }`, 'ids[2]'],
    [`node(id: "x") @include(if: 3) { id }`, 'if'],
  ])('%s', async (field, argument) => {
    expect((await argumentsRefused(`{ ${field} }`))[0]).toBe(argument);
  });

  it('also after a variable in a list', async () => {
    const query = `query ($i: CustomerIdentifierInput!) { customers(identifiers: [$i, { name: MOBILE, value: 1 }]) { id } }`;
    expect(await argumentsRefused(query, { i: { name: 'MOBILE', value: '1' } })).toEqual([
      'identifiers[1].value',
    ]);
  });

  it('by its variable when it is the default of one', async () => {
    expect(
      await argumentsRefused(`query ($end: LocalDateTime = "now") { ${balance('endDate: $end')} }`),
    ).toEqual(['$end']);
  });
});

describe('a wrong variable names the argument that it is used for:', () => {
  it.each<[type: string, field: string, value: unknown, argument: string]>([
    ['LocalDateTime', balance('endDate: $it'), '2026-01-31T23:59:59Z', 'endDate'],
    ['Int', balance('first: $it'), 'x', 'first'],
    ['[String!]', balance('currencies: $it'), ['a', 1], 'currencies[1]'],
    ['[String!]', balance('currencies: $it'), ['" at "it.other"; ', 1], 'currencies[1]'],
    ['ID', balance('tillId: $it'), true, 'tillId'],
    ['IdentifierName!', 'customer(identifier: { name: $it, value: "1" }) { id }', 'PHONE', 'identifier.name'],
    [
      'IdentifierName!',
      'customer(identifier: { name: $it, value: "1" }) { id }',
      undefined,
      'identifier.name',
    ],
    ['CustomerIdentifierInput!', 'customer(identifier: $it) { id }', null, 'identifier'],
    ['CustomerIdentifierInput!', 'customer(identifier: $it) { id }', { name: 'MOBILE' }, 'identifier.value'],
    [
      'CustomerIdentifierInput!',
      `customers(identifiers: [${fine}, $it]) { id }`,
      { name: 'PHONE', value: '1' },
      'identifiers[1].name',
    ],
    [
      '[CustomerIdentifierInput!]!',
      'customers(identifiers: $it) { id }',
      [
        { name: 'MOBILE', value: '1' },
        { name: 'MOBILE', value: '1', source: 'X' },
      ],
      'identifiers[1].source',
    ],
    ['[ID!]!', 'nodes(ids: $it) { id }', ['a', 1.5], 'ids[1]'],
    ['ID!', 'node(id: $it) { id }', null, 'id'],
  ])('%s in %s', async (type, field, it, argument) => {
    expect(await argumentsRefused(`query ($it: ${type}) { ${field} }`, { it })).toEqual([argument]);
    const before = `fragment F on Query { ${field} } query ($it: ${type}) { ...F }`;
    expect(await argumentsRefused(before, { it })).toEqual([argument]);
  });

  it('names the variable and the mistake in its message', async () => {
    const { errors } = await harness.ask(`query ($end: LocalDateTime) { ${balance('endDate: $end')} }`, {
      end: '2026-01-31T23:59:59Z',
    });
    expect(errors?.[0]?.message).toMatch(/^Variable "\$end" got invalid value.*has no time zone/);
  });
});

describe('an ID that is a number', () => {
  const asked =
    'query ($it: ID) { customer(identifier: { name: MOBILE, value: "1", accountId: $it }) { id } }';

  it.each([9_007_199_254_740_992, -9_007_199_254_740_992, 1e21, 1.5])(
    'is refused when JSON may have lost digits: %d',
    async (it) => {
      expect(await argumentsRefused(asked, { it })).toEqual(['identifier.accountId']);
      expect(await argumentsRefused('query ($it: ID!) { node(id: $it) { id } }', { it })).toEqual(['id']);
      expect(await argumentsRefused(`query ($it: ID) { ${balance('tillId: $it')} }`, { it })).toEqual([
        'tillId',
      ]);
    },
  );

  it('is refused when JSON would round it to another number', async () => {
    harness.sandbox.reset();
    const body = `{"query":${JSON.stringify(asked)},"variables":{"it":9007199254740993}}`;
    expect((await (await harness.post(body)).json()).errors[0].extensions.argument).toBe(
      'identifier.accountId',
    );
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each([
    ['{"it":9007199254740991}', '$it', '9007199254740991'],
    ['{"it":-7}', '$it', '-7'],
    ['{"it":"9007199254740993"}', '$it', '9007199254740993'],
    ['{}', '9007199254740993', '9007199254740993'],
  ])('%s keeps every digit as %s', async (variables, written, sent) => {
    harness.sandbox.reset();
    const query = asked
      .replace('accountId: $it', `accountId: ${written}`)
      .replace(written === '$it' ? '' : '($it: ID)', '');
    await harness.post(`{"query":${JSON.stringify(query)},"variables":${variables}}`);
    expect(harness.sandbox.calls().map((call) => call.query['accountId'])).toEqual([sent]);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});
