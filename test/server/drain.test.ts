/** A stop: every accepted request is answered, every connection ended, and nothing waits for ever. */

import { Agent, request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../src/server/server.ts';
import { answersIn, get, isRefused, open, startHeld } from './held-server.ts';

/** What comes of one request: `answered`, or the code of the failure. */
const ask = (port: number, agent: Agent): Promise<string> =>
  new Promise((resolve) => {
    const call = httpRequest({ port, host: '127.0.0.1', agent }, (response) => {
      response.resume().once('end', () => resolve('answered'));
    });
    call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown')).end();
  });

describe('a server that stops', () => {
  it('is done at once when nothing is open, and the same when asked for again', async () => {
    const { server, events } = await startHeld();
    const stopped = server.stop();
    expect(server.stop()).toBe(stopped);
    await expect(stopped).resolves.toEqual({ unanswered: 0 });
    expect(events).toEqual(['drain']);
    expect(await isRefused(server.port)).toBe(true);
  });

  it.each([
    [20_000, 19_000],
    [1000, 900],
  ])('that may take %i ms asks for all answers within %i ms', async (shutdownTimeoutMs, withinMs) => {
    const told: number[] = [];
    const { server } = await startHeld({}, shutdownTimeoutMs, (ms) => told.push(ms));
    await server.stop();
    expect(told.map(Math.round)).toEqual([withinMs]);
  });

  it.each([
    [200, 2000, 1200],
    [200, 1000, 300],
    [200, 700, 70],
    [200, 400, 40],
  ])(
    'with %i open requests and %i ms keeps back 3 ms for each, but no more than nine tenths: %i ms to answer',
    async (count, totalMs, withinMs) => {
      const told: number[] = [];
      const { server, next } = await startHeld({}, totalMs, (ms) => told.push(ms));
      const client = await open(server.port);
      client.socket.write(get.repeat(count));
      const exchanges = await Promise.all(Array.from({ length: count }, next));
      const stopped = server.stop();
      expect(told.map(Math.round)).toEqual([withinMs]);
      for (const { response } of exchanges) response.end();
      await stopped;
    },
  );

  it('draws its time in when more requests come, until no more can', async () => {
    const told: number[] = [];
    const { server, next } = await startHeld({}, 4000, (ms) => told.push(ms));
    const client = await open(server.port);
    const startedAt = performance.now();
    const stopped = server.stop();
    client.socket.write(get.repeat(100));
    const exchanges = await Promise.all(Array.from({ length: 100 }, next));
    await expect.poll(() => told).toHaveLength(2);
    const [first, second = 0] = told;
    expect(first).toBeCloseTo(3600, 0);
    expect(second).toBeLessThanOrEqual(3300 - 2 * 20 + 5); // Two notices have passed by then; timers may be early.
    expect(second).toBeGreaterThan(3300 - (performance.now() - startedAt) - 5);
    for (const { response } of exchanges) response.end();
    await stopped;
  });

  it('drops readiness before it refuses connections', async () => {
    const { server, next, events } = await startHeld({ noticeMs: 100 });
    const stopped = server.stop();
    expect(events).toEqual(['drain']);
    const late = await open(server.port);
    late.socket.write(get);
    (await next()).response.end();
    await late.ended;
    expect(answersIn(late.text)).toBe(1);
    await stopped;
  });

  it('answers the request that is under way, and says that it closes', async () => {
    const { server, next } = await startHeld();
    const client = await open(server.port);
    client.socket.write(get);
    const { response } = await next();
    const stopped = server.stop();
    await expect.poll(() => isRefused(server.port)).toBe(true);
    response.end('late');
    await client.ended;
    expect(client.text).toMatch(/connection: close.*late/is);
    await expect(stopped).resolves.toEqual({ unanswered: 0 });
  });

  it('answers what was sent on a kept-alive connection before its client could know', async () => {
    const { server, next } = await startHeld();
    const client = await open(server.port);
    client.socket.write(get);
    (await next()).response.end('one');
    await expect.poll(() => client.text).toContain('one');
    client.socket.write(get);
    const stopped = server.stop();
    (await next()).response.end('two');
    await client.ended;
    expect(answersIn(client.text)).toBe(2);
    await expect(stopped).resolves.toEqual({ unanswered: 0 });
  });

  it('answers every one of several requests sent in a row, and closes after the last', async () => {
    const { server, next } = await startHeld();
    const client = await open(server.port);
    client.socket.write(get + get);
    const first = await next();
    const second = await next();
    const stopped = server.stop();
    await expect.poll(() => isRefused(server.port)).toBe(true);
    client.socket.write(get);
    const third = await next();
    for (const { response } of [first, second, third]) response.end();
    await client.ended;
    expect(answersIn(client.text)).toBe(3);
    expect(client.text.match(/connection: close/gi)).toHaveLength(1);
    await expect(stopped).resolves.toEqual({ unanswered: 0 });
  });

  it('ends an answer that had begun before, and its connection, although it had promised to keep it', async () => {
    const { server, next } = await startHeld();
    const client = await open(server.port);
    client.socket.write(get);
    const { response } = await next();
    response.write('begun');
    await expect.poll(() => client.text).toContain('begun');
    const stopped = server.stop();
    await expect.poll(() => isRefused(server.port)).toBe(true);
    response.end();
    await client.ended;
    expect(client.text).toMatch(/0\r\n\r\n$/);
    await expect(stopped).resolves.toEqual({ unanswered: 0 });
  });

  it.each([
    ['that were never used', ''],
    ['between two requests', get],
  ])('ends connections %s', async (_, said) => {
    const { server, next } = await startHeld();
    const client = await open(server.port);
    if (said !== '') {
      client.socket.write(said);
      (await next()).response.end('one');
      await expect.poll(() => client.text).toContain('one');
    }
    await expect(server.stop()).resolves.toEqual({ unanswered: 0 });
    await client.ended;
  });

  it('cuts off what is not answered in time, and counts it', async () => {
    const { server, next } = await startHeld({}, 60);
    const clients = await Promise.all([open(server.port), open(server.port), open(server.port)]);
    clients[0]?.socket.write(get);
    clients[1]?.socket.write(get);
    clients[2]?.socket.write('GET / HT'); // No request yet: cut off, but nothing that was accepted is lost.
    await Promise.all([next(), next()]);
    await expect(server.stop()).resolves.toEqual({ unanswered: 2 });
    await Promise.all(clients.map(({ ended }) => ended));
  });

  it('loses nothing under load', async () => {
    const server = await startServer({
      listener: (_, response) => setImmediate(() => response.end('ok')),
      host: '127.0.0.1',
      port: 0,
      shutdownTimeoutMs: 5000,
      onDrain: () => undefined,
      limits: { noticeMs: 50 },
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const outcomes: string[] = [];
    const client = async () => {
      do outcomes.push(await ask(server.port, agent));
      while (outcomes.at(-1) === 'answered');
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    await expect.poll(() => outcomes.length).toBeGreaterThan(200);
    await expect(server.stop()).resolves.toEqual({ unanswered: 0 });
    await clients;
    agent.destroy();
    expect(new Set(outcomes)).toEqual(new Set(['answered', 'ECONNREFUSED']));
  });
});
