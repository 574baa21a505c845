/**
 * The open connections of a server, each with the requests on it that are not answered, and what they may hold: unread
 * answers, and the connection itself. Closes those that hold too much, the worst first. Knows nothing of what is served.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The bounds. */
export type ConnectionLimits = {
  /** How long a client may read nothing of an answer that waits for it, in milliseconds. */
  readonly stallTimeoutMs: number;
  /** Bytes of answers that may wait for their clients, over all connections. */
  readonly maxUnreadBytes: number;
  /** Open connections. Beyond it Node closes a new one at once. */
  readonly maxConnections: number;
};

/**
 * Why a connection was closed. `stalled`: its client read nothing for too long. `unread`: all unread answers together were
 * too many. `crowded`: it was idle, or its request not whole, while connections ran short. `refused`: no connection was
 * left for it.
 */
export type CloseReason = 'stalled' | 'unread' | 'crowded' | 'refused';

/** What is held right now. */
export type ConnectionUsage = { readonly connections: number; readonly unreadBytes: number };

/** One open connection. */
export type Connection = {
  readonly socket: Socket;
  /** The open responses, in the order of their requests. */
  readonly responses: Set<ServerResponse>;
  /** The last moment at which the client read something, or there was nothing to read. */
  progressAt: number;
  /** Bytes that the kernel had accepted at the last check, since the connection's start. */
  takenBytes: number;
  unreadBytes: number;
  idleSince: number;
  /** The last request whose headers have arrived, and when they had. */
  request: IncomingMessage | undefined;
  requestAt: number;
};

/** All open connections of a server. */
export type OpenConnections = ReadonlyMap<Socket, Connection>;

/** The watch over a server's connections. */
export type Connections = {
  readonly open: OpenConnections;
  /** Measures every connection, and closes those that hold too much. Call it about twice a second. */
  readonly check: () => void;
  readonly usage: () => ConnectionUsage;
};

/** What the watch needs. `now` is the monotonic clock in milliseconds. */
export type ConnectionDeps = {
  readonly now: () => number;
  readonly onClosed: (reason: CloseReason) => void;
};

/** Watches a server's connections from the start. Call it before anything else listens to the server's requests. */
export function watchConnections(
  server: Server,
  limits: ConnectionLimits,
  { now, onClosed }: ConnectionDeps,
): Connections {
  const open = new Map<Socket, Connection>();
  const close = ({ socket }: Connection, reason: CloseReason) => {
    open.delete(socket);
    socket.destroy();
    onClosed(reason);
  };
  const makeRoom = () => {
    // Checked before the walk over all connections, which each new one would else pay for.
    if (limits.maxConnections - open.size > limits.maxConnections / 20) return;
    for (const connection of findCrowding([...open.values()], limits.maxConnections, now()))
      close(connection, 'crowded');
  };
  let wasRefused = false;
  server.maxConnections = limits.maxConnections;
  server.on('drop', () => {
    wasRefused = true;
    onClosed('refused');
  });
  server.on('connection', (socket: Socket) => {
    makeRoom();
    const connection = newConnection(socket, now());
    open.set(socket, connection);
    socket.once('close', () => {
      open.delete(socket);
      closeResponses(connection);
    });
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(request.socket);
    if (connection !== undefined) openRequest(connection, { request, response, now });
  });

  return {
    open,
    check: () => {
      const at = now();
      for (const connection of open.values()) measure(connection, at);
      const isStalled = ({ progressAt }: Connection) => at - progressAt >= limits.stallTimeoutMs;
      for (const connection of [...open.values()].filter(isStalled)) close(connection, 'stalled');
      for (const connection of findUnread([...open.values()], limits.maxUnreadBytes))
        close(connection, 'unread');
      // Node gives no socket of a refused connection. A walk for each would take longer than to refuse it.
      if (wasRefused) makeRoom();
      wasRefused = false;
    },
    usage: () => ({
      connections: open.size,
      unreadBytes: [...open.values()].reduce((sum, connection) => sum + unreadBytesOf(connection), 0),
    }),
  };
}

function newConnection(socket: Socket, now: number): Connection {
  return {
    socket,
    responses: new Set(),
    progressAt: now,
    takenBytes: 0,
    unreadBytes: 0,
    idleSince: now,
    request: undefined,
    requestAt: now,
  };
}

type Arrival = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly now: () => number;
};

function openRequest(connection: Connection, { request, response, now }: Arrival): void {
  connection.responses.add(response);
  connection.request = request;
  connection.requestAt = now();
  response.once('close', () => {
    connection.responses.delete(response);
    connection.idleSince = now();
  });
}

/**
 * Emits `close` on every open response of a connection that has closed, so that its operation is given up. Node 20 and 22
 * do so only for the response whose turn it is. With pipelining (RFC 9112, section 9.3.2) others wait behind it, and would
 * never see the `close`.
 */
function closeResponses({ responses }: Connection): void {
  // Later, because Node itself emits it to the first one, and from version 24 on to the others too.
  queueMicrotask(() => {
    for (const response of responses) response.emit('close');
  });
}

function measure(connection: Connection, now: number): void {
  const takenBytes = takenBytesOf(connection.socket);
  connection.unreadBytes = unreadBytesOf(connection);
  if (connection.unreadBytes === 0 || takenBytes !== connection.takenBytes) connection.progressAt = now;
  connection.takenBytes = takenBytes;
}

/** An estimate: a text counts by its characters. With pipelining, answers wait behind the one that has the connection. */
function unreadBytesOf({ socket, responses }: Connection): number {
  let bytes = socket.writableLength;
  for (const response of responses) if (response.socket === null) bytes += response.writableLength;
  return bytes;
}

/** Node's handle of a socket in libuv. It has these fields in every version from 12 to 24. */
type SocketHandle = { readonly bytesWritten: number; readonly writeQueueSize: number };

/**
 * Bytes that the kernel has accepted. `Socket.bytesWritten` and `writableLength` count a large answer as a whole, first as
 * not written and then as written. Only the handle has the part that is gone. Node's own socket timeout reads it too.
 */
function takenBytesOf(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { readonly _handle?: SocketHandle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}

/** The connections to close until at most `maxBytes` are unread: first those that make no progress, then the largest. */
function findUnread(connections: readonly Connection[], maxBytes: number): readonly Connection[] {
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
}

/**
 * How long a request may take to arrive whole while connections run short, and how long a new connection may stay idle, in
 * milliseconds. Most requests come at once and in one packet.
 */
const unfinishedMs = 1000;

/**
 * The connections to close when nearly all are taken, until a tenth is free for new clients. First come idle ones, then
 * those that only wait for the rest of a request. Those that have just become idle come last, because the request of a new
 * client may not have been read yet.
 */
function findCrowding(
  connections: readonly Connection[],
  maxConnections: number,
  now: number,
): readonly Connection[] {
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
}

/** Connections of the address that has the most come first, the oldest of them before the others. Behind a balancer all have one address. */
function worstFirst(
  connections: readonly Connection[],
  sinceOf: (connection: Connection) => number,
): readonly Connection[] {
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
}

/** Files that a process opens besides its clients' connections: its modules, its log, Redis. */
const otherFiles = 128;

/**
 * The connections that a process can hold: as many as `wanted`, or as its limit of open files allows.
 * @param limitsFile the text of Linux's `/proc/self/limits`, empty on other systems.
 * @param upstreamCalls the most connections to the upstream.
 */
export function affordableConnections(wanted: number, limitsFile: string, upstreamCalls: number): number {
  const openFiles = /^Max open files\s+(\d+)/m.exec(limitsFile)?.[1];
  // Two for each call: the process holds both ends of a connection to the built-in sandbox.
  return openFiles === undefined
    ? wanted
    : Math.max(1, Math.min(wanted, Number(openFiles) - otherFiles - 2 * upstreamCalls));
}
