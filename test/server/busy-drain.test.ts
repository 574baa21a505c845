/** A stop while requests keep the event loop busy: what clients send on idle connections meanwhile is read before they end. */

import { Server } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startServer } from '../../src/server/server.ts';
import { answersIn, get, open, running } from './held-server.ts';

const shutdownDelayMs = 20;

/** Blocks the event loop. */
const block = (ms: number) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

/** Calls back when a server has closed its socket, and before the loop's next turn. */
const onceClosed = (then: () => void) => {
  const { close } = Server.prototype;
  const spy = vi.spyOn(Server.prototype, 'close').mockImplementationOnce(function (this: Server, ...args) {
    close.apply(this, args);
    queueMicrotask(then);
    return this;
  });
  onTestFinished(() => spy.mockRestore());
};

/** A server that answers at once, and calls `onRequest` before, with the number of the request. */
const startPrompt = async (onRequest: (number: number) => void) => {
  let requests = 0;
  const server = await startServer({
    listener: (_, response) => {
      onRequest(++requests);
      response.end('ok');
    },
    host: '127.0.0.1',
    port: 0,
    shutdownTimeoutMs: 5000,
    shutdownDelayMs,
  });
  running.push(server);
  return server;
};

it('answers requests that come on idle connections while the loop is blocked, and blocked again', async () => {
  const server = await startPrompt((number) => {
    if (number !== 3) return;
    last.socket.write(get);
    block(2 * shutdownDelayMs);
  });
  const [used, unused, last] = await Promise.all([open(server.port), open(server.port), open(server.port)]);
  for (const { socket } of [used, last]) socket.write(get);
  await expect.poll(() => answersIn(used.text + last.text)).toBe(2);

  onceClosed(() => {
    for (const { socket } of [used, unused]) socket.write(get);
    block(2 * shutdownDelayMs);
  });
  await expect(server.stop()).resolves.toEqual({ unanswered: 0 });
  await Promise.all([used, unused, last].map(({ ended }) => ended));
  expect([used, unused, last].map(({ text }) => answersIn(text))).toEqual([2, 1, 2]);
});
