/** CORS: pages of the origins in CORS_ORIGINS read every answer, errors included, and no other page reads any. */

import { describe, expect, it } from 'vitest';
import { startHarness } from '../harness.ts';
import { jsonPost, serve } from '../listening.ts';
import { mobileLiteral, mobiles, threeMembers } from '../members.ts';

const page = 'https://points.example';
const stranger = 'https://points.example.evil.test';
const query = `{ customer(identifier: ${mobileLiteral(mobiles.twelve)}) { userId } }`;
const body = JSON.stringify({ query });

const start = async (
  env: Readonly<Record<string, string>> = { CORS_ORIGINS: `${page}, http://localhost:5173` },
) => {
  const harness = await startHarness({ members: threeMembers }, env);
  return { ...harness, url: await serve(harness) };
};

const preflight = (url: string, origin: string, headers = 'content-type') =>
  fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': headers,
    },
  });

const postFrom = (url: string, origin: string, headers = {}) =>
  fetch(url, { ...jsonPost, headers: { ...jsonPost.headers, origin, ...headers }, body });

/** The CORS headers of an answer. */
const corsOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name === 'vary' || name.startsWith('access-control-')));

const readable = {
  'access-control-allow-origin': page,
  'access-control-expose-headers': 'x-request-id, retry-after',
  vary: 'Origin',
};

describe('a preflight request', () => {
  it('of an allowed origin is answered without a call, and may be remembered', async () => {
    const { url, sandbox } = await start();
    const answer = await preflight(url, page);
    expect(answer.status).toBe(204);
    expect(corsOf(answer)).toEqual({
      'access-control-allow-origin': page,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers':
        'accept, accept-language, authorization, content-type, traceparent, tracestate, x-cap-api-oauth-token, x-request-id, x-upstream-receipt',
      'access-control-max-age': '7200',
      vary: 'Origin, Access-Control-Request-Headers',
    });
    expect(sandbox.callCount()).toBe(0);
  });

  it('allows each attribution header that it names, and no other header', async () => {
    const { url, sandbox } = await start();
    const names =
      'cookie,X-Cap-Api-Attribution-Entity-Code, x-cap-api-attribution-entity-type,x-other,x-cap-api-attribution-ü';
    const answer = await preflight(url, page, Buffer.from(names).toString('latin1'));
    const allowed = answer.headers.get('access-control-allow-headers') ?? '';
    expect(allowed.split(', ').slice(-2)).toEqual([
      'x-cap-api-attribution-entity-code',
      'x-cap-api-attribution-entity-type',
    ]);
    expect(allowed).not.toMatch(/cookie|other/);
    expect(sandbox.callCount()).toBe(0);
  });

  it.each([stranger, 'http://points.example', `${page}:8443`, 'null', ''])(
    'of another origin allows nothing (%j)',
    async (origin) => {
      const { url, sandbox } = await start();
      expect(corsOf(await preflight(url, origin))).toEqual({ vary: 'Origin' });
      expect(sandbox.callCount()).toBe(0);
    },
  );
});

describe('an answer', () => {
  it.each(['true', 'false'])(
    'can be read by pages of allowed origins, however often the operation came before (PREPARED_OPERATIONS=%s)',
    async (prepared) => {
      const { url, sandbox } = await start({ CORS_ORIGINS: page, PREPARED_OPERATIONS: prepared });
      for (const time of [1, 2, 3]) {
        const answer = await postFrom(url, page);
        expect([time, answer.status, corsOf(answer)]).toEqual([time, 200, readable]);
        const other = await postFrom(url, stranger);
        expect([time, other.status, corsOf(other)]).toEqual([time, 200, { vary: 'Origin' }]);
      }
      expect(sandbox.callCount()).toBe(6);
    },
  );

  it('can be read when it is an error, and names its request', async () => {
    const { url, sandbox } = await start({ CORS_ORIGINS: page, MAX_BODY_BYTES: '2000' });
    const send = (init: RequestInit, path = '') =>
      fetch(`${url}${path}`, {
        method: 'POST',
        ...init,
        headers: { ...jsonPost.headers, origin: page, ...init.headers },
      });
    const answers = [
      await send({ body: '{' }),
      await send({
        body: JSON.stringify({ query: '{' }),
        headers: { accept: 'application/graphql-response+json' },
      }),
      await send({ body: 'x'.repeat(2001) }),
      await send({ body, headers: { 'content-type': 'text/plain' } }),
      await send({ body, headers: { accept: 'image/png' } }),
      await send({ body }, '/'),
      await send({ body, method: 'PUT' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 413, 415, 406, 404, 405]);
    for (const answer of answers) {
      expect(corsOf(answer)).toEqual(readable);
      expect(answer.headers.get('x-request-id')).not.toBeNull();
    }
    expect(sandbox.callCount()).toBe(0);
  });

  it('can be read when the gateway is overloaded', async () => {
    // Eight requests at a time, half of them from one address.
    const { url, sandbox } = await start({ CORS_ORIGINS: page, MAX_REQUESTS_IN_FLIGHT: '8' });
    sandbox.setFaults([{ kind: 'hang' }]);
    const leave = new AbortController();
    const { signal } = leave;
    const waiting = Object.values(mobiles)
      .slice(0, 4)
      .map((mobile) => {
        const other = JSON.stringify({
          query: `{ customer(identifier: ${mobileLiteral(mobile)}) { userId } }`,
        });
        return fetch(url, { ...jsonPost, body: other, signal }).catch(() => undefined);
      });
    await sandbox.until(({ length }) => length === 4);
    const answer = await postFrom(url, page);
    expect([answer.status, corsOf(answer)]).toEqual([503, readable]);
    expect((await preflight(url, page)).status).toBe(204);
    leave.abort();
    await Promise.all(waiting);
    expect(sandbox.callCount()).toBe(4);
  });

  it('to an operator cannot be read by a page', async () => {
    const { url, sandbox } = await start();
    for (const path of ['/livez', '/readyz', '/metrics']) {
      const answer = await fetch(new URL(path, url), { headers: { origin: page } });
      expect([answer.status, corsOf(answer)]).toEqual([200, {}]);
    }
    expect(sandbox.callCount()).toBe(0);
  });
});

describe('an operation by GET', () => {
  it('is served to a page of an allowed origin, and to no other page of another site', async () => {
    const { url, sandbox } = await start();
    const ask = (headers: Readonly<Record<string, string>>) =>
      fetch(`${url}?query=${encodeURIComponent(query)}`, {
        headers: { accept: 'application/json', 'sec-fetch-site': 'cross-site', ...headers },
      });
    expect((await ask({ origin: page })).status).toBe(200);
    expect((await ask({ origin: stranger })).status).toBe(403);
    expect((await ask({})).status).toBe(403);
    expect(sandbox.callCount()).toBe(1);
  });
});

describe('without CORS_ORIGINS', () => {
  it('no answer has a CORS header, and OPTIONS says which methods a path takes', async () => {
    const { url, sandbox } = await start({});
    const answer = await preflight(url, page);
    expect([answer.status, answer.headers.get('allow'), corsOf(answer)]).toEqual([
      204,
      'GET, POST, OPTIONS',
      {},
    ]);
    expect(corsOf(await postFrom(url, page))).toEqual({});
    expect(sandbox.callCount()).toBe(1);
  });
});
