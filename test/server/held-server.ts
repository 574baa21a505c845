/** A server whose answers the test sends, and bare connections to it. */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import {
  type RunningServer,
  type ServerLimits,
  type ServerOptions,
  startServer,
} from '../../src/server/server.ts';

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

/** A server whose requests wait until the test answers them, in the order of their arrival. */
export const startHeld = async (
  limits: Partial<ServerLimits> = {},
  { shutdownTimeoutMs = 5000, shutdownDelayMs = 20, onDrain = () => undefined }: Partial<ServerOptions> = {},
) => {
  const arrived: Exchange[] = [];
  const waiting: ((exchange: Exchange) => void)[] = [];
  const events: string[] = [];
  const server = await startServer({
    listener: (request, response) => {
      const taker = waiting.shift();
      if (taker === undefined) arrived.push({ request, response });
      else taker({ request, response });
    },
    host: '127.0.0.1',
    port: 0,
    shutdownTimeoutMs,
    onDrain: (withinMs) => {
      events.push('drain');
      onDrain(withinMs);
    },
    shutdownDelayMs,
    limits: { maxRequestsPerConnection: 1000, ...limits },
  });
  running.push(server);
  const next = (): Promise<Exchange> =>
    new Promise((resolve) => {
      const first = arrived.shift();
      if (first === undefined) waiting.push(resolve);
      else resolve(first);
    });
  return { server, next, events };
};

/** Servers that a test leaves behind. They and its sockets are ended after it. */
export const running: RunningServer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

/** A bare connection; `text` grows with what the server sends, `ended` resolves when it has closed. */
export const open = async (port: number, localAddress = '127.0.0.1') => {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  sockets.push(socket);
  const conversation = { socket, text: '', ended: once(socket, 'close') };
  socket.on('data', (chunk) => {
    conversation.text += chunk;
  });
  socket.on('error', () => undefined); // A reset shows in `ended`.
  await once(socket, 'connect');
  return conversation;
};

/** A whole request, as bytes. */
export const get = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
/** How many answers a connection has seen. */
export const answersIn = (text: string) => text.match(/HTTP\/1\.1 200 OK/g)?.length ?? 0;

/** Whether nobody listens on a port. */
export const isRefused = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
};
