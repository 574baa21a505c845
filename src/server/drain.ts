/**
 * Stops a server's traffic without losing a request: holds what arrives while the socket is about to close, then ends each
 * connection as soon as no answer is pending on it. Knows neither when to begin nor how long to wait.
 *
 * Background. The kernel accepts connections on its own and queues them. Node takes one from the queue in each turn of its
 * loop. A client in the queue has connected, and may have sent its request. Closing the socket resets it.
 *
 * Need. A moment at which the queue is empty. Under load there may never be one: every answer sets a client free to come
 * back at once, and as many come as leave.
 *
 * Trick. Requests that arrive are held. Their clients get no answer and do not come back, and the queue runs empty within as
 * many turns as it had connections. Requests that had begun before are still answered, and their clients come back a moment
 * later. So the moment is a turn that brings no connection, is too short for one to come unseen, and comes some milliseconds
 * after the last connection and the last answer. The socket closes in the same turn, and the held requests begin.
 *
 * Cost. These requests wait some milliseconds, once in a process's life. If clients connect faster than Node can accept
 * them for the whole time, the queue never empties, and the last of them are reset.
 */

import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OpenConnections } from './connections.ts';
import { comeBackMs, shortTurnMs } from './shutdown.ts';

/** The steps of a stop, in their order. */
export type Drain = {
  /** Holds requests from now on. Resolves when no connection waits to be accepted, at the latest after `withinMs`. */
  readonly hold: (withinMs: number) => Promise<void>;
  /** Begins the held requests. From now on every answer ends its connection, also of requests that are open already. */
  readonly begin: () => void;
  /**
   * Ends every connection without an open request, now and whenever another becomes idle. Before that it waits for the end
   * of a short turn, no longer than `withinMs`: to end a connection with a request unread is to reset it.
   */
  readonly endIdle: (withinMs: number) => Promise<void>;
  /** How many requests have arrived, with all their headers, and are not answered to the end. */
  readonly openRequests: () => number;
  /** Cuts off all connections and returns how many requests were not answered. */
  readonly cutOff: () => number;
};

/** Passes a server's requests to `listener`, and drains the server when it is called to. */
export function createDrain(server: Server, open: OpenConnections, listener: RequestListener): Drain {
  let held: (() => void)[] | undefined;
  let isDraining = false;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isDraining) closeAfterLast(open.get(request.socket)?.responses);
    if (held === undefined) listener(request, response);
    else held.push(() => listener(request, response));
  });

  const openRequests = () => [...open.values()].reduce((sum, { responses }) => sum + responses.size, 0);
  return {
    async hold(withinMs) {
      held = [];
      const isQuietTurn = watchQuiet(server, open);
      const until = performance.now() + withinMs;
      while (!(await isQuietTurn()) && performance.now() < until);
    },
    begin() {
      isDraining = true;
      for (const { responses } of open.values()) closeAfterLast(responses);
      const waiting = held ?? [];
      held = undefined;
      for (const goOn of waiting) goOn();
    },
    async endIdle(withinMs) {
      const until = performance.now() + withinMs;
      while (!(await isShortTurn()) && performance.now() < until);
      endIdleConnections(server, open);
    },
    openRequests,
    cutOff() {
      const unanswered = openRequests();
      server.closeAllConnections();
      return unanswered;
    },
  };
}

/**
 * Waits for the end of the turn, when the loop has just polled: it has read from every connection that had sent something
 * (libuv asks for 1024 at a time, up to 48 times). After a short turn, only the arrivals of its last millisecond can be
 * unread.
 */
async function isShortTurn(): Promise<boolean> {
  const startedAt = performance.now();
  await nextTurn();
  return performance.now() - startedAt < shortTurnMs;
}

/** Returns a function that waits for the end of a turn, and says whether no client can be on its way after it. */
function watchQuiet(server: Server, open: OpenConnections): () => Promise<boolean> {
  // An answer may have been sent just before.
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
 * Node ends a connection after an answer that says `Connection: close`, and says so if `shouldKeepAlive` is false when the
 * headers are written. With pipelining (RFC 9112, section 9.3.2) several requests of one connection can be open, answered
 * in order. Only the last may say it, or the others are never answered.
 */
function closeAfterLast(responses: ReadonlySet<ServerResponse> = new Set()): void {
  const last = [...responses].at(-1);
  for (const response of responses) response.shouldKeepAlive = response !== last;
}

/**
 * Ends what is idle, and then what becomes idle: an answer that had promised before `begin` to keep its connection. A client
 * that still receives such an answer has sent no other request yet, or sent it ahead, and it was read. So no connection with
 * an unread request is ended.
 */
function endIdleConnections(server: Server, open: OpenConnections): void {
  let isWalkDue = false;
  /** `closeIdleConnections` walks over all connections. The answers of one turn share a walk, or a thousand would take a thousand. */
  const endIdleSoon = () => {
    if (isWalkDue) return;
    isWalkDue = true;
    // One turn later, because Node first has to notice that the connection is idle.
    setImmediate(() => {
      isWalkDue = false;
      server.closeIdleConnections();
    });
  };
  const watch = (socket: Socket, response: ServerResponse) =>
    response.once('close', () => {
      // Node already ends a socket that cannot be written to: every answer that said `Connection: close`.
      if (socket.writable) endIdleSoon();
    });
  for (const { socket, responses } of open.values())
    for (const response of responses) watch(socket, response);
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => watch(socket, response));
  server.closeIdleConnections();
  // Node does not count those as idle on which nothing was ever sent, as browsers open them in advance.
  for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
}
