/**
 * What the connections of a server may hold: unread answers and places. Closes those that hold too much, the worst
 * first. Knows nothing of what is served.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The bounds. */
export type ConnectionLimits = {
  /** How long a client may take nothing of an answer that waits for it, in milliseconds. */
  readonly stallTimeoutMs: number;
  /** Bytes of answers that may wait for their clients, over all connections. */
  readonly maxUnreadBytes: number;
  /** Open connections. Beyond it the kernel's next one is closed at once. */
  readonly maxConnections: number;
};

/**
 * Why a connection was closed. `stalled`: its client took nothing for too long. `unread`: all unread answers together
 * were too many. `crowded`: it was idle, or its request not whole, while connections ran short. `refused`: none was left
 * for it.
 */
export type CloseReason = 'stalled' | 'unread' | 'crowded' | 'refused';

/** What is held right now. */
export type ConnectionUsage = { readonly connections: number; readonly unreadBytes: number };

/** The watch over a server's connections. */
export type Connections = {
  /** Measures every connection, and closes those that hold too much. Call it about twice a second. */
  readonly check: () => void;
  readonly usage: () => ConnectionUsage;
};

/** What the watch needs. `now` is a clock in milliseconds that never goes back. */
export type ConnectionDeps = {
  readonly now: () => number;
  readonly onClosed: (reason: CloseReason) => void;
};

type Connection = {
  readonly socket: Socket;
  readonly responses: Set<ServerResponse>;
  /** The last moment at which the client took something, or there was nothing to take. */
  progressAt: number;
  /** Bytes that the kernel had taken over at the last check, since the connection's start. */
  takenBytes: number;
  unreadBytes: number;
  idleSince: number;
  /** The last request whose headers have arrived, and when they had. */
  request: IncomingMessage | undefined;
  requestAt: number;
};

/** Watches a server's connections from the start; call it before the server listens. */
export const watchConnections = (
  server: Server,
  limits: ConnectionLimits,
  { now, onClosed }: ConnectionDeps,
): Connections => {
  const open = new Map<Socket, Connection>();
  const close = ({ socket }: Connection, reason: CloseReason) => {
    open.delete(socket);
    socket.destroy();
    onClosed(reason);
  };

  server.maxConnections = limits.maxConnections;
  const makeRoom = () => {
    // Looked at before all connections are gone through, which each new one would else pay for.
    if (limits.maxConnections - open.size > limits.maxConnections / 20) return;
    for (const connection of findCrowding([...open.values()], limits.maxConnections, now()))
      close(connection, 'crowded');
  };
  let wasRefused = false;
  server.on('drop', () => {
    wasRefused = true;
    onClosed('refused');
  });
  server.on('connection', (socket: Socket) => {
    makeRoom();
    open.set(socket, newConnection(socket, now()));
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(request.socket);
    if (connection === undefined) return;
    connection.responses.add(response);
    connection.request = request;
    connection.requestAt = now();
    response.once('close', () => {
      connection.responses.delete(response);
      connection.idleSince = now();
    });
  });

  return {
    check: () => {
      const at = now();
      for (const connection of open.values()) measure(connection, at);
      const isStalled = ({ progressAt }: Connection) => at - progressAt >= limits.stallTimeoutMs;
      for (const connection of [...open.values()].filter(isStalled)) close(connection, 'stalled');
      for (const connection of findUnread([...open.values()], limits.maxUnreadBytes))
        close(connection, 'unread');
      // Of a connection that is refused nothing else is told. A walk for each would take longer than to refuse it.
      if (wasRefused) makeRoom();
      wasRefused = false;
    },
    usage: () => ({
      connections: open.size,
      unreadBytes: [...open.values()].reduce((sum, connection) => sum + unreadBytesOf(connection), 0),
    }),
  };
};

const newConnection = (socket: Socket, now: number): Connection => ({
  socket,
  responses: new Set(),
  progressAt: now,
  takenBytes: 0,
  unreadBytes: 0,
  idleSince: now,
  request: undefined,
  requestAt: now,
});

const measure = (connection: Connection, now: number): void => {
  const takenBytes = takenBytesOf(connection.socket);
  connection.unreadBytes = unreadBytesOf(connection);
  if (connection.unreadBytes === 0 || takenBytes !== connection.takenBytes) connection.progressAt = now;
  connection.takenBytes = takenBytes;
};

/** About: a text counts by its characters. With pipelining, answers wait behind the one that has the connection. */
const unreadBytesOf = ({ socket, responses }: Connection): number => {
  let bytes = socket.writableLength;
  for (const response of responses) if (response.socket === null) bytes += response.writableLength;
  return bytes;
};

/** What Node keeps of a socket in libuv. Present in every version from 12 to 24. */
type SocketHandle = { readonly bytesWritten: number; readonly writeQueueSize: number };

/**
 * Bytes that the kernel has taken over. `Socket.bytesWritten` and `writableLength` count a large answer as a whole, first
 * as not written and then as written. How much of it is gone only the handle tells; Node's own socket timeout asks it too.
 */
const takenBytesOf = (socket: Socket): number => {
  const { _handle: handle } = socket as unknown as { readonly _handle?: SocketHandle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
};

/** The connections to close until no more than `maxBytes` are unread: first those that make no progress, then the largest. */
const findUnread = (connections: readonly Connection[], maxBytes: number): readonly Connection[] => {
  let bytes = connections.reduce((sum, { unreadBytes }) => sum + unreadBytes, 0);
  if (bytes <= maxBytes) return [];
  const worstFirst = connections
    .filter(({ unreadBytes }) => unreadBytes > 0)
    .sort((a, b) => a.progressAt - b.progressAt || b.unreadBytes - a.unreadBytes);
  return worstFirst.filter((connection) => {
    const isTooMuch = bytes > maxBytes;
    if (isTooMuch) bytes -= connection.unreadBytes;
    return isTooMuch;
  });
};

/**
 * How long a request may take to arrive whole while connections run short, and a new connection to bring one, in
 * milliseconds. Most come at once and in one packet.
 */
const unfinishedMs = 1000;

/**
 * The connections to close when nearly all places are taken, so that new clients get in, until a tenth is free: idle ones,
 * then those on which nothing is done but to wait for the rest of a request, and at last those that have just become idle,
 * because the request of a newcomer may not have been read yet.
 */
const findCrowding = (
  connections: readonly Connection[],
  maxConnections: number,
  now: number,
): readonly Connection[] => {
  const free = maxConnections - connections.length;
  const idle = connections.filter(({ responses }) => responses.size === 0);
  const isFresh = ({ idleSince }: Connection) => now - idleSince < unfinishedMs;
  // Only the last request of a connection can lack a part, and those before it are being answered.
  const unfinished = connections.filter(
    ({ responses, request, requestAt }) =>
      responses.size === 1 && request?.complete === false && now - requestAt > unfinishedMs,
  );
  return [
    ...worstFirst(
      idle.filter((connection) => !isFresh(connection)),
      ({ idleSince }) => idleSince,
    ),
    ...worstFirst(unfinished, ({ requestAt }) => requestAt),
    ...worstFirst(idle.filter(isFresh), ({ idleSince }) => idleSince),
  ].slice(0, Math.floor(maxConnections / 10) - free);
};

/** First those of the address that has the most, the oldest first. Behind a balancer all have one address. */
const worstFirst = (
  connections: readonly Connection[],
  sinceOf: (connection: Connection) => number,
): readonly Connection[] => {
  const ofAddress = new Map<string | undefined, number>();
  return [...connections]
    .sort((a, b) => sinceOf(b) - sinceOf(a))
    .map((connection) => {
      const { remoteAddress } = connection.socket;
      const rank = (ofAddress.get(remoteAddress) ?? 0) + 1;
      ofAddress.set(remoteAddress, rank);
      return { connection, rank };
    })
    .sort((a, b) => b.rank - a.rank)
    .map(({ connection }) => connection);
};

/** What a process needs files for besides its clients: its modules, its log, Redis. */
const otherFiles = 128;

/**
 * The connections that a process can hold: those that are wanted, or as many as its open files allow.
 * @param limitsFile the text of Linux's `/proc/self/limits`; empty where there is none.
 * @param upstreamCalls how many connections to the upstream there can be.
 */
export const affordableConnections = (wanted: number, limitsFile: string, upstreamCalls: number): number => {
  const openFiles = /^Max open files\s+(\d+)/m.exec(limitsFile)?.[1];
  // Two for each call: of the built-in sandbox the process holds both ends.
  return openFiles === undefined
    ? wanted
    : Math.max(1, Math.min(wanted, Number(openFiles) - otherFiles - 2 * upstreamCalls));
};
