/** Connections: how many, through which proxy, and under whose certificates. */

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDispatcher, type DispatcherOptions } from '../../../src/upstream/http/dispatcher.ts';
import { createTunnel } from '../../../src/upstream/http/proxy.ts';
import { pageRequest, successBody } from '../bodies.ts';
import { startProxy } from '../fake-proxy.ts';
import {
  callerWith,
  noSignal,
  startClient,
  startFetchPage,
  startJsonUpstream,
  startSocket,
  startUpstream,
} from '../fake-upstream.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

const fetchThrough = (url: string, options: Partial<DispatcherOptions> = {}, timeoutMs = 5000) =>
  startFetchPage(url, { timeoutMs, dispatcher: createDispatcher({ maxConcurrency: 4, ...options }) })(
    pageRequest(),
    noSignal(),
  );

describe('createDispatcher', () => {
  it('has no more calls under way than allowed, and keeps the rest waiting', async () => {
    const waiting: (() => void)[] = [];
    const upstream = await startUpstream((_, response) => {
      waiting.push(() => response.end(JSON.stringify(successBody())));
    });
    const fetchPage = startFetchPage(upstream.url, { dispatcher: createDispatcher({ maxConcurrency: 3 }) });
    const calls = Array.from({ length: 7 }, (_, pageNumber) =>
      fetchPage(pageRequest({ pageNumber }), noSignal()),
    );
    for (const expected of [3, 4, 5, 6, 7]) {
      await vi.waitUntil(() => upstream.calls.length === expected);
      waiting[expected - 3]?.();
    }
    for (const release of waiting.slice(5)) release();
    await Promise.all(calls);
    expect(upstream.calls).toHaveLength(7);
  });

  it('does not read the environment', async () => {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) {
      vi.stubEnv(name, 'http://127.0.0.1:1');
    }
    vi.stubEnv('NO_PROXY', '*');
    vi.stubEnv('no_proxy', '*');
    const upstream = await startJsonUpstream(successBody());
    const proxy = await startProxy(upstream.port);
    await expect(fetchThrough(upstream.url)).resolves.not.toBeNull();
    await expect(fetchThrough('http://upstream.test', { httpProxy: proxy.url })).resolves.not.toBeNull();
    expect([upstream.calls.length, proxy.tunnels.length]).toEqual([2, 1]);
  });

  it('keeps its connections for later calls, also after many calls were cancelled at once', async () => {
    const answer = JSON.stringify(successBody());
    const upstream = await startUpstream((request, response) => {
      if (!request.url?.endsWith('offset=9')) response.end(answer);
    });
    const fetchPage = startFetchPage(upstream.url, { dispatcher: createDispatcher({ maxConcurrency: 4 }) });
    const many = (pageNumber: number, signal: AbortSignal) =>
      Promise.allSettled(Array.from({ length: 40 }, () => fetchPage(pageRequest({ pageNumber }), signal)));
    const connections = () => new Set(upstream.calls.splice(0).map(({ socket }) => socket)).size;
    await many(0, noSignal());
    expect(connections()).toBe(4);
    const controller = new AbortController();
    const cancelled = many(9, controller.signal);
    await vi.waitUntil(() => upstream.calls.length === 4);
    controller.abort('gone');
    await cancelled;
    expect(connections()).toBe(4);
    await many(0, noSignal());
    expect(upstream.calls).toHaveLength(40);
    expect(connections()).toBe(4);
  });
});

describe('a proxy', () => {
  it('is asked for a tunnel to host and port, with its own credentials and none of the caller', async () => {
    const upstream = await startJsonUpstream(successBody());
    const proxy = await startProxy(upstream.port);
    const httpProxy = proxy.url.replace('//', '//us%40er:p%3Ass@');
    await expect(fetchThrough('http://upstream.test:8080/base', { httpProxy })).resolves.not.toBeNull();
    expect(proxy.tunnels.map(({ url }) => url)).toEqual(['upstream.test:8080']);
    const { 'proxy-authorization': authorization } = proxy.tunnels[0]?.headers ?? {};
    expect(Buffer.from(authorization?.slice('Basic '.length) ?? '', 'base64').toString()).toBe('us@er:p:ss');
    expect(upstream.calls[0]?.headers['proxy-authorization']).toBeUndefined();
    expect(upstream.calls[0]?.headers.host).toBe('upstream.test:8080');
  });

  it('is asked for an IPv6 address in brackets, and for the port of the scheme where none is named', async () => {
    const upstream = await startJsonUpstream(successBody());
    const proxy = await startProxy(upstream.port);
    for (const url of ['http://[fd00::1]', 'http://[fd00::1]:8080']) {
      await expect(fetchThrough(url, { httpProxy: proxy.url })).resolves.not.toBeNull();
    }
    expect(proxy.tunnels.map(({ url }) => url)).toEqual(['[fd00::1]:80', '[fd00::1]:8080']);
  });

  it('for https: alone leaves http: alone, one for http: serves both', async () => {
    const upstream = await startJsonUpstream(successBody());
    const proxy = await startProxy(upstream.port);
    const failed = { code: 'UPSTREAM_UNAVAILABLE' };
    await expect(fetchThrough('http://upstream.test', { httpsProxy: proxy.url })).rejects.toMatchObject(
      failed,
    );
    expect(proxy.tunnels).toHaveLength(0);
    await expect(fetchThrough('https://upstream.test', { httpProxy: proxy.url })).rejects.toMatchObject(
      failed,
    );
    expect(proxy.tunnels.map(({ url }) => url)).toEqual(['upstream.test:443']);
  });

  it.each(['*', 'upstream.invalid', 'invalid'])('is left out for %j', async (host) => {
    const noProxy = [{ host: 'a.test' }, { host }];
    const proxy = await startProxy(1);
    await expect(
      fetchThrough('http://upstream.invalid', { httpProxy: proxy.url, noProxy }),
    ).rejects.toThrow();
    expect(proxy.tunnels).toHaveLength(0);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['hangs up without a word', (socket) => socket.end()],
    ['wants other credentials', (socket) => socket.write('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n')],
    ['cannot reach the upstream', (socket) => socket.write('HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n')],
    ['lets the tunnel fall', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')],
  ])('that %s is asked once: UPSTREAM_UNAVAILABLE', async (_, answer) => {
    const proxy = await startSocket(answer);
    for (const url of ['http://upstream.test', 'https://upstream.test']) {
      proxy.connections = 0;
      await expect(fetchThrough(url, { httpProxy: proxy.url })).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
      });
      expect(proxy.connections).toBe(1);
    }
  });

  it('that says nothing ends in UPSTREAM_TIMEOUT', async () => {
    const proxy = await startSocket(() => {});
    const call = fetchThrough('https://upstream.test', { httpProxy: proxy.url }, 200);
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(proxy.connections).toBe(1);
  });
});

describe('createTunnel', () => {
  it('gives a proxy that says nothing up after its time, and its connection with it', async () => {
    const ended: Promise<unknown>[] = [];
    const proxy = await startSocket((socket) => ended.push(once(socket, 'close')));
    const tunnel = createTunnel(proxy.url, 50);
    onTestFinished(tunnel.close);
    const options = { hostname: 'upstream.test', protocol: 'http:', port: '' };
    const error = await new Promise<unknown>((resolve) => {
      tunnel.connect(options, (...outcome) => resolve(outcome[0]));
    });
    expect(error).toBeInstanceOf(Error);
    await ended[0];
  });

  it('ends its connections to the proxy when it is closed', async () => {
    const ended: Promise<unknown>[] = [];
    const proxy = await startSocket((socket) => ended.push(once(socket, 'close')));
    const client = startClient('http://upstream.test', {
      dispatcher: createDispatcher({ maxConcurrency: 4, httpProxy: proxy.url }),
    });
    const fetchPage = client.forCaller(callerWith({ headers: new Headers(), requestId: 'r' }));
    const failed = expect(fetchPage(pageRequest(), noSignal())).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    await vi.waitUntil(() => ended.length === 1);
    await client.close();
    await Promise.all([failed, ended[0]]);
  });
});

describe('a private certificate', () => {
  const startTlsUpstream = async (): Promise<number> => {
    const server = createServer(
      {
        key: readFileSync(fixture('upstream-test-key.pem')),
        cert: readFileSync(fixture('upstream-test.pem')),
      },
      (_, response) => {
        response.writeContinue(); // Unasked: ignored over TLS and through a tunnel as well.
        response.end(JSON.stringify(successBody()));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  };

  it('that is not trusted is named as the cause', async () => {
    const failed = fetchThrough(`https://127.0.0.1:${await startTlsUpstream()}`);
    await expect(failed).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringContaining('certificate comes from an unknown authority'),
    });
  });

  const callFromChild = async (baseUrl: string, proxyUrl: string, env: Record<string, string>) => {
    const child = fileURLToPath(new URL('../one-call.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', child, baseUrl, proxyUrl],
      {
        env: { PATH: process.env['PATH'], ...env },
      },
    );
    return JSON.parse(stdout);
  };

  it('is trusted through NODE_EXTRA_CA_CERTS, behind a proxy as well, for its own name only', async () => {
    const proxy = await startProxy(await startTlsUpstream());
    const trusting = { NODE_EXTRA_CA_CERTS: fixture('test-ca.pem') };
    const outcomes = await Promise.all([
      callFromChild('https://upstream.test', proxy.url, trusting),
      callFromChild('https://other.test', proxy.url, trusting),
      callFromChild('https://upstream.test', proxy.url, {}),
    ]);
    const refused = { code: 'UPSTREAM_UNAVAILABLE' };
    expect(outcomes).toEqual([{ userId: '502522264' }, refused, refused]);
    expect(proxy.tunnels.map(({ url }) => url).sort()).toEqual([
      'other.test:443',
      'upstream.test:443',
      'upstream.test:443',
    ]);
  }, 20_000);
});
