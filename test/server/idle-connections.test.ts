/** How often a drain asks Node to end idle connections: seldom, because each time is a walk over all connections. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { watchConnections } from '../../src/server/connections.ts';
import { createDrain } from '../../src/server/drain.ts';
import { get, open } from './held-server.ts';

const limits = { clientStallTimeoutMs: 1e9, maxUnreadBytes: 1e9, maxConnections: 100 };

/** A server that drains, with an open request on each of two connections. `walks` spies on its walks. */
const startPair = async () => {
  const responses: ServerResponse[] = [];
  const server = createServer();
  const connections = watchConnections(server, limits, { now: () => 0, onClosed: () => undefined });
  const drain = createDrain(server, connections, (_, __, response) => void responses.push(response));
  const walks = vi.spyOn(server, 'closeIdleConnections');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const clients = await Promise.all([open(port), open(port)]);
  for (const { socket } of clients) socket.write(get);
  await expect.poll(() => responses.length).toBe(2);
  const ended = Promise.all(clients.map((client) => client.ended));
  return { drain, walks, responses, ended };
};

it('walks once for all answers that end in one turn', async () => {
  const { drain, walks, responses, ended } = await startPair();
  for (const response of responses) response.flushHeaders(); // Too late to say that the connection closes.
  drain.begin();
  await drain.endIdle(1000);
  for (const response of responses) response.end();
  await ended;
  expect(walks).toHaveBeenCalledTimes(2); // The first one is of `endIdle` itself.
});

it('does not walk for connections that Node ends after their answer', async () => {
  const { drain, walks, responses, ended } = await startPair();
  drain.begin();
  await drain.endIdle(1000);
  for (const response of responses) response.end();
  await ended;
  expect(walks).toHaveBeenCalledTimes(1);
});

it('walks again when a connection becomes idle later', async () => {
  const { drain, walks, responses, ended } = await startPair();
  for (const response of responses) response.flushHeaders();
  drain.begin();
  await drain.endIdle(1000);
  expect(drain.openRequests()).toBe(2);
  responses[0]?.end();
  await expect.poll(() => walks.mock.calls.length).toBe(2);
  expect(drain.openRequests()).toBe(1);
  responses[1]?.end();
  await ended;
  expect(walks).toHaveBeenCalledTimes(3);
});
