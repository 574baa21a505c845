/**
 * Ends the connections of a server that stops, each as soon as nothing is owed on it. Knows neither when to
 * begin nor how long to wait.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The way a server's connections end. */
export type Drain = {
  /** From now on every answer ends its connection, also of the requests that are being answered. */
  readonly begin: () => void;
  /** Ends every connection on which no request is under way, now and whenever another becomes idle. */
  readonly endIdle: () => void;
  /** How many requests have arrived, with all their headers, and are not answered to the end. */
  readonly openRequests: () => number;
  /** Ends all connections at once and tells how many requests were not answered. */
  readonly cutOff: () => number;
};

/**
 * Watches a server's connections from the start; call it before anything else listens to requests.
 *
 * Node ends a connection after an answer that says `Connection: close`, and says so if `shouldKeepAlive` is
 * false when the headers are written. With pipelining (RFC 9112, section 9.3.2) several requests of one
 * connection can be open, answered in order: only the last may say it, or the others are never answered.
 */
export const createDrain = (server: Server): Drain => {
  const open = new Map<Socket, Set<ServerResponse>>();
  let isDraining = false;
  let endsIdle = false;
  let isWalkDue = false;

  const openRequests = () => [...open.values()].reduce((sum, responses) => sum + responses.size, 0);
  /**
   * A walk over all connections: the answers of one turn share it, or a thousand at once would take a thousand. It
   * finds no connection with a request unread. All that were idle have been ended by `endIdle`, none is new, and each
   * answer since `begin` ends its own. What is left are answers that had promised before to keep the connection, and
   * end only now: whoever still receives one has not sent another request yet, or sent it ahead and it was read.
   */
  const endIdleSoon = () => {
    if (isWalkDue) return;
    isWalkDue = true;
    // One turn later, because Node first has to notice that the connection is idle.
    setImmediate(() => {
      isWalkDue = false;
      server.closeIdleConnections();
    });
  };
  const onAnswered = (socket: Socket, response: ServerResponse) => {
    open.get(socket)?.delete(response);
    // What can no longer be written to, Node is ending already: every answer that said `Connection: close`.
    if (endsIdle && socket.writable) endIdleSoon();
  };

  server.on('connection', (socket: Socket) => {
    open.set(socket, new Set());
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    open.get(socket)?.add(response);
    if (isDraining) closeAfterLast(open.get(socket));
    response.once('close', () => onAnswered(socket, response));
  });

  return {
    begin: () => {
      isDraining = true;
      for (const responses of open.values()) closeAfterLast(responses);
    },
    endIdle: () => {
      endsIdle = true;
      server.closeIdleConnections();
      // Node does not call those idle on which nothing was ever sent, as browsers open them in advance.
      for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
    },
    openRequests,
    cutOff: () => {
      const unanswered = openRequests();
      server.closeAllConnections();
      return unanswered;
    },
  };
};

const closeAfterLast = (responses: ReadonlySet<ServerResponse> = new Set()) => {
  const last = [...responses].at(-1);
  for (const response of responses) response.shouldKeepAlive = response !== last;
};
