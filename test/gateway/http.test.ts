/** The gateway as an HTTP server: what it takes, what it refuses and with which status. */

import { describe, expect, it } from 'vitest';
import { summaryOf } from './client-form.ts';
import { type Harness, startHarness } from './harness.ts';
import { mobileLiteral, mobiles, threeMembers } from './members.ts';

const query = `{ customer(identifier: ${mobileLiteral(mobiles.twelve)}) { userId } }`;
const found = { data: { customer: { userId: mobiles.twelve } } };
const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

const open = (env: Record<string, string> = {}) => startHarness({ members: threeMembers }, env);

const get = (harness: Harness, path: string, headers: Record<string, string> = {}) =>
  harness.gateway.fetch(new Request(`http://gateway.test${path}`, { headers }));

const queryPath = (parameters: Record<string, string>) => `/graphql?${new URLSearchParams(parameters)}`;

describe('GET /graphql', () => {
  it('answers a query', async () => {
    const harness = await open();
    const response = await get(harness, queryPath({ query }));
    expect([response.status, await response.json()]).toEqual([200, found]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('forbids caches to store an answer', async () => {
    const harness = await open();
    const answers = [await get(harness, queryPath({ query })), await harness.post({ query })];
    expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(['no-store', 'no-store']);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('answers a query with variables and one of several operations', async () => {
    const harness = await open();
    const document = `query A { __typename }
      query B($value: String!) { customer(identifier: { name: MOBILE, value: $value }) { userId } }`;
    const variables = JSON.stringify({ value: mobiles.twelve });
    const response = await get(harness, queryPath({ query: document, variables, operationName: 'B' }));
    expect(await response.json()).toEqual(found);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it.each(['variables', 'extensions'])('refuses %s that are not a JSON object', async (name) => {
    const harness = await open();
    for (const text of ['{', 'x', '"x"', '[1]', '7']) {
      const response = await get(harness, queryPath({ query, [name]: text }));
      expect(await summaryOf(response)).toEqual([400, 'application/json', [['BAD_REQUEST', null]]]);
    }
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('shows a browser GraphiQL without a call', async () => {
    const harness = await open();
    for (const path of ['/graphql', queryPath({ query })]) {
      const response = await get(harness, path, browser);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        expect.stringContaining('text/html'),
      ]);
      expect(await response.text()).toMatch(/graphiql/i);
    }
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('with GRAPHIQL=false answers a browser like any other client', async () => {
    const harness = await open({ GRAPHIQL: 'false' });
    expect((await summaryOf(await get(harness, '/graphql', browser)))[0]).toBe(400);
    expect(await (await get(harness, queryPath({ query }), browser)).json()).toEqual(found);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('POST /graphql', () => {
  it('refuses a body without a type', async () => {
    const harness = await open();
    const request = new Request('http://gateway.test/graphql', {
      method: 'POST',
      body: new Blob([JSON.stringify({ query })]),
    });
    const response = await harness.gateway.fetch(request);
    expect(await summaryOf(response)).toEqual([400, 'application/json', [['BAD_REQUEST', null]]]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each(['', '{', 'null', '1', '"x"', '[]', '{}', '{"query":1}', '{"query":null}', '{"query":{}}'])(
    'refuses a body that is not a GraphQL request: %s',
    async (body) => {
      const harness = await open();
      expect(await summaryOf(await harness.post(body))).toEqual([
        400,
        'application/json',
        [['BAD_REQUEST', null]],
      ]);
      expect(harness.sandbox.callCount()).toBe(0);
    },
  );

  it.each([
    { variables: [] },
    { variables: 'x' },
    { extensions: 1 },
    { operationName: 1 },
    { operationName: ['A'] },
    { operationName: { toString: 'A' } },
  ])('refuses a parameter of the wrong type: %j', async (parameter) => {
    const harness = await open();
    const response = await harness.post({ query, ...parameter });
    expect(await summaryOf(response)).toEqual([400, 'application/json', [['BAD_REQUEST', null]]]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('a mutation', () => {
  it('is refused with 405 by GET', async () => {
    const harness = await open();
    const response = await get(harness, queryPath({ query: 'mutation { x }' }));
    expect(response.headers.get('allow')).toBe('POST');
    expect(await summaryOf(response)).toEqual([405, 'application/json', [['BAD_REQUEST', null]]]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('a page of another site', () => {
  const foreign = ['cross-site', 'same-site'];

  it.each(foreign)('spends no calls by GET (%s)', async (site) => {
    const harness = await open({ GRAPHIQL: 'false' });
    for (const mode of ['no-cors', 'navigate', 'cors']) {
      const headers = { ...browser, 'sec-fetch-site': site, 'sec-fetch-mode': mode };
      const response = await get(harness, queryPath({ query }), headers);
      expect(await summaryOf(response)).toEqual([403, 'application/json', [['FORBIDDEN', null]]]);
    }
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('may link to GraphiQL, which runs no query by itself', async () => {
    const harness = await open();
    const headers = { ...browser, 'sec-fetch-site': 'cross-site' };
    const response = await get(harness, queryPath({ query }), headers);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each(['same-origin', 'none'])('never sends %s, which is served', async (site) => {
    const harness = await open();
    const response = await get(harness, queryPath({ query }), { 'sec-fetch-site': site });
    expect(await response.json()).toEqual(found);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('may post, because browsers send a preflight request before they post JSON across sites', async () => {
    const harness = await open();
    const response = await harness.post({ query }, { headers: { 'sec-fetch-site': 'same-site' } });
    expect(await response.json()).toEqual(found);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});
