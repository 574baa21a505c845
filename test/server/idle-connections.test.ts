/** How a drain looks for idle connections: seldom, as each look is a walk over all of them. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createDrain } from '../../src/server/drain.ts';
import { get, open } from './held-server.ts';

/** Two connections with an open request each on a server with a drain, whose looks are counted. */
const startPair = async () => {
  const responses: ServerResponse[] = [];
  const server = createServer();
  const drain = createDrain(server);
  const looks = vi.spyOn(server, 'closeIdleConnections');
  server.on('request', (_, response) => responses.push(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const clients = await Promise.all([open(port), open(port)]);
  for (const { socket } of clients) socket.write(get);
  await expect.poll(() => responses.length).toBe(2);
  const ended = Promise.all(clients.map((client) => client.ended));
  return { drain, looks, responses, ended };
};

it('looks once for all answers that end in one turn', async () => {
  const { drain, looks, responses, ended } = await startPair();
  for (const response of responses) response.flushHeaders(); // Too late to say that the connection closes.
  drain.begin();
  drain.endIdle();
  for (const response of responses) response.end();
  await ended;
  expect(looks).toHaveBeenCalledTimes(2); // The first is that of `endIdle` itself.
});

it('does not look for connections that their answers have ended', async () => {
  const { drain, looks, responses, ended } = await startPair();
  drain.begin();
  drain.endIdle();
  for (const response of responses) response.end();
  await ended;
  expect(looks).toHaveBeenCalledTimes(1);
});

it('looks again when one becomes idle later', async () => {
  const { drain, looks, responses, ended } = await startPair();
  for (const response of responses) response.flushHeaders();
  drain.begin();
  drain.endIdle();
  expect(drain.openRequests()).toBe(2);
  responses[0]?.end();
  await expect.poll(() => looks.mock.calls.length).toBe(2);
  expect(drain.openRequests()).toBe(1);
  responses[1]?.end();
  await ended;
  expect(looks).toHaveBeenCalledTimes(3);
});
