/** The token endpoint, and calls made with its tokens. */

import { describe, expect, it } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { askToken, start, urlOf } from './asking.ts';

async function fetchToken(sandbox: Sandbox): Promise<string> {
  const response = await askToken(sandbox, demoCredentials.oauth);
  return ((await response.json()) as { data: { accessToken: string } }).data.accessToken;
}

async function statusWith(sandbox: Sandbox, token: string): Promise<number> {
  return (await fetch(urlOf(sandbox), { headers: { 'x-cap-api-oauth-token': token } })).status;
}

describe('the token endpoint', () => {
  it('exchanges key and secret for a token with its time to live', async () => {
    const sandbox = await start();
    const response = await askToken(sandbox, demoCredentials.oauth);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      data: { accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/), ttlSeconds: 300 },
      errors: null,
    });
    expect(sandbox.tokenCalls()).toMatchObject([{ credential: 'oauth:demo-key', status: 200 }]);
    expect(sandbox.calls()).toEqual([]);
  });

  it.each([
    ['a wrong secret', { ...demoCredentials.oauth, secret: 'wrong' }],
    ['a wrong key', { ...demoCredentials.oauth, key: 'wrong' }],
    ['nothing', null],
    ['a list', []],
    ['more than it reads', { ...demoCredentials.oauth, padding: 'x'.repeat(70_000) }],
  ])('refuses %s with 401', async (_, body) => {
    const response = await askToken(await start(), body);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ data: null });
  });

  it('refuses a body that is no JSON', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/v3/oauth/token/generate`, { method: 'POST', body: '{"key":' });
    expect(response.status).toBe(401);
  });

  it('takes only POST', async () => {
    const response = await fetch(`${(await start()).url}/v3/oauth/token/generate`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('a token', () => {
  it('opens the ledger until it expires; then the answer is 401', async () => {
    let moment = 0;
    const sandbox = await start({ tokenTtlSeconds: 30, now: () => moment });
    const token = await fetchToken(sandbox);
    moment = 29_999;
    expect(await statusWith(sandbox, token)).toBe(200);
    expect(sandbox.calls()[0]?.credential).toBe('oauth:demo-key');
    moment = 30_000;
    expect(await statusWith(sandbox, token)).toBe(401);
    expect(await statusWith(sandbox, await fetchToken(sandbox))).toBe(200);
  });

  it('stays valid after a reset, and not after a revocation', async () => {
    const sandbox = await start();
    const token = await fetchToken(sandbox);
    sandbox.reset();
    expect(await statusWith(sandbox, token)).toBe(200);
    sandbox.revokeTokens();
    expect(await statusWith(sandbox, token)).toBe(401);
  });

  it('counts in one budget with the calls that use it', async () => {
    const sandbox = await start({ callsPerMinute: 2 });
    const token = await fetchToken(sandbox);
    expect([await statusWith(sandbox, token), await statusWith(sandbox, token)]).toEqual([200, 429]);
    expect((await askToken(sandbox, demoCredentials.oauth)).status).toBe(429);
    expect(sandbox.tokenCalls()[1]?.overLimit).toBe(true);
  });
});
