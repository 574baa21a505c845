/** A stop: every accepted request is answered, every connection ends, and nothing waits for ever. */

import { Agent, request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../src/server/server.ts';
import { planShutdown } from '../../src/server/shutdown.ts';
import { answersIn, get, isRefused, open, startHeld } from './held-server.ts';

/** Sends one request and returns `answered`, or the code of the failure. */
const ask = (port: number, agent: Agent): Promise<string> =>
  new Promise((resolve) => {
    const call = httpRequest({ port, host: '127.0.0.1', agent }, (response) => {
      response.resume().once('end', () => resolve('answered'));
    });
    call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown')).end();
  });

describe('a server that stops', () => {
  it('stops at once when nothing is open, and only once when it is called several times', async () => {
    const { server, events } = await startHeld();
    const stopped = server.stop();
    expect(server.stop()).toBe(stopped);
    await expect(stopped).resolves.toEqual({ unanswered: 0 });
    expect(events).toEqual(['drain']);
    expect(await isRefused(server.port)).toBe(true);
  });

  it('announces an earlier deadline of operations when more requests are open', async () => {
    const deadlines: number[] = [];
    const onDrain = (withinMs: number) => void deadlines.push(withinMs);
    const { server, next } = await startHeld({}, { shutdownTimeoutMs: 4000, onDrain });
    const client = await open(server.port);
    const startedAt = performance.now();
    const stopped = server.stop();
    client.socket.write(get.repeat(100));
    const exchanges = await Promise.all(Array.from({ length: 100 }, next));
    await expect.poll(() => deadlines).toHaveLength(2);
    const [first, second = 0] = deadlines;
    const [before, after] = [0, 100].map((count) => planShutdown(4000, count).operationsEndAt) as [
      number,
      number,
    ];
    expect(first).toBeCloseTo(before, 0);
    expect(second).toBeLessThanOrEqual(after - 2 * 20 + 5); // Two delays have passed by then. Timers may be early.
    expect(second).toBeGreaterThan(after - (performance.now() - startedAt) - 5);
    for (const { response } of exchanges) response.end();
    await stopped;
  });

  it('drops readiness before it refuses connections', async () => {
    const { server, next, events } = await startHeld({}, { shutdownDelayMs: 100 });
    const stopped = server.stop();
    expect(events).toEqual(['drain']);
    const late = await open(server.port);
    late.socket.write(get);
    (await next()).response.end();
    await late.ended;
    expect(answersIn(late.text)).toBe(1);
    await stopped;
  });

  it('answers an open request, and says that the connection closes', async () => {
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

  it('answers a request that a client sent on an idle connection before it could see the close', async () => {
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

  it('answers each of several pipelined requests, and closes after the last', async () => {
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

  it('answers pipelined requests that wait behind the bound of their connection, and closes after the last', async () => {
    const { server, next } = await startHeld({ maxRequestsPerConnection: 2 });
    const client = await open(server.port);
    client.socket.write(get.repeat(5));
    const begun = [await next(), await next()];
    const stopped = server.stop();
    await expect.poll(() => isRefused(server.port)).toBe(true);
    for (const { response } of begun) response.end();
    for (let waiting = 3; waiting > 0; waiting -= 1) (await next()).response.end();
    await client.ended;
    expect(answersIn(client.text)).toBe(5);
    expect(client.text.match(/connection: close/gi)).toHaveLength(1);
    await expect(stopped).resolves.toEqual({ unanswered: 0 });
  });

  it('sends the rest of an answer that has begun, and then ends its connection, even if the answer said keep-alive', async () => {
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

  it('cuts off requests that are not answered in time, and counts them', async () => {
    const { server, next } = await startHeld({}, { shutdownTimeoutMs: 120 });
    const clients = await Promise.all([open(server.port), open(server.port), open(server.port)]);
    clients[0]?.socket.write(get);
    clients[1]?.socket.write(get);
    clients[2]?.socket.write('GET / HT'); // No request yet: cut off, but nothing that was accepted is lost.
    await Promise.all([next(), next()]);
    await expect(server.stop()).resolves.toEqual({ unanswered: 2 });
    await Promise.all(clients.map(({ ended }) => ended));
  });

  it('loses no request under load', async () => {
    const server = await startServer({
      listener: (_, response) => setImmediate(() => response.end('ok')),
      host: '127.0.0.1',
      port: 0,
      shutdownTimeoutMs: 5000,
      shutdownDelayMs: 50,
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
