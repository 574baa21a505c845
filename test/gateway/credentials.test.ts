/** Which headers of a caller go upstream in each mode, and that no caller sees another's answers. */

import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { details } from '../operations.ts';
import { basicOf } from '../sandbox/asking.ts';
import { numberedMember } from '../sandbox/numbered-ledger.ts';
import { errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';
import { scrape } from './scrape.ts';

const forward = { UPSTREAM_BASIC_USER: '', UPSTREAM_BASIC_PASSWORD: '', ALLOW_ANONYMOUS: '' };
const identifier = byMobile(mobiles.twelve);

/** The headers of every call. */
const ownNames = ['accept', 'accept-encoding', 'connection', 'host', 'user-agent', 'x-request-id'];

/**
 * What a caller may send: credentials, attribution, language, and headers that must stay behind. The one header
 * of tracing that goes on, `traceparent`, has tests of its own.
 */
const sent = {
  authorization: basicOf(demoCredentials.basic),
  'accept-language': 'de',
  'x-cap-api-attribution-entity-type': 'TILL',
  'x-cap-api-attribution-entity-code': 'till.1',
  'x-cap-api-attribution-till-code': 'till.2',
  'x-request-id': 'r-1',
  accept: 'application/json',
  cookie: 'session=1',
  'user-agent': 'a client',
  'x-api-key': 'k',
  'x-forwarded-for': '203.0.113.7',
  forwarded: 'for=203.0.113.7',
  'x-cap-api-other': 'x',
  'x-upstream-receipt': '1',
  tracestate: 'vendor=1',
  baggage: 'user=1',
  origin: 'http://elsewhere.test',
  referer: 'http://elsewhere.test/',
  'proxy-authorization': 'Basic eA==',
  'cache-control': 'no-cache',
};

describe('forward mode', () => {
  it("sends the caller's credentials, attribution and language upstream, and nothing else", async () => {
    const harness = await startHarness({ members: threeMembers }, forward);
    expect(errorsOf(await harness.ask(details, { identifier }, sent))).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(1);
    const headers = harness.sandbox.calls()[0]?.headers ?? {};
    const forwarded = [
      'authorization',
      'accept-language',
      'x-cap-api-attribution-entity-type',
      'x-cap-api-attribution-entity-code',
      'x-cap-api-attribution-till-code',
    ] as const;
    expect(Object.keys(headers).sort()).toEqual([...ownNames, ...forwarded].sort());
    for (const name of forwarded) expect(headers[name]).toBe(sent[name]);
    expect(headers['user-agent']).not.toBe(sent['user-agent']);
  });

  it('sends a token upstream', async () => {
    const harness = await startHarness({ members: threeMembers }, forward);
    const response = await fetch(`${harness.sandbox.url}/v3/oauth/token/generate`, {
      method: 'POST',
      body: JSON.stringify(demoCredentials.oauth),
    });
    const token = (await response.json()).data.accessToken;
    const result = await harness.ask(details, { identifier }, { 'x-cap-api-oauth-token': token });
    expect(result).toMatchObject({ data: { customer: { userId: mobiles.twelve } } });
    expect(harness.sandbox.callCount()).toBe(1);
    expect(harness.sandbox.calls()[0]).toMatchObject({
      credential: `oauth:${demoCredentials.oauth.key}`,
      headers: { 'x-cap-api-oauth-token': token },
    });
    expect(harness.sandbox.calls()[0]?.headers.authorization).toBeUndefined();
  });

  it('sends only the token upstream for a caller with token and authorization', async () => {
    const harness = await startHarness({ members: threeMembers }, forward);
    const authorization = basicOf(demoCredentials.basic);
    await harness.ask(details, { identifier }, { authorization, 'x-cap-api-oauth-token': 'junk' });
    expect(harness.sandbox.callCount()).toBe(1);
    const { headers } = harness.sandbox.calls()[0] ?? {};
    expect([headers?.authorization, headers?.['x-cap-api-oauth-token']]).toEqual([undefined, 'junk']);
  });

  it.each<[string, Record<string, string>]>([
    ['credentials in another spelling', { authorization: `Basic junk, ${basicOf(demoCredentials.basic)}` }],
    ['a token that is JSON', { ...sent, 'x-cap-api-oauth-token': '"ledgerDetails":{' }],
    ['15 KB of credentials', { authorization: `Bearer ${'a'.repeat(15_000)}` }],
    ['a long attribution', { ...sent, 'x-cap-api-attribution-till-code': 't'.repeat(257) }],
    ['a long language', { ...sent, 'accept-language': 'd'.repeat(257) }],
  ])('refuses %s with BAD_REQUEST and status 400, without a call', async (_, headers) => {
    const harness = await startHarness({ members: threeMembers }, forward);
    const response = await harness.post({ query: print(details), variables: { identifier } }, { headers });
    expect(response.status).toBe(400);
    const { errors } = await response.json();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST', retryable: false } }]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('counts calls for a bounded number of credentials, and for at most a quarter of them from one address', async () => {
    const room = { UPSTREAM_MAX_CREDENTIALS: '100', UPSTREAM_CALLS_PER_MINUTE: '5', TRUSTED_PROXIES: '1' };
    const harness = await startHarness({ members: threeMembers }, { ...forward, ...room });
    const askWith = async (authorization: string, address: string) => {
      const headers = { authorization, 'x-forwarded-for': address };
      return errorsOf(await harness.ask(details, { identifier }, headers))[0]?.[0] ?? 'OK';
    };
    for (let junk = 0; junk < 30; junk += 1) {
      expect(await askWith(`Bearer junk${junk}`, '192.0.2.1')).toBe(
        junk < 25 ? 'UNAUTHENTICATED' : 'RATE_LIMITED',
      );
    }
    expect(await askWith(basicOf(demoCredentials.basic), '192.0.2.2')).toBe('OK');
    expect(harness.sandbox.callCount()).toBe(26);
    expect((await scrape(harness.gateway)).get('ledger_gateway_upstream_accounts')).toBe(26);
  });

  it('shares no call between callers with different credentials', async () => {
    const harness = await startHarness({ members: threeMembers }, forward);
    harness.sandbox.setFaults([{ kind: 'latency', ms: 20 }]);
    const as = (authorization: string) => harness.ask(details, { identifier }, { authorization });
    const [allowed, refused, stranger] = await Promise.all([
      as(basicOf(demoCredentials.basic)),
      as(basicOf(demoCredentials.forbiddenBasic)),
      as(basicOf({ user: 'nobody', password: 'x' })),
    ]);
    expect(allowed).toMatchObject({ data: { customer: { userId: mobiles.twelve } } });
    expect([refused.data, errorsOf(refused)]).toEqual([{ customer: null }, [['FORBIDDEN', 'customer']]]);
    expect([stranger.data, errorsOf(stranger)]).toEqual([
      { customer: null },
      [['UNAUTHENTICATED', 'customer']],
    ]);
    expect(harness.sandbox.callCount()).toBe(3);
    expect(new Set(harness.sandbox.calls().map(({ headers }) => headers.authorization)).size).toBe(3);
  });

  it('shares no cached answer between callers with different credentials', async () => {
    const harness = await startHarness({ members: threeMembers }, forward);
    const authorization = basicOf(demoCredentials.basic);
    await harness.ask(details, { identifier }, { authorization });
    expect(errorsOf(await harness.ask(details, { identifier }))).toEqual([['UNAUTHENTICATED', 'customer']]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('shares no answer between languages or tills of one caller', async () => {
    const harness = await startHarness({ members: threeMembers }, forward);
    harness.sandbox.setFaults([{ kind: 'latency', ms: 20 }]);
    const variants = [
      {},
      { 'accept-language': 'de' },
      { 'x-cap-api-attribution-till-code': 'till.1' },
      { 'x-cap-api-attribution-till-code': 'till.2' },
    ];
    const authorization = basicOf(demoCredentials.basic);
    await Promise.all(
      variants.map((headers) => harness.ask(details, { identifier }, { authorization, ...headers })),
    );
    expect(harness.sandbox.callCount()).toBe(4);
  });
});

describe('service mode', () => {
  it("sends the gateway's credentials and the caller's language upstream, and nothing else", async () => {
    const harness = await startHarness({ members: threeMembers });
    const authorization = basicOf({ user: 'somebody', password: 'else' });
    const token = { 'x-cap-api-oauth-token': 'theirs' };
    await harness.ask(details, { identifier }, { ...sent, ...token, authorization });
    expect(harness.sandbox.callCount()).toBe(1);
    const headers = harness.sandbox.calls()[0]?.headers ?? {};
    expect(Object.keys(headers).sort()).toEqual([...ownNames, 'accept-language', 'authorization'].sort());
    expect(headers).toMatchObject({
      'accept-language': 'de',
      authorization: basicOf(demoCredentials.basic),
    });
  });

  it('refuses a long language with BAD_REQUEST, and accepts any credentials of a caller', async () => {
    const harness = await startHarness({ members: threeMembers });
    const long = await harness.ask(details, { identifier }, { 'accept-language': 'd'.repeat(257) });
    expect(errorsOf(long)).toEqual([['BAD_REQUEST', null]]);
    const authorization = 'Negotiate a, Basic b';
    expect(errorsOf(await harness.ask(details, { identifier }, { authorization }))).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it("passes the upstream's own words on in the caller's language", async () => {
    const harness = await startHarness({ members: [numberedMember(mobiles.twelve, { merged: true })] });
    const german = await harness.ask(details, { identifier }, { 'accept-language': 'de' });
    expect(german.errors?.[0]?.message).toBe('Der Kunde wurde mit einem anderen zusammengeführt');
    expect(harness.sandbox.callCount()).toBe(1);
  });
});
