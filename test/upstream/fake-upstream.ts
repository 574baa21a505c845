/**
 * Servers on the loopback that answer as a test says, down to the bytes, and the client under test in front
 * of them. Everything is closed again when the test ends.
 */

import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  createServer as createSocketServer,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import { onTestFinished } from 'vitest';
import type { UpstreamCaller } from '../../src/upstream/call.ts';
import { createUpstreamClient, type UpstreamClientOptions } from '../../src/upstream/client.ts';
import { forwardCredentials } from '../../src/upstream/credentials/credentials.ts';
import { createDispatcher } from '../../src/upstream/http/dispatcher.ts';
import type { FetchPage } from '../../src/upstream/page-request.ts';

/** A listening server and what reached it. */
export type FakeUpstream = {
  readonly url: string;
  readonly port: number;
  readonly calls: IncomingMessage[];
  /** Connections made so far, also those that brought no call. */
  connections: number;
};

/** A listening socket server, and how many connections and first chunks of bytes reached it. */
export type FakeSocket = { readonly url: string; readonly port: number; connections: number; calls: number };

const listen = async (server: NetServer): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const closeServer = (server: NetServer) => new Promise<unknown>((resolve) => server.close(resolve));

/** An HTTP server that answers each call with `answer`. */
export const startUpstream = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FakeUpstream> => {
  const calls: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    calls.push(request);
    answer(request, response);
  });
  const port = await listen(server);
  const fake: FakeUpstream = { url: `http://127.0.0.1:${port}`, port, calls, connections: 0 };
  server.on('connection', () => {
    fake.connections += 1;
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await closeServer(server);
  });
  return fake;
};

/** A server that answers every call with this status and JSON. */
export const startJsonUpstream = (body: unknown, status = 200): Promise<FakeUpstream> =>
  startUpstream((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });

/** A socket server: `onCall` meets the first bytes of a connection, `onConnection` the connection itself. */
export const startSocket = async (
  onCall: (socket: Socket, bytes: Buffer) => void,
  onConnection: (socket: Socket) => void = () => {},
): Promise<FakeSocket> => {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    fake.connections += 1;
    sockets.add(socket.on('error', () => {}));
    socket.once('data', (bytes) => {
      fake.calls += 1;
      onCall(socket, bytes);
    });
    onConnection(socket);
  });
  const port = await listen(server);
  const fake: FakeSocket = { url: `http://127.0.0.1:${port}`, port, connections: 0, calls: 0 };
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await closeServer(server);
  });
  return fake;
};

/** The client under test, closed when the test ends. */
export const startClient = (baseUrl: string, options: Partial<UpstreamClientOptions> = {}) => {
  const client = createUpstreamClient({
    baseUrl,
    timeoutMs: 5000,
    credentials: forwardCredentials,
    dispatcher: createDispatcher({ maxConcurrency: 8 }),
    now: () => performance.now(),
    wallNow: () => Date.UTC(2026, 10, 22),
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
};

/** A caller without headers and without a deadline, except for what is given. */
export const callerWith = ({
  deadlineAt = Number.POSITIVE_INFINITY,
  ...caller
}: Partial<Omit<UpstreamCaller, 'deadlineAt'>> & { readonly deadlineAt?: number } = {}): UpstreamCaller => ({
  headers: new Headers(),
  requestId: 'request-1',
  fairnessKey: 'somebody',
  deadlineAt: () => deadlineAt,
  ...caller,
});

/** `startClient`, bound to a caller without headers. */
export const startFetchPage = (baseUrl: string, options: Partial<UpstreamClientOptions> = {}): FetchPage =>
  startClient(baseUrl, options).forCaller(callerWith());

/** A signal that never fires. */
export const noSignal = (): AbortSignal => {
  const { signal } = new AbortController();
  setMaxListeners(0, signal); // Node warns of a leak at the eleventh listener.
  return signal;
};
