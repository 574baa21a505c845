/** Exactly which paths are served, with exactly which methods. */

import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { errorsOf } from './client-form.ts';
import { type Harness, startHarness } from './harness.ts';
import { serve } from './listening.ts';
import { mobileLiteral, mobiles, threeMembers } from './members.ts';

const query = `{ customer(identifier: ${mobileLiteral(mobiles.twelve)}) { userId } }`;
const asked = `query=${encodeURIComponent(query)}`;

const open = (env: Record<string, string> = {}) => startHarness({ members: threeMembers }, env);

/** Sends a request over the wire with exactly this target. */
async function send(harness: Harness, method: string, path: string, body?: string) {
  const { port } = new URL(await serve(harness));
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const sent = request({ host: '127.0.0.1', port, method, path, headers }).end(body);
  return await new Promise<{ status: number; allow: string | undefined; body: string }>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', async (response) => {
      const { statusCode: status = 0, headers: got } = response;
      resolve({ status, allow: got.allow, body: await text(response) });
    });
  });
}

describe('a path that is not served', () => {
  it.each([
    '/x/graphql',
    '/graphql/',
    '/graphql/x',
    '//graphql',
    '/graphql;x',
    '/graphql#x',
    '/Graphql',
    '/%67raphql',
    '/graphql%2f',
    '/graphql%3Fx',
    '/./graphql',
    '/x/../graphql',
    '/x/%2e%2e/graphql',
    '/x\\..\\graphql',
    '/nope?q=/graphql',
    '/nope?/graphql',
    '/livez/',
    '/livez/x',
    '/health',
    '/graphql/health',
    '/v2/pointsLedger/getCustomerLedgerBalance',
    '/x/../livez',
    '/%6detrics',
    '/metrics/x',
    '/./schema.graphql',
    '/index.html',
  ])('is 404 for every method, without a call: %s', async (path) => {
    const harness = await open();
    for (const method of ['POST', 'GET', 'OPTIONS', 'PUT']) {
      const target = method === 'GET' && !path.includes('?') ? `${path}?${asked}` : path;
      const { status, body } = await send(harness, method, target, JSON.stringify({ query }));
      expect([status, errorsOf(JSON.parse(body))]).toEqual([404, [['BAD_REQUEST', null]]]);
    }
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('may be one that settings turn off', async () => {
    const harness = await open({ ADMIN_PORT: '0', GRAPHIQL: 'false', INTROSPECTION: 'false' });
    for (const path of ['/metrics', '/graphql/start.js', '/schema.graphql'])
      expect((await send(harness, 'GET', path)).status).toBe(404);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('a path that is served', () => {
  it.each(['/graphql', `/graphql?${asked}`])('answers operations: %s', async (path) => {
    const harness = await open();
    const { status, body } = await send(harness, 'POST', path, JSON.stringify({ query }));
    expect([status, JSON.parse(body)]).toEqual([200, { data: { customer: { userId: mobiles.twelve } } }]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'HEAD'])(
    'takes operations by GET and POST, and refuses %s without a call',
    async (method) => {
      const harness = await open();
      const { status, allow } = await send(harness, method, `/graphql?${asked}`);
      expect([status, allow]).toEqual([405, 'GET, POST, OPTIONS']);
      expect(harness.sandbox.callCount()).toBe(0);
    },
  );

  const others = [
    '/livez',
    '/readyz',
    '/metrics',
    '/',
    '/schema.graphql',
    '/favicon.svg',
    '/graphql/start.js',
  ];

  it.each(others)('answers HEAD like GET, without the body: %s', async (path) => {
    const harness = await open();
    const [head, got] = [await send(harness, 'HEAD', path), await send(harness, 'GET', path)];
    expect([head.status, head.body]).toEqual([200, '']);
    expect([got.status, got.body === '']).toEqual([200, false]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each(others)('takes only GET and HEAD: %s', async (path) => {
    const harness = await open();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, allow, body } = await send(harness, method, path, '{}');
      expect([status, allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
      expect(errorsOf(JSON.parse(body))).toEqual([['BAD_REQUEST', null]]);
    }
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each([
    ['/graphql', 'GET, POST, OPTIONS'],
    ['/livez', 'GET, HEAD, OPTIONS'],
  ])('answers OPTIONS with its methods, and nothing else: %s', async (path, methods) => {
    const harness = await open();
    expect(await send(harness, 'OPTIONS', path)).toEqual({ status: 204, allow: methods, body: '' });
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it("takes only GET and HEAD on the operators' port, too", async () => {
    const harness = await open();
    const { adminListener } = harness.gateway;
    const admin: Harness = { ...harness, gateway: { ...harness.gateway, listener: adminListener } };
    expect(await send(admin, 'DELETE', '/readyz')).toMatchObject({
      status: 405,
      allow: 'GET, HEAD, OPTIONS',
    });
    expect(await send(admin, 'OPTIONS', '/metrics')).toMatchObject({ status: 204, body: '' });
    expect(await send(admin, 'HEAD', '/metrics')).toMatchObject({ status: 200, body: '' });
    expect(await send(admin, 'POST', '/graphql')).toMatchObject({ status: 404 });
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
