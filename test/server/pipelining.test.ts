/** Requests that a client sends in a row on one connection: all are answered in order, and other clients do not starve. */
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../src/server/server.ts';
import { answersIn, get, open, running, startHeld } from './held-server.ts';

it('begins at most the allowed requests at once, stops reading meanwhile, and answers all in order', async () => {
  const { server, next } = await startHeld({ maxRequestsPerConnection: 3 });
  const client = await open(server.port);
  client.socket.write(Array.from({ length: 5000 }, (_, n) => get.replace('/', `/${n}`)).join(''));
  const seen: (string | undefined)[] = [];
  while (seen.length < 5000) {
    const { request, response } = await next();
    seen.push(request.url);
    response.end('ok');
  }
  expect(seen).toEqual(Array.from({ length: 5000 }, (_, n) => `/${n}`));
  await expect.poll(() => answersIn(client.text), { timeout: 10_000 }).toBe(5000);
});

it('holds the requests beyond the bound until one is answered', async () => {
  const { server, next } = await startHeld({ maxRequestsPerConnection: 2 });
  const client = await open(server.port);
  client.socket.write(get.repeat(3));
  const [first, second] = [await next(), await next()];
  let isBegun = false;
  const third = next().then((exchange) => {
    isBegun = true;
    return exchange;
  });
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(isBegun).toBe(false);
  first.response.end();
  (await third).response.end();
  second.response.end();
  await expect.poll(() => answersIn(client.text)).toBe(3);
});

it('reads the body of a request that was held', async () => {
  const { server, next } = await startHeld({ maxRequestsPerConnection: 1 });
  const client = await open(server.port);
  const bytes = 1_000_000;
  const post = `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${bytes}\r\n\r\n`;
  client.socket.write(get + post + 'x'.repeat(bytes) + get);
  (await next()).response.end();
  const held = await next();
  let read = 0;
  held.request.on('data', (chunk) => {
    read += chunk.length;
  });
  await once(held.request, 'end');
  expect(read).toBe(bytes);
  held.response.end();
  (await next()).response.end();
  await expect.poll(() => answersIn(client.text)).toBe(3);
});

it('drops the held requests of a client that has left', async () => {
  const { server, next } = await startHeld({ maxRequestsPerConnection: 1 });
  const client = await open(server.port);
  client.socket.write(get.repeat(3));
  const first = await next();
  client.socket.destroy();
  first.response.end();
  const other = await open(server.port);
  other.socket.write(get.replace('/', '/other'));
  const { request, response } = await next();
  response.end();
  expect(['/', '/other']).toContain(request.url);
  await server.stop();
});

it('serves another client while thousands of requests wait on one connection', async () => {
  let handled = 0;
  const server = await startServer({
    listener: ({ url }, response) => {
      handled += 1;
      const until = performance.now() + 1; // What an operation costs.
      while (performance.now() < until);
      response.end(url === '/other' ? String(handled) : '');
    },
    host: '127.0.0.1',
    port: 0,
    shutdownTimeoutMs: 100,
  });
  running.push(server);
  const [greedy, other] = [await open(server.port), await open(server.port)];
  greedy.socket.write(get.repeat(2000));
  await expect.poll(() => handled, { interval: 1, timeout: 10_000 }).toBeGreaterThan(0);
  const before = handled;
  other.socket.write(get.replace('/', '/other'));
  await expect.poll(() => answersIn(other.text), { interval: 1, timeout: 10_000 }).toBe(1);
  expect(Number(other.text.split('\r\n\r\n')[1]) - before).toBeLessThan(200);
});

/** A server that answers at once, and what it has begun: the turns of the loop, and the paths in their order. */
const startPrompt = async () => {
  const begunInTurn: number[] = [0];
  const paths: string[] = [];
  let isOver = false;
  const countTurn = () => {
    begunInTurn.push(0);
    if (!isOver) setImmediate(countTurn);
  };
  countTurn();
  onTestFinished(() => {
    isOver = true;
  });
  const server = await startServer({
    listener: ({ url = '' }, response) => {
      begunInTurn.push((begunInTurn.pop() ?? 0) + 1);
      paths.push(url);
      response.end();
    },
    host: '127.0.0.1',
    port: 0,
    shutdownTimeoutMs: 100,
  });
  running.push(server);
  return { server, begunInTurn, paths };
};

it('begins a few requests of one connection in one turn of the loop, though each is answered at once', async () => {
  const { server, begunInTurn, paths } = await startPrompt();
  const client = await open(server.port);
  client.socket.write(get.repeat(1000));
  await expect.poll(() => answersIn(client.text), { timeout: 10_000 }).toBe(1000);
  expect(paths).toHaveLength(1000);
  // Four that were read, and four that were held: Node reads and runs immediates in one turn.
  expect(Math.max(...begunInTurn)).toBeLessThanOrEqual(8);
});

it('serves many connections in rotation, and few of them in one turn', async () => {
  const { server, begunInTurn, paths } = await startPrompt();
  const clients = await Promise.all(Array.from({ length: 12 }, () => open(server.port)));
  for (const [n, { socket }] of clients.entries()) socket.write(get.replace('/', `/${n}`).repeat(200));
  for (const client of clients)
    await expect.poll(() => answersIn(client.text), { timeout: 10_000 }).toBe(200);
  // Four of each that were read, and four of four connections that were held.
  expect(Math.max(...begunInTurn)).toBeLessThanOrEqual(12 * 4 + 16);
  const finishedFirst = clients
    .map((_, n) => paths.lastIndexOf(`/${n}`))
    .reduce((first, at) => Math.min(first, at));
  for (const [n] of clients.entries()) {
    const begun = paths.slice(0, finishedFirst + 1).filter((path) => path === `/${n}`).length;
    expect(begun, `of connection ${n}`).toBeGreaterThan(150);
  }
});
