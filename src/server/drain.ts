/**
 * Stops a server's traffic without losing a request: holds new requests while the socket is about to close, and then ends
 * each connection as soon as no answer is pending on it. `shutdown.ts` says when to begin and how long to wait.
 *
 * Background. The kernel accepts connections on its own and queues them. Node takes one from the queue in each turn of its
 * loop. A client in the queue has connected, and may have sent its request. Closing the socket resets it.
 *
 * Need. Close the socket at a moment when the queue is empty. Under load there may be no such moment: a client that gets its
 * answer connects again at once.
 *
 * Trick. Hold the requests that arrive. Their clients get no answer and do not connect again, so the queue empties within as
 * many turns as it had connections. Requests that had begun before are still answered, and their clients connect again a
 * moment later. So the socket closes at the end of a turn that brought no connection, was too short to hide one, and ended
 * some milliseconds after the last connection and the last answer. The held requests begin in the same turn.
 *
 * Cost. The held requests wait some milliseconds, once in a process's life. If clients connect faster than Node accepts them
 * during the whole hold, the queue never empties, and the last of them are reset.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConnectionListener, OpenConnections, watchConnections } from './connections.ts';
import { comeBackMs, shortTurnMs } from './shutdown.ts';

/** The steps of a stop, in their order. */
export type Drain = ReturnType<typeof createDrain>;

/** Passes a server's requests to `listener`, and returns the steps that drain the server. */
export function createDrain(
  server: Server,
  { open, onRequest }: Pick<ReturnType<typeof watchConnections>, 'open' | 'onRequest'>,
  listener: ConnectionListener,
) {
  let held: Parameters<ConnectionListener>[] | undefined;
  let isDraining = false;
  onRequest((connection, request, response) => {
    if (isDraining) closeAfterLast(connection.responses);
    if (held === undefined) listener(connection, request, response);
    else held.push([connection, request, response]);
  });

  const openRequests = () => [...open.values()].reduce((sum, { responses }) => sum + responses.length, 0);
  return {
    /** Holds requests from now on. Resolves when no connection waits to be accepted, after `withinMs` at the latest. */
    async hold(withinMs: number): Promise<void> {
      held = [];
      const isQuietTurn = watchQuiet(server, open);
      const until = performance.now() + withinMs;
      while (!(await isQuietTurn()) && performance.now() < until);
    },
    /** Begins the held requests. From now on every answer ends its connection, including answers to open requests. */
    begin(): void {
      isDraining = true;
      for (const { responses } of open.values()) closeAfterLast(responses);
      const waiting = held ?? [];
      held = undefined;
      // The response of a client that has left has closed before, so nothing would end its calls.
      for (const [connection, ...exchange] of waiting)
        if (!connection.socket.destroyed) listener(connection, ...exchange);
    },
    /**
     * Ends every connection without an open request, now and whenever another becomes idle. First it waits for the end of a
     * short turn, for at most `withinMs`: ending a connection with an unread request resets it.
     */
    async endIdle(withinMs: number): Promise<void> {
      const until = performance.now() + withinMs;
      while (!(await isShortTurn()) && performance.now() < until);
      endIdleConnections(server, open);
    },
    /** How many requests have arrived, with all their headers, and are not completely answered. */
    openRequests,
    /** Cuts off all connections and returns how many requests were not answered. */
    cutOff(): number {
      const unanswered = openRequests();
      server.closeAllConnections();
      return unanswered;
    },
  };
}

/**
 * Waits for the end of the turn, and returns whether the turn was short. The loop has then just polled, and has read from
 * every connection that had sent something (libuv asks for 1024 at a time, up to 48 times). After a short turn, only
 * arrivals of its last millisecond can be unread.
 */
async function isShortTurn(): Promise<boolean> {
  const startedAt = performance.now();
  await nextTurn();
  return performance.now() - startedAt < shortTurnMs;
}

/** Returns a function that waits for the end of a turn, and returns whether no client can be about to connect again. */
function watchQuiet(server: Server, open: OpenConnections): () => Promise<boolean> {
  // The last answer may have been sent just now.
  let activeAt = performance.now();
  const markActive = () => {
    activeAt = performance.now();
  };
  server.on('connection', markActive);
  for (const { responses } of open.values())
    for (const response of responses) response.once('close', markActive);
  return async () => (await isShortTurn()) && performance.now() - activeAt >= comeBackMs;
}

/**
 * Lets the last open answer of a connection end it. Node sends `Connection: close` if `shouldKeepAlive` is false when the
 * headers are written, and then ends the connection. With pipelining (RFC 9112, section 9.3.2) one connection can have
 * several open requests, which are answered in order. Only the last answer may end it, or the others are never sent.
 */
function closeAfterLast(responses: readonly ServerResponse[]): void {
  const last = responses.at(-1);
  for (const response of responses) response.shouldKeepAlive = response !== last;
}

/**
 * Ends the idle connections, now and whenever another becomes idle. A connection still becomes idle after an answer whose
 * headers were written before `begin`, and keep the connection alive. Until its client has that answer, it sends no further
 * request, or has sent it early and the server has read it. So no connection with an unread request is ended.
 */
function endIdleConnections(server: Server, open: OpenConnections): void {
  let isWalkDue = false;
  /** `closeIdleConnections` walks over all connections, so one walk serves all answers that end in one turn. */
  const endIdleSoon = () => {
    if (isWalkDue) return;
    isWalkDue = true;
    // In the next turn, because Node must first notice that the connection is idle.
    setImmediate(() => {
      isWalkDue = false;
      server.closeIdleConnections();
    });
  };
  const watch = (socket: Socket, response: ServerResponse) =>
    response.once('close', () => {
      // After an answer with `Connection: close` the socket is not writable any more, and Node ends it.
      if (socket.writable) endIdleSoon();
    });
  for (const { socket, responses } of open.values())
    for (const response of responses) watch(socket, response);
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => watch(socket, response));
  server.closeIdleConnections();
  // Node does not count a connection as idle before its first byte. Browsers open such connections in advance.
  for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
}
