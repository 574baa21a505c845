/** Hostile documents: each gets a proper answer soon, for no more calls than it needs, and the next request is served. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf } from '../gateway/client-form.ts';
import { type Harness, openHarness } from '../gateway/harness.ts';
import { mobileLiteral, mobiles, threeMembers } from '../gateway/members.ts';

const bodyLimit = 262_144;
const customer = `customer(identifier: ${mobileLiteral(mobiles.twelve)})`;
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ members: threeMembers });
});
afterAll(() => harness.close());

/** Asks, and then checks that the gateway still serves the next request. */
async function survive(body: string | { query: string; variables?: unknown; operationName?: unknown }) {
  harness.sandbox.reset();
  const response = await harness.post(body);
  const text = await response.text();
  const result = JSON.parse(text);
  const codes = errorsOf(result).map(([code]) => code);
  const calls = harness.sandbox.callCount();
  expect(await harness.ask(`{ ${customer} { userId } }`)).toEqual({
    data: { customer: { userId: mobiles.twelve } },
  });
  return { data: result.data, codes, calls, text };
}

describe('a document', () => {
  it('whose fragments spread each other twice is walked once, not 2^24 times', async () => {
    const fragments = numbers(24).map(
      (n) => `fragment F${n} on Customer { ${n < 23 ? `...F${n + 1} ... { ...F${n + 1} }` : 'userId'} }`,
    );
    const { data, calls } = await survive({
      query: `{ ${customer} { ...F0 ...F0 } } ${fragments.join(' ')}`,
    });
    expect([data, calls]).toEqual([{ customer: { userId: mobiles.twelve } }, 1]);
  });

  it('whose balances have such fragments, likewise', async () => {
    const fragments = numbers(24).map(
      (n) => `fragment F${n} on LedgerBalance { ${n < 23 ? `...F${n + 1} ...F${n + 1}` : 'totalCount'} }`,
    );
    const query = `{ ${customer} { ledgerBalance { ...F0 } } } ${fragments.join(' ')}`;
    const { data, calls } = await survive({ query });
    expect([data, calls]).toEqual([{ customer: { ledgerBalance: { totalCount: 12 } } }, 1]);
  });

  it('with fifty aliases of one page costs one call', async () => {
    const aliases = numbers(50).map((n) => `a${n}: ledgerBalance(first: ${n % 11}) { totalCount }`);
    const { data, calls } = await survive({ query: `{ ${customer} { ${aliases.join(' ')} } }` });
    expect([Object.keys(data.customer).length, calls]).toEqual([50, 1]);
  });

  it('with fifty aliases of fifty lists, two calls each, is refused once', async () => {
    const aliases = numbers(50).map(
      (n) => `a${n}: ledgerBalance(tillId: ${n}, first: 11) { nodes { programId } }`,
    );
    const { codes, calls } = await survive({ query: `{ ${customer} { ${aliases.join(' ')} } }` });
    expect([codes, calls]).toEqual([['OPERATION_TOO_EXPENSIVE'], 0]);
  });

  it('with fifty aliases of one customer costs one call', async () => {
    const { data, calls } = await survive({
      query: `{ ${numbers(50)
        .map((n) => `a${n}: ${customer} { id }`)
        .join(' ')} }`,
    });
    expect([Object.keys(data).length, calls]).toEqual([50, 1]);
  });

  it.each([
    ['id ', 50_000],
    ['ledgerBalance { totalCount } ', 5000],
    ['... { id } ', 15_000],
    ['... on Customer { ledgerBalance { nodes { programId } } } ', 3000],
  ])('that repeats { %s} %i times is answered or refused soon', async (field, times) => {
    const { calls } = await survive({ query: `{ ${customer} { ${field.repeat(times)} } }` });
    expect(calls).toBeLessThanOrEqual(1);
  });

  it.each<[string, string]>([
    ['selections', `{ ${customer} { ${'... { '.repeat(20_000)} id ${'} '.repeat(20_000)} } }`],
    ['lists', `{ node(id: ${'['.repeat(100_000)}${']'.repeat(100_000)}) { id } }`],
    ['objects', `{ node(id: ${'{ a: '.repeat(30_000)} 1 ${'}'.repeat(30_000)}) { id } }`],
    ['list types', `query ($a: ${'['.repeat(100_000)}Int${']'.repeat(100_000)}) { __typename }`],
    ['braces that never close', '{ a '.repeat(60_000)],
    [
      'fragments',
      `{ ${customer} { ...F0 } } ${numbers(240)
        .map((n) => `fragment F${n} on Customer { ...F${n + 1} }`)
        .join(' ')} fragment F240 on Customer { id }`,
    ],
    ['fields', `{ ${'a { '.repeat(5000)} a ${'} '.repeat(5000)} }`],
    ['one level deeper than allowed', `{ ${customer} { ${'... { '.repeat(199)} id ${'} '.repeat(199)} } }`],
  ])('that nests %s is OPERATION_LIMITED, and the next request is served', async (_, query) => {
    expect(query.length).toBeLessThan(bodyLimit);
    const { data, text, codes, calls } = await survive({ query });
    expect([data, codes, calls]).toEqual([undefined, ['OPERATION_LIMITED'], 0]);
    expect(JSON.parse(text).errors[0].extensions.limit).toBe(200);
  });

  it('that nests too deep is refused in a batch and in a URL as well, each time', async () => {
    const query = `{ ${'... { '.repeat(1000)} __typename ${'} '.repeat(1000)} }`;
    harness.sandbox.reset();
    const [refused, served] = await (await harness.post([{ query }, { query: '{ __typename }' }])).json();
    const url = `http://gateway.test/graphql?query=${encodeURIComponent(query)}`;
    const inUrl = await (await harness.gateway.fetch(new Request(url))).json();
    expect([refused, inUrl].map(errorsOf)).toEqual(Array(2).fill([['OPERATION_LIMITED', null]]));
    expect(served).toEqual({ data: { __typename: 'Query' } });
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('that nests as deep as allowed is answered', async () => {
    const query = `{ ${customer} { ${'... { '.repeat(197)} ...A ${'} '.repeat(197)} } } fragment A on Customer { userId }`;
    const { data, calls } = await survive({ query });
    expect([data, calls]).toEqual([{ customer: { userId: mobiles.twelve } }, 1]);
  });

  it('with a thousand errors gets fifty of them', async () => {
    const fields = numbers(1000).map((n) => `x${n}`);
    const { codes, calls } = await survive({ query: `{ ${fields.join(' ')} }` });
    expect([codes.length <= 50, new Set(codes), calls]).toEqual([
      true,
      new Set(['GRAPHQL_VALIDATION_FAILED']),
      0,
    ]);
  });

  it('whose fragments form a circle is refused', async () => {
    const query = `{ ${customer} { ...A } } fragment A on Customer { ...B } fragment B on Customer { ...A }`;
    const { codes, calls } = await survive({ query });
    expect([codes, calls]).toEqual([['GRAPHQL_VALIDATION_FAILED'], 0]);
  });

  it('with deep introspection is refused', async () => {
    const depth = 'fields { type { '.repeat(12);
    const query = `{ __schema { types { ${depth} name ${'} }'.repeat(12)} } } }`;
    const { codes, calls } = await survive({ query });
    expect([codes, calls]).toEqual([['GRAPHQL_VALIDATION_FAILED'], 0]);
  });

  it.each([
    ['a comment', `#${'x'.repeat(200_000)}\n{ __typename }`],
    ['nothing', `${' '.repeat(200_000)}{ __typename }`],
    ['a byte order mark', '\ufeff{ __typename }'],
  ])('that is mostly %s is answered', async (_, query) => {
    const { data, calls } = await survive({ query });
    expect([data, calls]).toEqual([{ __typename: 'Query' }, 0]);
  });

  it.each([
    ['{ __typename\u0000 }', 'GRAPHQL_PARSE_FAILED'],
    ['{ __typename } \ud800', 'GRAPHQL_PARSE_FAILED'],
    ['{ node(id: "\u0000") { id } }', 'BAD_USER_INPUT'],
    ['{ node(id: "\\u0000") { id } }', 'BAD_USER_INPUT'],
    ['{ node(id: "\\uD800") { id } }', 'GRAPHQL_PARSE_FAILED'],
    ['{ node(id: "\\u{110000}") { id } }', 'GRAPHQL_PARSE_FAILED'],
  ])('with odd characters is %j: %s', async (query, code) => {
    const { codes, calls } = await survive({ query });
    expect([codes, calls]).toEqual([[code], 0]);
  });
});

describe('an answer', () => {
  it('treats prototype names as response keys like any other', async () => {
    const { text, calls } = await survive({
      query: `{
        __proto__: ${customer} {
          __proto__: userId
          constructor: ledgerBalance { __proto__: totalCount }
          toString: ledgerBalance(first: 1) { hasOwnProperty: nodes { valueOf: pointsCategory } }
        }
        constructor: __typename
      }`,
    });
    expect(text).toBe(
      `{"data":{"__proto__":{"__proto__":"${mobiles.twelve}","constructor":{"__proto__":12},` +
        '"toString":{"hasOwnProperty":[{"valueOf":"Category 0"}]}},"constructor":"Query"}}',
    );
    expect(calls).toBe(1);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('keeps errors at prototype names apart from data', async () => {
    const { text, codes, calls } = await survive({
      query: `{ ok: __typename __proto__: ${customer} { constructor: ledgerBalance(first: -1) { totalCount } } }`,
    });
    expect(JSON.parse(text).errors[0].path).toEqual(['__proto__', 'constructor']);
    expect([codes, calls]).toEqual([['BAD_USER_INPUT'], 0]);
  });
});
