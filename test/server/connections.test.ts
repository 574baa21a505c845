/** What clients can hold: unread answers for a while and up to a bound, and connections as long as others get in. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  affordableConnections,
  type CloseReason,
  type ConnectionLimits,
  watchConnections,
} from '../../src/server/connections.ts';
import { get, open } from './held-server.ts';

/** More than the kernel takes over for a client that reads nothing. */
const answerBytes = 30_000_000;
const answer = Buffer.alloc(answerBytes, 'x');
const usual = { clientStallTimeoutMs: 30_000, maxUnreadBytes: 1e9, maxConnections: 100 };

/** A server of large answers, without one at `/never`. The test moves its clock and runs its checks. */
const start = async (over: Partial<ConnectionLimits> = {}) => {
  const clock = { now: 0 };
  const closed: CloseReason[] = [];
  let requests = 0;
  const server = createServer();
  const deps = { now: () => clock.now, onClosed: (reason: CloseReason) => void closed.push(reason) };
  const { check, usage, onRequest } = watchConnections(server, { ...usual, ...over }, deps);
  onRequest((_, request, response) => {
    requests += 1;
    if (request.url !== '/never') request.resume().once('end', () => response.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const checkAt = (now: number) => {
    clock.now = now;
    check();
  };
  /** A client that has sent a request, and reads nothing of its answer. */
  const ask = async () => {
    const client = await open(port);
    const before = usage().unreadBytes;
    client.socket.pause().write(get);
    await expect.poll(() => usage().unreadBytes).toBeGreaterThan(before);
    return client;
  };
  return { port, checkAt, clock, closed, usage, ask, requests: () => requests };
};

describe('an unread answer', () => {
  it('closes its connection when the client has read nothing for the whole timeout, and not before', async () => {
    const { ask, checkAt, closed, usage } = await start();
    const client = await ask();
    checkAt(1000);
    checkAt(30_900);
    expect(closed).toEqual([]);
    checkAt(31_000);
    expect(closed).toEqual(['stalled']);
    client.socket.resume();
    await client.ended;
    expect(usage()).toEqual({ connections: 0, unreadBytes: 0 });
  });

  it('keeps its connection as long as the client reads some of it', async () => {
    const { ask, checkAt, closed } = await start();
    const client = await ask();
    for (let now = 0; client.text.length < answerBytes; now += 20_000) {
      checkAt(now);
      const before = client.text.length;
      client.socket.resume();
      // More than the buffers of the kernel hold, so that the server has sent more.
      const enough = Math.min(before + 5_000_000, answerBytes);
      await expect.poll(() => client.text.length, { timeout: 10_000 }).toBeGreaterThan(enough);
      client.socket.pause();
    }
    expect(closed).toEqual([]);
  });

  it('does not close its connection while it waits for an earlier answer, which the client cannot pass over', async () => {
    const { port, checkAt, closed, usage } = await start();
    const client = await open(port);
    client.socket.write(get.replace('/', '/never') + get);
    await expect.poll(() => usage().unreadBytes).toBeGreaterThan(answerBytes);
    for (let now = 0; now < 200_000; now += 10_000) checkAt(now);
    expect(closed).toEqual([]);
  });

  it('does not close connections that wait for an answer, or for the next request', async () => {
    const { port, checkAt, closed } = await start();
    await open(port);
    for (let now = 0; now < 200_000; now += 10_000) checkAt(now);
    expect(closed).toEqual([]);
  });
});

describe('unread answers of many connections', () => {
  it('close connections beyond the bound, first those whose clients read nothing', async () => {
    const { ask, checkAt, closed, usage } = await start({ maxUnreadBytes: 100_000_000 });
    const reader = await ask();
    checkAt(0);
    await ask();
    await ask();
    checkAt(1);
    reader.socket.resume();
    await expect.poll(() => reader.text.length, { timeout: 10_000 }).toBeGreaterThan(6_000_000);
    reader.socket.pause();
    await ask();
    checkAt(1000);
    expect(closed).toEqual(['unread']);
    expect(usage().unreadBytes).toBeLessThanOrEqual(100_000_000);
    reader.socket.resume();
    await expect.poll(() => reader.text.length, { timeout: 10_000 }).toBeGreaterThan(answerBytes);
  });

  it('count answers that wait for an earlier answer on their connection', async () => {
    const { ask, usage } = await start();
    const client = await ask();
    client.socket.write(get.repeat(3));
    await expect.poll(() => usage().unreadBytes).toBeGreaterThan(2 * answerBytes);
  });
});

describe('connections whose request has not arrived completely', () => {
  const half = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{';

  /** Takes all 20 connections with half-sent requests: the first from another address than the rest. */
  const fill = async () => {
    const started = await start({ maxConnections: 20 });
    const clients: Awaited<ReturnType<typeof open>>[] = [];
    for (let n = 0; n < 20; n += 1) {
      started.clock.now += 10;
      const client = await open(started.port, n === 0 ? '127.0.0.2' : '127.0.0.1');
      clients.push(client);
      client.socket.write(half);
      await expect.poll(started.requests).toBe(n + 1);
    }
    const late = await open(started.port, '127.0.0.3');
    await late.ended;
    expect(started.closed.splice(0)).toEqual(['refused']);
    return { ...started, clients };
  };

  it('are closed when no idle ones are left, first the oldest of the address with the most, and new clients are served', async () => {
    const { clients, checkAt, closed, port } = await fill();
    checkAt(1500);
    expect(closed).toEqual(['crowded', 'crowded']);
    await Promise.all([clients[1]?.ended, clients[2]?.ended]);
    expect(clients.filter(({ socket }) => socket.closed)).toHaveLength(2);
    const late = await open(port, '127.0.0.3');
    late.socket.write(get);
    await once(late.socket, 'data');
  });

  it('are not closed within a second, nor while no client is refused', async () => {
    const { checkAt, closed, port } = await fill();
    checkAt(1000);
    expect(closed).toEqual([]);
    checkAt(5000);
    expect(closed).toEqual([]);
    const late = await open(port, '127.0.0.3');
    await late.ended;
    checkAt(5500);
    expect(closed).toEqual(['refused', 'crowded', 'crowded']);
  });

  it('are not closed while an earlier request of theirs is being answered', async () => {
    const { checkAt, closed, port, requests } = await start({ maxConnections: 20 });
    for (let n = 0; n < 20; n += 1) {
      (await open(port)).socket.pause().write(get + half);
      await expect.poll(requests).toBe(2 * (n + 1));
    }
    const late = await open(port, '127.0.0.3');
    await late.ended;
    checkAt(5000);
    expect(closed).toEqual(['refused']);
  });
});

describe('idle connections', () => {
  it('are closed when connections run short, first those of the address with the most, and new clients are served', async () => {
    const { port, closed, usage } = await start({ maxConnections: 40 });
    const other = await open(port, '127.0.0.2');
    const many: Awaited<ReturnType<typeof open>>[] = [];
    for (let n = 0; n < 120; n += 1) many.push(await open(port));
    const late = await open(port, '127.0.0.3');
    late.socket.write(get);
    await once(late.socket, 'data');
    expect(new Set(closed)).toEqual(new Set(['crowded']));
    expect(usage().connections).toBeLessThanOrEqual(40);
    other.socket.write(get);
    await once(other.socket, 'data');
    expect(many.filter(({ socket }) => socket.destroyed || socket.readableEnded).length).toBeGreaterThan(70);
  });

  it('stay open while there is room', async () => {
    const { port, closed } = await start({ maxConnections: 40 });
    for (let n = 0; n < 36; n += 1) await open(port);
    expect(closed).toEqual([]);
  });

  it('are the only ones that are closed: one with a pending answer stays open, and a new client is refused', async () => {
    const { port, closed, ask, usage } = await start({ maxConnections: 20 });
    for (let n = 0; n < 20; n += 1) await ask();
    const late = await open(port);
    await late.ended;
    expect(closed).toEqual(['refused']);
    expect(usage().connections).toBe(20);
  });
});

describe('the connections of a process', () => {
  const limitsFile = (files: string) =>
    `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${files}                 ${files}                 files     \n`;

  it.each([
    ['1024', 1024 - 128 - 64],
    ['1048576', 10_000],
    ['unlimited', 10_000],
    ['64', 20],
  ])('with %s open files leave room for calls and the rest: %i', (files, connections) => {
    expect(affordableConnections(10_000, limitsFile(files), 32)).toBe(connections);
  });

  it('are as many as wanted where the system has no limits file', () => {
    expect(affordableConnections(10_000, '', 32)).toBe(10_000);
  });
});
