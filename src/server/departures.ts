/**
 * Tells every open response of a server when its client has gone, by its `close` event. Knows nothing of what is then done.
 *
 * Node 20 and 22 do so themselves, but only for the response whose turn it is on the connection. With pipelining (RFC 9112,
 * section 9.3.2) others wait behind it, and get the connection, and the news of it, one after another: never, once it
 * has gone. Whatever is done for them would go on to its end.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Watches a server's connections from the start: one listener for each, however many requests share it. */
export const tellDepartures = (server: Server): void => {
  const open = new WeakMap<Socket, Set<ServerResponse>>();
  server.on('connection', (socket: Socket) => {
    const responses = new Set<ServerResponse>();
    open.set(socket, responses);
    socket.once('close', () => {
      // Those that have the connection hear of it from Node; and in later versions, as 24, the others too.
      queueMicrotask(() => {
        for (const response of responses) response.emit('close');
      });
    });
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    open.get(socket)?.add(response);
    response.once('close', () => open.get(socket)?.delete(response));
  });
};
