/** The server: where it listens, how it treats slow clients, and what it says of clients that go away. */

import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeListenError, startServer } from '../../src/server/server.ts';
import { answersIn, get, open, running, startHeld } from './held-server.ts';

const boundPath = '/proc/sys/net/core/somaxconn';
/** How many connections the kernel queues for a server, if it has this file. */
const longestQueue = existsSync(boundPath) ? Number(readFileSync(boundPath, 'utf8')) : 0;

const countsPath = '/proc/net/netstat';
/** How often the kernel has turned a connection away because a server's queue was full, since it was started. */
function countTurnedAway(): number {
  const [names = [], values = []] = readFileSync(countsPath, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('ListenOverflows')]);
}
const canCount = longestQueue > 1000 && existsSync(countsPath);

describe('startServer', () => {
  it.each([
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['0.0.0.0', /^http:\/\/localhost:\d+$/],
    ['::1', /^http:\/\/\[::1\]:\d+$/],
  ])('has a URL to open when it listens on %s', async (host, url) => {
    const listener = () => undefined;
    const server = await startServer({ listener, host, port: 0, shutdownTimeoutMs: 100 });
    running.push(server);
    expect(server.url).toMatch(url);
    expect(server.port).toBeGreaterThan(0);
  });

  it('fails when the port is taken, and one line says why', async () => {
    const { server } = await startHeld();
    const again = startServer({
      listener: () => undefined,
      host: '127.0.0.1',
      port: server.port,
      shutdownTimeoutMs: 1,
    });
    const error = await again.catch((reason: unknown) => reason);
    expect(describeListenError(error, { host: '127.0.0.1', port: server.port, variable: 'ADMIN_PORT' })).toBe(
      `Cannot listen on 127.0.0.1, port ${server.port}: it is taken; set ADMIN_PORT to a free one, or to 0 for any (EADDRINUSE).`,
    );
  });

  it.each([
    ['PORT', 'HOST'],
    ['SANDBOX_PORT', 'SANDBOX_HOST'],
  ])('names the host that belongs to %s when this machine has no such address', (variable, host) => {
    const error = Object.assign(new Error(), { code: 'EADDRNOTAVAIL' });
    expect(describeListenError(error, { host: '192.0.2.1', port: 1, variable })).toContain(`set ${host} to`);
  });

  it('describes an unknown error, too', () => {
    expect(describeListenError('?', { host: 'h', port: 1, variable: 'PORT' })).toBe(
      'Cannot listen on h, port 1: the system refused (unknown error).',
    );
  });

  it.each(['GET / HTTP/1.1\r\nHost: h\r\nX: ', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n1'])(
    'closes the connection when the rest of %j does not come',
    async (start) => {
      const limits = { headersTimeoutMs: 30, requestTimeoutMs: 30, checkIntervalMs: 10 };
      const { server } = await startHeld(limits);
      const client = await open(server.port);
      client.socket.write(start);
      await client.ended;
      expect(client.text).toMatch(/^(HTTP\/1\.1 408 |$)/);
    },
  );

  it.runIf(canCount)('queues hundreds of clients that connect at once, and refuses none', async () => {
    const { server } = await startHeld();
    const before = countTurnedAway();
    await Promise.all(Array.from({ length: 700 }, () => open(server.port)));
    expect(countTurnedAway()).toBe(before);
  });

  it('accepts no more connections than it can hold', async () => {
    const { server } = await startHeld({ maxConnections: 1 });
    await open(server.port);
    const second = await open(server.port);
    await second.ended;
    expect(second.text).toBe('');
  });
});

describe('a client that goes away', () => {
  it('closes the response to each of its pipelined requests, once and without a warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const { server, next } = await startHeld();
    const client = await open(server.port);
    client.socket.write(get.repeat(50));
    const exchanges = await Promise.all(Array.from({ length: 50 }, next));
    let count = 0;
    const closed = exchanges.map(({ response }) => {
      response.on('close', () => {
        count += 1;
      });
      return once(response, 'close');
    });
    client.socket.destroy();
    await Promise.all(closed);
    for (const { response } of exchanges) response.end('too late');
    await server.stop();
    expect(count).toBe(50);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('closes no response while its client is still there', async () => {
    const { server, next } = await startHeld();
    const client = await open(server.port);
    client.socket.write(get + get);
    const [first, second] = [await next(), await next()];
    let isClosed = false;
    second.response.once('close', () => {
      isClosed = true;
    });
    first.response.end();
    await expect.poll(() => answersIn(client.text)).toBe(1);
    expect(isClosed).toBe(false);
    second.response.end();
    await expect.poll(() => answersIn(client.text)).toBe(2);
  });
});
