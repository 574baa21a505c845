/** Connections that never come about: nobody can have counted a call that would have gone over one. */

import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { createWindowBudget } from '../../../src/upstream/budget/window-budget.ts';
import { createDispatcher, type DispatcherOptions } from '../../../src/upstream/http/dispatcher.ts';
import { pageRequest, successBody } from '../bodies.ts';
import { startProxy } from '../fake-proxy.ts';
import { callerWith, noSignal, startClient, startJsonUpstream, startSocket } from '../fake-upstream.ts';

/** Codes of two calls, one after the other, with a budget of one a minute and no time to wait for a permit. */
const callTwice = async (url: string, options: Partial<DispatcherOptions> = {}) => {
  const budget = createWindowBudget({ callsPerMinute: 1, now: () => performance.now() });
  const dispatcher = createDispatcher({ maxConcurrency: 2, ...options });
  const deadlineAt = performance.now() + 20_000;
  const fetchPage = startClient(url, { budget, dispatcher }).forCaller(callerWith({ deadlineAt }));
  const call = () =>
    fetchPage(pageRequest(), noSignal()).then(
      () => 'page',
      (error: { code?: unknown }) => error.code,
    );
  return [await call(), await call()];
};

const outOfReach = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'];

describe('a connection that hangs', () => {
  it('frees its slot together with its call, with TLS and with a tunnel', async () => {
    const silent = await startSocket(() => {});
    for (const [url, httpProxy] of [
      [silent.url.replace('http:', 'https:'), undefined],
      ['http://upstream.test', silent.url],
    ] as const) {
      silent.connections = 0;
      const dispatcher = createDispatcher({ maxConcurrency: 1, httpProxy });
      const fetchPage = startClient(url, { dispatcher, timeoutMs: 9000 }).forCaller(callerWith());
      const leaving = new AbortController();
      const left = expect(fetchPage(pageRequest(), leaving.signal)).rejects.toBe('gone');
      await vi.waitUntil(() => silent.connections === 1);
      leaving.abort('gone');
      await left;
      const staying = new AbortController();
      const next = expect(fetchPage(pageRequest(), staying.signal)).rejects.toBe('gone');
      await vi.waitUntil(() => silent.connections === 2);
      staying.abort('gone');
      await next;
    }
  });

  it('that opens too late is closed, and nothing is sent over it', async () => {
    const upstream = await startJsonUpstream(successBody());
    let open: (() => void) | undefined;
    const ended: Promise<unknown>[] = [];
    const proxy = await startSocket((socket) => {
      ended.push(once(socket, 'close'));
      open = () => socket.write('HTTP/1.1 200 OK\r\n\r\n');
    });
    const dispatcher = createDispatcher({ maxConcurrency: 1, httpProxy: proxy.url });
    const client = startClient(upstream.url, { dispatcher, timeoutMs: 100 });
    const call = client.forCaller(callerWith())(pageRequest(), noSignal());
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    open?.();
    await ended[0];
    expect(upstream.calls).toHaveLength(0);
  });
});

describe('a call without a connection', () => {
  it('names the reason', async () => {
    const plain = await startJsonUpstream(successBody());
    const refusing = await startSocket((socket) =>
      socket.write('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n'),
    );
    const hangingUp = await startSocket((socket) => socket.destroy());
    const messages = await Promise.all(
      (
        [
          ['http://upstream.invalid', undefined],
          ['http://127.0.0.1:1', undefined],
          [hangingUp.url, undefined],
          [plain.url.replace('http:', 'https:'), undefined],
          ['http://upstream.test', refusing.url],
          ['http://upstream.test', 'http://127.0.0.1:1'],
        ] as const
      ).map(([url, httpProxy]) =>
        startClient(url, { dispatcher: createDispatcher({ maxConcurrency: 1, httpProxy }) })
          .forCaller(callerWith())(pageRequest(), noSignal())
          .then(String, ({ message }: Error) => message.replace('Expected an answer, got none: ', '')),
      ),
    );
    expect(messages).toEqual([
      "the upstream's name is not known.",
      'the upstream refused the connection.',
      'the connection ended before the answer came.',
      'no encrypted connection came about.',
      'the proxy opened no way to the upstream.',
      'the proxy opened no way to the upstream.',
    ]);
    expect(plain.calls).toHaveLength(0);
  });
});

describe('a permit of the budget', () => {
  it('is free again when nobody listens, and when no host has the name', async () => {
    expect(await callTwice('http://127.0.0.1:1')).toEqual(outOfReach);
    expect(await callTwice('http://upstream.invalid')).toEqual(outOfReach);
  });

  it('is free again when there is no TLS', async () => {
    const plain = await startJsonUpstream(successBody());
    expect(await callTwice(plain.url.replace('http:', 'https:'))).toEqual(outOfReach);
    expect(plain.calls).toHaveLength(0);
  });

  it('is free again when a proxy opens no tunnel', async () => {
    const proxy = await startSocket((socket) => socket.write('HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n'));
    expect(await callTwice('http://upstream.test', { httpProxy: proxy.url })).toEqual(outOfReach);
    expect(proxy.calls).toBe(2);
  });

  it('is used up by a call that was sent, whatever its outcome', async () => {
    const hangingUp = await startSocket((socket) => socket.destroy());
    expect(await callTwice(hangingUp.url)).toEqual(['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED']);
    expect(hangingUp.calls).toBe(1);
    const upstream = await startJsonUpstream(successBody());
    const proxy = await startProxy(upstream.port);
    const throughProxy = await callTwice('http://upstream.test', { httpProxy: proxy.url });
    expect([throughProxy, upstream.calls.length]).toEqual([['page', 'RATE_LIMITED'], 1]);
  });
});
