/** The client against a server that behaves: what goes out and what comes back. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createBasicCredentials } from '../../src/upstream/credentials/credentials.ts';
import { createDispatcher } from '../../src/upstream/http/dispatcher.ts';
import { failureBody, pageRequest, successBody } from './bodies.ts';
import {
  callerWith,
  noSignal,
  startClient,
  startFetchPage,
  startJsonUpstream,
  startUpstream,
} from './fake-upstream.ts';
import { anyText } from './unicode.ts';

const query = 'identifierName=mobile&identifierValue=919900000001&source=INSTORE&limit=10&offset=0';

describe('a call', () => {
  it('asks for one page with one GET at the documented path', async () => {
    const upstream = await startJsonUpstream(successBody());
    const page = await startFetchPage(upstream.url)(pageRequest(), noSignal());
    expect(page?.entries).toHaveLength(1);
    expect(upstream.calls.map(({ method, url }) => [method, url])).toEqual([
      ['GET', `/v2/pointsLedger/getCustomerLedgerBalance?${query}`],
    ]);
  });

  it.each(['/', '/prefix', '/prefix/a/', '/prefix//'])(
    'puts the path %s of the base URL first',
    async (path) => {
      const upstream = await startJsonUpstream(successBody());
      await startFetchPage(upstream.url + path)(pageRequest(), noSignal());
      expect(upstream.calls[0]?.url).toBe(
        `${path.replace(/\/+$/, '')}/v2/pointsLedger/getCustomerLedgerBalance?${query}`,
      );
    },
  );

  it("sends the caller's credentials and language, the request id, and no other header of the caller", async () => {
    const upstream = await startJsonUpstream(successBody());
    const headers = new Headers({ authorization: 'Basic YTpi', 'accept-language': 'de', cookie: 'a=b' });
    await startClient(upstream.url).forCaller(callerWith({ headers, requestId: 'r-7' }))(
      pageRequest(),
      noSignal(),
    );
    expect(upstream.calls[0]?.headers).toEqual({
      host: new URL(upstream.url).host,
      connection: 'keep-alive',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'accept-language': 'de',
      authorization: 'Basic YTpi',
      'user-agent': 'ledger-balance-gateway',
      'x-request-id': 'r-7',
    });
  });

  it('keeps callers apart: each goes out with its own credentials', async () => {
    const upstream = await startJsonUpstream(successBody());
    const client = startClient(upstream.url);
    const names = Array.from({ length: 20 }, (_, index) => `caller-${index}`);
    const call = (name: string) =>
      client.forCaller(callerWith({ headers: new Headers({ authorization: name }), requestId: name }))(
        pageRequest(),
        noSignal(),
      );
    await Promise.all(names.map(call));
    expect(upstream.calls.map(({ headers }) => headers.authorization).sort()).toEqual([...names].sort());
    for (const { headers } of upstream.calls) expect(headers['x-request-id']).toBe(headers.authorization);
  });

  it('waits for credentials that must be fetched, and fails with their error', async () => {
    const upstream = await startJsonUpstream(successBody());
    const fetched = {
      owner: 'gateway',
      scopeOf: () => 'one',
      budgetOf: () => 'one',
      headersProblem: () => undefined,
      headersFor: async () => ({ 'x-cap-api-oauth-token': 'fresh' }),
    } as const;
    await startFetchPage(upstream.url, { credentials: fetched })(pageRequest(), noSignal());
    expect(upstream.calls[0]?.headers['x-cap-api-oauth-token']).toBe('fresh');

    const down = {
      owner: 'gateway',
      scopeOf: () => 'one',
      budgetOf: () => 'one',
      headersProblem: () => undefined,
      headersFor: () => Promise.reject(new GatewayError('UPSTREAM_UNAVAILABLE', 'x')),
    } as const;
    const fetchPage = startFetchPage(upstream.url, { credentials: down });
    await expect(fetchPage(pageRequest(), noSignal())).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(upstream.calls).toHaveLength(1);
  });

  it('waits for a connection in turn with those of other addresses, and of other credentials at the same one', async () => {
    const upstream = await startUpstream((_, response) => {
      setTimeout(() => response.end(JSON.stringify(successBody())), 20);
    });
    const client = startClient(upstream.url, { dispatcher: createDispatcher({ maxConcurrency: 1 }) });
    const call = (token: string, fairnessKey: string) => {
      const headers = new Headers(token === '' ? {} : { authorization: `Bearer ${token}` });
      return client.forCaller(callerWith({ headers, fairnessKey }))(pageRequest(), noSignal());
    };
    const first = call('first', '10.0.0.1');
    const madeUp = ['m1', 'm2', 'm3', 'm4'].map((token) => call(token, '10.0.0.1'));
    const greedy = ['a', 'a', 'a'].map((token) => call(token, '10.0.0.2'));
    const modest = call('b', '10.0.0.2');
    const unsigned = call('', '10.0.0.2');
    await Promise.all([first, ...madeUp, ...greedy, modest, unsigned]);
    const order = upstream.calls.map(
      ({ headers }) => headers.authorization?.slice('Bearer '.length) ?? 'none',
    );
    expect(order).toEqual(['first', 'm1', 'a', 'm2', 'b', 'm3', 'none', 'm4', 'a', 'a']);
  });

  it('makes no call for half a surrogate pair', async () => {
    const upstream = await startJsonUpstream(successBody());
    const request = pageRequest({ identifier: { name: 'EMAIL', value: '\udc00', source: 'ALL' } });
    await expect(startFetchPage(upstream.url)(request, noSignal())).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    expect(upstream.calls).toHaveLength(0);
  });

  it('fails as a bug of ours, not of the upstream, when it cannot be sent', async () => {
    const upstream = await startJsonUpstream(successBody());
    const fetchPage = startClient(upstream.url).forCaller(
      callerWith({ headers: new Headers(), requestId: 'a\nb' }),
    );
    await expect(fetchPage(pageRequest(), noSignal())).rejects.toMatchObject({
      name: 'InvalidArgumentError',
    });
    expect(upstream.calls).toHaveLength(0);
  });

  it('brings any Unicode to the upstream as given', async () => {
    const upstream = await startJsonUpstream(successBody());
    const fetchPage = startFetchPage(upstream.url);
    const text = fc.oneof(
      anyText({ minLength: 1 }),
      fc.constantFrom(
        '+',
        '&',
        ' ',
        '"',
        "'",
        '%',
        '%2B',
        'a=b',
        '#',
        '?',
        '..',
        '\u0000',
        '\n',
        '%00',
        '＋',
        '😀',
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (value, tillId) => {
        upstream.calls.length = 0;
        const identifier = { name: 'EXTERNAL_ID', value, source: 'ALL' } as const;
        await fetchPage(pageRequest({ identifier, filter: { tillId } }), noSignal());
        const received = new URL(upstream.calls[0]?.url ?? '', upstream.url).searchParams;
        expect([received.get('identifierValue'), received.get('tillId')]).toEqual([value, tillId]);
        expect(upstream.calls).toHaveLength(1);
      }),
    );
  });
});

describe('an answer', () => {
  it('is null for an unknown customer', async () => {
    const upstream = await startJsonUpstream(failureBody(8015), 400);
    await expect(startFetchPage(upstream.url)(pageRequest(), noSignal())).resolves.toBeNull();
    expect(upstream.calls).toHaveLength(1);
  });

  it('keeps its digits over the wire', async () => {
    const text = JSON.stringify(successBody())
      .replace('"30000.000"', '30000.000')
      .replace('1568', '90071992547409931');
    const upstream = await startUpstream((_, response) => response.end(text));
    const page = await startFetchPage(upstream.url)(pageRequest(), noSignal());
    expect(page?.entries[0]).toMatchObject({ closingBalance: '30000.000', programId: '90071992547409931' });
  });

  it('is read whole when it comes in small pieces, characters cut through', async () => {
    const bytes = Buffer.from(JSON.stringify(successBody({}, { firstName: 'Zoë 😀' })));
    const upstream = await startUpstream((_, response) => {
      response.socket?.setNoDelay(true);
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    });
    const page = await startFetchPage(upstream.url)(pageRequest(), noSignal());
    expect(page?.details.firstName).toBe('Zoë 😀');
  });

  it('may begin with a byte order mark', async () => {
    const upstream = await startUpstream((_, response) =>
      response.end(`\ufeff${JSON.stringify(successBody())}`),
    );
    await expect(startFetchPage(upstream.url)(pageRequest(), noSignal())).resolves.not.toBeNull();
  });

  it.each([
    [401, 'UNAUTHENTICATED', 'UPSTREAM_UNAUTHORIZED'],
    [403, 'FORBIDDEN', 'UPSTREAM_UNAUTHORIZED'],
  ])('of %i is %s in forward mode and %s in service mode', async (status, forward, service) => {
    const upstream = await startUpstream((_, response) => response.writeHead(status).end());
    const credentials = createBasicCredentials('till', 'secret');
    await expect(startFetchPage(upstream.url)(pageRequest(), noSignal())).rejects.toMatchObject({
      code: forward,
    });
    await expect(
      startFetchPage(upstream.url, { credentials })(pageRequest(), noSignal()),
    ).rejects.toMatchObject({ code: service });
    expect(upstream.calls.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Basic dGlsbDpzZWNyZXQ=',
    ]);
  });
});
