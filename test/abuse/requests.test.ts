/** Hostile variables and requests: refused without a call, and without a change in the process. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf } from '../gateway/client-form.ts';
import { type Harness, openHarness } from '../gateway/harness.ts';
import { byMobile, mobiles, threeMembers } from '../gateway/members.ts';
import { customersDetails, nodesDetails } from '../operations.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ members: threeMembers });
});
afterAll(() => harness.close());

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

async function post(body: unknown) {
  harness.sandbox.reset();
  const response = await harness.post(body);
  const [result] = [await response.json()].flat();
  return { status: response.status, data: result.data, codes: errorsOf(result).map(([code]) => code) };
}

describe('a list of identifiers', () => {
  it('that repeats one customer two hundred times costs one call', async () => {
    const identifiers = numbers(200).map(() => byMobile(mobiles.three));
    harness.sandbox.reset();
    const { data } = await harness.ask(customersDetails, { identifiers });
    expect(data?.customers).toHaveLength(200);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('of two hundred customers is refused once, without a call', async () => {
    const identifiers = numbers(200).map((number) => byMobile(`4477009${number}`));
    harness.sandbox.reset();
    const result = await harness.ask(customersDetails, { identifiers });
    expect([result.data, errorsOf(result)]).toEqual([undefined, [['OPERATION_TOO_EXPENSIVE', null]]]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('of ten thousand exceeds the size of a body', async () => {
    const identifiers = numbers(10_000).map((number) => byMobile(`4477009${number}`));
    const { status, codes } = await post({ query: 'query A { __typename }', variables: { identifiers } });
    expect([status, codes, harness.sandbox.callCount()]).toEqual([413, ['OPERATION_LIMITED'], 0]);
  });

  it('with two hundred errors gets fifty of them', async () => {
    const identifiers = numbers(200).map(() => ({ name: 'PHONE', value: '1' }));
    const query = 'query ($it: [CustomerIdentifierInput!]!) { customers(identifiers: $it) { id } }';
    const { codes } = await post({ query, variables: { it: identifiers } });
    expect([codes.length < 60, new Set(codes)]).toEqual([true, new Set(['BAD_USER_INPUT'])]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('of forged ids costs no call, and a valid id among them is served', async () => {
    const good = await harness.ask(customersDetails, { identifiers: [byMobile(mobiles.three)] });
    const forged = numbers(99).map((number) => `AQ${'A'.repeat(96 + (number % 3))}`);
    harness.sandbox.reset();
    const ids = [...forged, good.data?.customers[0]?.id ?? ''];
    const { data } = await harness.ask(nodesDetails, { ids });
    expect(data?.nodes.filter((node) => node !== null)).toEqual([
      expect.objectContaining({ userId: mobiles.three }),
    ]);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('a variable', () => {
  const query = 'query ($id: ID!) { node(id: $id) { id } }';

  it('does not come from a prototype when it is missing', async () => {
    const named =
      'query ($constructor: ID!, $toString: ID!) { a: node(id: $constructor) { id } b: node(id: $toString) { id } }';
    const { data, codes } = await post({ query: named, variables: {} });
    expect([data, new Set(codes)]).toEqual([undefined, new Set(['BAD_USER_INPUT'])]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('cannot reach the prototypes of the process', async () => {
    const polluting = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"id":"x"}';
    await post(`{"query":${JSON.stringify(query)},"variables":${polluting}}`);
    await post(`{"__proto__":{"polluted":1},"query":${JSON.stringify(query)},"variables":{"id":"x"}}`);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each([
    ['an id', query],
    ['a list of ids', 'query ($id: [ID!]!) { nodes(ids: $id) { id } }'],
    ['an identifier', 'query ($id: CustomerIdentifierInput!) { customer(identifier: $id) { id } }'],
  ])('that nests very deep is refused as %s', async (_, asked) => {
    for (const nested of [
      '['.repeat(100_000) + ']'.repeat(100_000),
      `${'{"name":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    ]) {
      const { codes } = await post(`{"query":${JSON.stringify(asked)},"variables":{"id":${nested}}}`);
      expect([new Set(codes), harness.sandbox.callCount()]).toEqual([new Set(['OPERATION_LIMITED']), 0]);
    }
  });

  it('is not searched for in extensions that nest very deep', async () => {
    const nested = '['.repeat(100_000) + ']'.repeat(100_000);
    const { data } = await post(`{"query":"{ __typename }","extensions":{"a":${nested}}}`);
    expect([data, harness.sandbox.callCount()]).toEqual([{ __typename: 'Query' }, 0]);
  });

  it('of two hundred thousand characters is refused', async () => {
    const { codes } = await post({ query, variables: { id: 'A'.repeat(200_000) } });
    expect([codes, harness.sandbox.callCount()]).toEqual([['OPERATION_LIMITED'], 0]);
  });

  it('that is not declared is ignored', async () => {
    const { data } = await post({ query: '{ __typename }', variables: { toString: 1, query: 2 } });
    expect([data, harness.sandbox.callCount()]).toEqual([{ __typename: 'Query' }, 0]);
  });
});

describe('a request', () => {
  it.each([
    '[]',
    '[[]]',
    '[null]',
    '[1]',
    '["a"]',
    '[true]',
    '[{"query":"{ __typename }"},null]',
    'null',
    '1',
    '"a"',
    'true',
    '{}',
    '{"query":1}',
    '{"query":null,"extensions":{"persistedQuery":{"version":1,"sha256Hash":"0"}}}',
    '{"query":"{ __typename }","extensions":1}',
    '{"query":"{ __typename }","variables":[]}',
  ])('without a valid operation, or with something else beside one, is BAD_REQUEST: %s', async (body) => {
    const { status, data, codes } = await post(body);
    expect([status, data, codes]).toEqual([400, undefined, ['BAD_REQUEST']]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each(['[{}]', '[{"query":"{"}]'])('with one wrong operation gets an error for it: %s', async (body) => {
    const { data, codes } = await post(body);
    expect([data, codes.length]).toEqual([undefined, 1]);
    expect(codes[0]).toMatch(/^BAD_REQUEST$|^GRAPHQL_PARSE_FAILED$/);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each([
    ['a name that is an object', { operationName: {} }, 400],
    ['a name that is a list with a good one', { operationName: ['A'] }, 400],
    ['a name of a prototype', { operationName: 'constructor' }, 200],
    ['the name of the prototype', { operationName: '__proto__' }, 200],
    ['a very long name', { operationName: 'x'.repeat(100_000) }, 200],
  ])('with %s is refused', async (_, parameters, expected) => {
    const { status, codes } = await post({ query: 'query A { __typename }', ...parameters });
    expect([status, codes, harness.sandbox.callCount()]).toEqual([expected, ['BAD_REQUEST'], 0]);
  });

  it.each([
    '/graphql?query=%',
    '/graphql?query=%ff%fe',
    '/graphql?query=%00',
    '/graphql?query={__typename}&variables=%7B%22a%22:',
    `/graphql?${'a=1&'.repeat(5000)}`,
    '/graphql?query[]={__typename}',
  ])('with an odd URL is refused: %.60s', async (path) => {
    harness.sandbox.reset();
    const response = await harness.gateway.fetch(new Request(`http://gateway.test${path}`));
    const codes = errorsOf(await response.json()).map(([code]) => code);
    expect(codes).toHaveLength(1);
    expect(codes[0]).toMatch(/^BAD_REQUEST$|^GRAPHQL_PARSE_FAILED$/);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('whose body is no UTF-8 is refused', async () => {
    harness.sandbox.reset();
    const body = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
    const headers = { 'content-type': 'application/json' };
    const request = new Request('http://gateway.test/graphql', { method: 'POST', body, headers });
    const response = await harness.gateway.fetch(request);
    expect([response.status, errorsOf(await response.json())]).toEqual([400, [['BAD_REQUEST', null]]]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('among hundreds at once gets its own answer', async () => {
    harness.sandbox.reset();
    const asked = numbers(200).map(async (number) => {
      const mobile = [mobiles.twelve, mobiles.three, mobiles.gaps][number % 3] ?? '';
      const { data } = await harness.ask(customersDetails, { identifiers: [byMobile(mobile)] });
      return [mobile, data?.customers[0]?.userId];
    });
    for (const [mobile, userId] of await Promise.all(asked)) expect(userId).toBe(mobile);
    expect(harness.sandbox.callCount()).toBeGreaterThan(2);
    expect(harness.sandbox.callCount()).toBeLessThanOrEqual(200);
  });
});
