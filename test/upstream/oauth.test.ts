/** The client with key and secret, against a token endpoint that a test plays. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createWindowBudget } from '../../src/upstream/budget/window-budget.ts';
import type { UpstreamClientOptions } from '../../src/upstream/client.ts';
import { pageRequest, questionNumber, successBody } from './bodies.ts';
import { callerWith, noSignal, startClient, startUpstream } from './fake-upstream.ts';

const login = { key: 'KEY-never-shown', secret: 'SECRET-never-shown' };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const giveShortToken: Answer = (_, response) =>
  response.end(JSON.stringify({ data: { accessToken: 'short', ttlSeconds: 5 }, errors: null }));

/** An upstream that gives tokens `t1`, `t2`, … unless `onToken` answers, and lets in whomever `isLetIn` says. */
const startOAuth = async (
  isLetIn: (token: string, page: number) => boolean,
  onToken?: Answer,
  options: Partial<UpstreamClientOptions> = {},
) => {
  let issued = 0;
  const bodies: string[] = [];
  const giveToken: Answer = (_, response) => {
    issued += 1;
    response.end(JSON.stringify({ data: { accessToken: `t${issued}`, ttlSeconds: 300 }, errors: null }));
  };
  const upstream = await startUpstream((request, response) => {
    if (request.method === 'POST') {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        bodies.push(text);
        (onToken ?? giveToken)(request, response);
      });
      return;
    }
    const token = String(request.headers['x-cap-api-oauth-token']);
    const page = new URL(request.url ?? '', 'http://upstream').searchParams.get('offset');
    if (isLetIn(token, Number(page))) response.end(JSON.stringify(successBody()));
    else response.writeHead(401).end();
  });
  const client = startClient(`${upstream.url}/prefix`, { credentials: login, ...options });
  const call = () => client.forCaller(callerWith())(pageRequest(), noSignal());
  const counts = () => {
    const tokens = upstream.calls.filter(({ method }) => method === 'POST').length;
    return { tokens, pages: upstream.calls.length - tokens };
  };
  return { upstream, client, call, counts, bodies };
};

describe('the client with key and secret', () => {
  it('exchanges them for one token, however many calls wait, and sends that alone', async () => {
    const { upstream, call, counts, bodies } = await startOAuth(() => true);
    await Promise.all(Array.from({ length: 20 }, call));
    expect(counts()).toEqual({ tokens: 1, pages: 20 });
    expect(bodies.map((body) => JSON.parse(body))).toEqual([login]);
    expect(upstream.calls[0]?.url).toBe('/prefix/v3/oauth/token/generate');
    expect(upstream.calls.at(-1)?.headers).toMatchObject({ 'x-cap-api-oauth-token': 't1' });
    expect(upstream.calls.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('replays each of many calls that were answered 401, with one new token for all', async () => {
    const { call, counts } = await startOAuth((token) => token !== 't1');
    const pages = await Promise.all(Array.from({ length: 8 }, call));
    expect(pages.every((page) => page !== null)).toBe(true);
    expect(counts()).toEqual({ tokens: 2, pages: 16 });
  });

  it('gives up after one replay, and fetches no more tokens while all are refused', async () => {
    const { client, call, counts } = await startOAuth(() => false);
    await expect(call()).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    expect(counts()).toEqual({ tokens: 2, pages: 2 });
    for (const number of [1, 2]) {
      const other = client.forCaller(callerWith())(questionNumber(number), noSignal());
      await expect(other).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    }
    expect(counts()).toEqual({ tokens: 2, pages: 4 });
  });

  it('fetches few tokens for a question that is always answered 401 while others are answered', async () => {
    const { call, client, counts } = await startOAuth((token, page) => page !== 13 && token !== '');
    const odd = () => client.forCaller(callerWith())(pageRequest({ pageNumber: 13 }), noSignal());
    for (let asked = 0; asked < 20; asked += 1) {
      await expect(odd()).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
      await call();
    }
    expect(counts()).toEqual({ tokens: 2, pages: 41 });
    expect(client.areCredentialsRefused()).toBe(false);
  });

  it('fails all calls that wait when the key is refused, without naming the key', async () => {
    const { client, call, counts } = await startOAuth(
      () => true,
      (_, response) => response.writeHead(401).end(JSON.stringify(login)),
    );
    const errors = await Promise.all(Array.from({ length: 5 }, () => call().catch((error: Error) => error)));
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
      expect(`${JSON.stringify(error)} ${error instanceof Error && error.stack}`).not.toContain(
        'never-shown',
      );
    }
    expect([counts(), client.areCredentialsRefused()]).toEqual([{ tokens: 1, pages: 0 }, true]);
  });

  it('ends at its own deadline when the token endpoint is silent', async () => {
    const { client } = await startOAuth(
      () => true,
      () => undefined,
    );
    const controller = new AbortController();
    const call = client.forCaller(callerWith())(pageRequest(), controller.signal);
    controller.abort('gone');
    await expect(call).rejects.toBe('gone');
  });

  it('delays no call that has a token while the token endpoint is silent, even with one connection', async () => {
    let isSilent = false;
    const { call } = await startOAuth(
      () => true,
      (_, response) => {
        const data = { accessToken: 'short', ttlSeconds: 0.5 };
        if (!isSilent) response.end(JSON.stringify({ data, errors: null }));
        isSilent = true;
      },
    );
    await call();
    await call();
  });
});

describe('the budget of a client with key and secret', () => {
  it('refuses calls at once that wait for a token and would find the budget spent behind others', async () => {
    const clock = { shift: 0 };
    const now = () => performance.now() + clock.shift;
    const budget = createWindowBudget({ callsPerMinute: 2, now });
    const { client, call, counts } = await startOAuth(() => true, giveShortToken, {
      budget,
      now,
    });
    await call(); // With the token's own call that is all there is.
    clock.shift = 10_000; // The token has ended; both permits are free in some fifty seconds.
    const leaving = new AbortController();
    const deadlineAt = now() + 55_000;
    const wish = () => client.forCaller(callerWith({ deadlineAt }))(pageRequest(), leaving.signal);
    const first = expect(wish()).rejects.toBe('left');
    const others = await Promise.all([wish(), wish()].map((one) => one.catch((error: Error) => error)));
    for (const error of others)
      expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 112 } });
    leaving.abort('left');
    await first;
    expect(counts()).toEqual({ tokens: 1, pages: 1 });
  });
});

describe('OAuth credentials', () => {
  const german = new Headers({ 'accept-language': 'de', authorization: 'Basic eDp5' });

  it('share answers whatever the token, but not between keys or languages', () => {
    const scope = (key: string, secret: string, headers = new Headers()) =>
      startClient('http://127.0.0.1:1', { credentials: { key, secret } }).scopeOf(headers);
    expect(scope('k', 'one')).toBe(scope('k', 'two'));
    expect(new Set([scope('k', 'one'), scope('l', 'one'), scope('k', 'one', german)]).size).toBe(3);
  });

  it("send the token and only the caller's language", async () => {
    const { client, upstream, counts } = await startOAuth(() => true);
    await client.forCaller(callerWith({ headers: german }))(pageRequest(), noSignal());
    const sent = upstream.calls.at(-1)?.headers;
    expect(sent).toMatchObject({ 'accept-language': 'de', 'x-cap-api-oauth-token': expect.any(String) });
    expect(sent).not.toHaveProperty('authorization');
    expect(counts()).toEqual({ tokens: 1, pages: 1 });
  });
});
