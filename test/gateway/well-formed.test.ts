/** A request that is no GraphQL request is refused at once and without a call. Every other is read exactly. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf } from './client-form.ts';
import { type Harness, openHarness } from './harness.ts';
import { mobileLiteral, mobiles, threeMembers } from './members.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ members: threeMembers });
});
afterAll(() => harness.close());

const query = `{ customer(identifier: ${mobileLiteral(mobiles.twelve)}) { userId } }`;
const byValue = 'query ($v: String!) { customer(identifier: { name: MOBILE, value: $v }) { userId } }';
const found = { data: { customer: { userId: mobiles.twelve } } };
type Members = Readonly<Record<string, unknown>>;
const refused = (status: number) => [status, [['BAD_REQUEST', null]], 0];

/** Posts a body as it is, text or bytes. */
async function post(body: BodyInit, headers: Record<string, string> = {}) {
  harness.sandbox.reset();
  return await harness.gateway.fetch(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    }),
  );
}

/** Asks by GET. */
async function get(parameters: string, headers: Record<string, string> = {}) {
  harness.sandbox.reset();
  return await harness.gateway.fetch(new Request(`http://gateway.test/graphql?${parameters}`, { headers }));
}

/** Status, errors and calls. */
async function refusalOf(response: Response) {
  return [response.status, errorsOf(await response.json()), harness.sandbox.callCount()];
}

const answer = async (response: Response) => [
  response.status,
  await response.json(),
  harness.sandbox.callCount(),
];

describe('a body that looks like a Response', () => {
  it.each<Members>([
    { status: 200, headers: {} },
    { status: 200, headers: {}, body: 'x', ok: true, url: '' },
    { status: 200, headers: { get: 1 }, arrayBuffer: 1, text: 2, json: 3 },
    { status: 1, headers: [] },
    { status: true, headers: true, variables: {} },
    { constructor: { name: 'Response' }, status: 200, headers: {} },
  ])('is refused at once when it has no query: %j', async (body) => {
    expect(await refusalOf(await post(JSON.stringify(body)))).toEqual(refused(400));
  });

  it.each<Members>([
    { status: 200, headers: {} },
    { status: 204, headers: {}, body: null, ok: true, bodyUsed: false },
  ])('is read as the operation in it: %j', async (members) => {
    expect(await answer(await post(JSON.stringify({ query, ...members })))).toEqual([200, found, 1]);
    const [first] = await (await post(JSON.stringify([{ query, ...members }]))).json();
    expect([first, harness.sandbox.callCount()]).toEqual([found, 1]);
  });
});

describe('an unknown member', () => {
  it.each<Members>([{ id: 'x' }, { documentId: 'sha256:0' }, { more: 1 }, { toString: 1 }, { doc_id: null }])(
    'is ignored: %j',
    async (members) => {
      expect(await answer(await post(JSON.stringify({ query, ...members })))).toEqual([200, found, 1]);
    },
  );

  it('is ignored in a URL', async () => {
    const url = `${new URLSearchParams({ query })}&id=x&more=%ff&%ff=1`;
    expect(await answer(await get(url))).toEqual([200, found, 1]);
  });

  it('does not replace the query', async () => {
    expect(await refusalOf(await post('{"id":"x"}'))).toEqual(refused(400));
    expect(await refusalOf(await post('{"__proto__":{"query":"{ __typename }"}}'))).toEqual(refused(400));
  });
});

describe('text that is not UTF-8', () => {
  const bytesOf = (...invalid: number[]) => {
    const [before = '', after = ''] = JSON.stringify({ query: byValue, variables: { v: 'zo@' } }).split('@');
    return Buffer.concat([Buffer.from(before), Buffer.from(invalid), Buffer.from(after)]);
  };

  it.each([
    ['a byte of Latin 1', [0xeb]],
    ['half of a surrogate pair', [0xed, 0xa0, 0xbd]],
    ['a slash in two bytes', [0xc0, 0xaf]],
    ['a character cut short', [0xe2, 0x82]],
    ['a character beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('is refused in a body: %s', async (_, invalid) => {
    expect(await refusalOf(await post(bytesOf(...invalid)))).toEqual(refused(400));
  });

  it.each(['zo%EB', '%ED%A0%BD', '%C0%AF', '%E2%82', '%', '%zz'])('is refused in a URL: %s', async (text) => {
    expect(
      await refusalOf(await get(`query=${encodeURIComponent(byValue)}&variables={"v":"${text}"}`)),
    ).toEqual(refused(400));
    expect(await refusalOf(await get(`query={__typename}&operationName=${text}`))).toEqual(refused(400));
  });

  it('does not include a byte order mark', async () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify({ query }))]);
    expect(await answer(await post(marked))).toEqual([200, found, 1]);
  });

  it('does not include text of any language', async () => {
    const variables = JSON.stringify({ v: 'Åsa 株 😀' });
    const unknown = [200, { data: { customer: null } }, 1];
    expect(await answer(await post(`{"query":${JSON.stringify(byValue)},"variables":${variables}}`))).toEqual(
      unknown,
    );
    expect(harness.sandbox.calls()[0]?.query['identifierValue']).toBe('Åsa 株 😀');
    expect(await answer(await get(`${new URLSearchParams({ query: byValue, variables })}`))).toEqual(unknown);
    expect(harness.sandbox.calls()[0]?.query['identifierValue']).toBe('Åsa 株 😀');
  });
});

describe('the type of a body', () => {
  it.each([
    'Application/JSON',
    'application/json ; charset=utf-8',
    'application/json; charset="UTF-8"',
    'application/json;charset=utf8',
    'application/json; profile="a;b, c"',
    'application/json;',
    'application/json;charset=UTF-8',
  ])('is read by the rules of HTTP: %s', async (type) => {
    expect(await answer(await post(JSON.stringify({ query }), { 'content-type': type }))).toEqual([
      200,
      found,
      1,
    ]);
  });

  it.each([
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=latin1',
    'application/json; charset',
    'application/json, text/plain',
    'application/graphql-response+json',
    'application/graphql+json',
    'text/plain',
    'text/plain; a="application/json"',
    'application/json-patch+json',
    'application/graphql',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'json',
    '*/*',
  ])('is refused with 415 and the type that is taken: %s', async (type) => {
    const response = await post(JSON.stringify({ query }), { 'content-type': type });
    expect(response.headers.get('accept')).toBe('application/json');
    expect(await refusalOf(response)).toEqual(refused(415));
  });
});

describe('the content coding of a body', () => {
  it.each(['gzip', 'x-foo', 'br', 'identity, gzip'])('is refused with 415: %s', async (coding) => {
    const response = await post(JSON.stringify({ query }), { 'content-encoding': coding });
    expect(response.headers.get('accept-encoding')).toBe('identity');
    expect(await refusalOf(response)).toEqual(refused(415));
  });

  it('may be `identity`, which means no coding', async () => {
    const response = await post(JSON.stringify({ query }), { 'content-encoding': 'Identity' });
    expect(await answer(response)).toEqual([200, found, 1]);
  });
});

describe('the type of an answer', () => {
  const [json, modern] = [
    'application/json; charset=utf-8',
    'application/graphql-response+json; charset=utf-8',
  ];

  it.each([
    ['application/json;q=0.1, application/graphql-response+json', modern],
    ['application/graphql-response+json;q=0.5, application/json;q=0.9', json],
    ['application/graphql-response+json, application/json', modern],
    ['application/json, application/graphql-response+json', json],
    ['application/json;q=0, */*', modern],
    ['application/*;q=0.2, application/graphql-response+json;q=0', json],
    ['text/event-stream, application/json;q=0.1', json],
    ['multipart/mixed, */*;q=0.1', json],
    ['Application/GraphQL-Response+JSON; Charset="UTF-8"', modern],
    ['*/*', json],
    ['', json],
  ])('is the one with the highest weight: %s', async (accept, type) => {
    for (const response of [
      await post(JSON.stringify({ query }), { accept }),
      await get(`${new URLSearchParams({ query })}`, { accept }),
    ]) {
      expect(response.headers.get('content-type')).toBe(type);
      expect(await answer(response)).toEqual([200, found, 1]);
    }
  });

  it.each([
    'application/json;q=0',
    '*/*;q=0',
    'application/json;q=0, application/graphql-response+json;q=0, image/*',
    'text/event-stream',
    'multipart/mixed',
    'application/json; charset=iso-8859-1',
    'text/html;q=0',
    'nothing that is a type',
  ])('is refused with 406 before any call when it cannot be served: %s', async (accept) => {
    expect(await refusalOf(await post(JSON.stringify({ query }), { accept }))).toEqual(refused(406));
    expect(await refusalOf(await get(`${new URLSearchParams({ query })}`, { accept }))).toEqual(refused(406));
  });
});
