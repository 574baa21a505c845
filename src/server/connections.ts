/**
 * Watches the open connections of a server: the open requests and the unread answers of each. Closes connections when there
 * are too many of them, or too many bytes unread, the worst first.
 */

import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The bounds. */
export type ConnectionLimits = {
  /** How long a client may read nothing of a waiting answer, in milliseconds. */
  readonly clientStallTimeoutMs: number;
  /** Bytes of all answers that wait for their clients, over all connections. */
  readonly maxUnreadBytes: number;
  /** Open connections. Node closes each further one at once. */
  readonly maxConnections: number;
};

/**
 * Why a connection was closed. `stalled`: its client read nothing for too long. `unread`: there were too many unread bytes
 * on all connections. `crowded`: connections ran short while it was idle, or while its request was not whole. `refused`: it
 * was new, and there were too many connections.
 */
export type CloseReason = 'stalled' | 'unread' | 'crowded' | 'refused';

/** One open connection. */
export class Connection {
  readonly socket: Socket;
  /**
   * The open responses, in the order of their requests. Not a set: V8 keeps what a set has held until the next full
   * collection, if the set is as old as a connection, and with each response all of its request.
   */
  readonly responses: ServerResponse[] = [];
  /** The last moment at which the client read something, or there was nothing to read. */
  progressAt: number;
  /** Bytes that the kernel has accepted since the connection's start, as of the last check. */
  acceptedBytes = 0;
  /** As of the last check. */
  unreadBytes = 0;
  /** When the last response closed, or the connection opened. */
  idleSince: number;
  /** The last request whose headers have arrived, and when. */
  request: IncomingMessage | undefined;
  requestAt: number;
  /** The state of `limitPipelining`: open requests that have begun, those that began in turn number `turn`, and those held. */
  inFlight = 0;
  begun = 0;
  turn = 0;
  readonly held: (() => void)[] = [];
  /** Called whenever a response closes; undefined until a request is held. */
  wake: (() => void) | undefined;

  constructor(socket: Socket, now: number) {
    this.socket = socket;
    this.progressAt = now;
    this.idleSince = now;
    this.requestAt = now;
  }
}

/** A listener of requests that also gets their connection. */
export type ConnectionListener = (connection: Connection, ...exchange: Parameters<RequestListener>) => void;

/** All open connections of a server. */
export type OpenConnections = ReadonlyMap<Socket, Connection>;

/** Watches a server's connections. `now` is the monotonic clock in milliseconds. */
export function watchConnections(
  server: Server,
  limits: ConnectionLimits,
  { now, onClosed }: { readonly now: () => number; readonly onClosed: (reason: CloseReason) => void },
) {
  const open = new Map<Socket, Connection>();
  const close = ({ socket }: Connection, reason: CloseReason) => {
    open.delete(socket);
    socket.destroy();
    onClosed(reason);
  };
  const makeRoom = () => {
    // The walk below visits all connections. This check spares it while more than a twentieth is free.
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
    const connection = new Connection(socket, now());
    open.set(socket, connection);
    socket.once('close', () => {
      open.delete(socket);
      closeResponses(connection);
    });
  });

  return {
    open: open as OpenConnections,
    /** Passes on all requests, after their connections have noted them. Drops a request whose connection has been closed. */
    onRequest: (listener: ConnectionListener) =>
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        const connection = open.get(request.socket);
        if (connection === undefined) return;
        connection.request = request;
        connection.requestAt = now();
        noteResponse(connection, response, now);
        listener(connection, request, response);
      }),
    /** Measures every connection, and closes those that hold too much. Call it about twice a second. */
    check: () => {
      const at = now();
      for (const connection of open.values()) measure(connection, at);
      const isStalled = ({ progressAt }: Connection) => at - progressAt >= limits.clientStallTimeoutMs;
      for (const connection of [...open.values()].filter(isStalled)) close(connection, 'stalled');
      for (const connection of findUnread([...open.values()], limits.maxUnreadBytes))
        close(connection, 'unread');
      // Here, not on 'drop': a walk for each refused connection would cost more than the refusal.
      if (wasRefused) makeRoom();
      wasRefused = false;
    },
    /** What clients hold right now. */
    usage: () => ({
      connections: open.size,
      unreadBytes: [...open.values()].reduce((sum, connection) => sum + unreadBytesOf(connection), 0),
    }),
  };
}

function noteResponse(connection: Connection, response: ServerResponse, now: () => number): void {
  connection.responses.push(response);
  response.once('close', () => {
    connection.responses.splice(connection.responses.indexOf(response), 1);
    connection.idleSince = now();
    connection.inFlight -= 1;
    connection.wake?.();
  });
}

/**
 * Emits `close` on every open response of a closed connection, so that its operation is cancelled. Node 20 and 22 emit it
 * only on the first open response. With pipelining (RFC 9112, section 9.3.2) other responses wait behind it, and would never
 * see a `close`.
 */
function closeResponses({ responses }: Connection): void {
  // In a microtask, after Node: it emits `close` on the first response, and from version 24 on also on the others.
  queueMicrotask(() => {
    for (const response of [...responses]) response.emit('close'); // Each leaves `responses` when it closes.
  });
}

function measure(connection: Connection, now: number): void {
  const acceptedBytes = acceptedBytesOf(connection.socket);
  connection.unreadBytes = unreadBytesOf(connection);
  // An answer that waits for an earlier one is not in the socket yet, and the client cannot read it.
  const hasNothingToRead = connection.socket.writableLength === 0;
  if (hasNothingToRead || acceptedBytes !== connection.acceptedBytes) connection.progressAt = now;
  connection.acceptedBytes = acceptedBytes;
}

/** Estimates the unread bytes: a text counts by its characters. With pipelining, answers may wait for an earlier one. */
function unreadBytesOf({ socket, responses }: Connection): number {
  let bytes = socket.writableLength;
  for (const response of responses) if (response.socket === null) bytes += response.writableLength;
  return bytes;
}

/** Node's libuv handle of a socket. It has these fields in all versions from 12 to 24. */
type SocketHandle = { readonly bytesWritten: number; readonly writeQueueSize: number };

/**
 * Bytes that the kernel has accepted. `Socket.bytesWritten` and `writableLength` cannot tell: they count a large answer as a
 * whole, first as not written and then as written. Node's own socket timeout reads the handle too.
 */
function acceptedBytesOf(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { readonly _handle?: SocketHandle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}

/**
 * Chooses the connections to close until at most `maxBytes` are unread: first those without progress for longest, of equal
 * ones the one with most unread bytes.
 */
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
 * The time for a request to arrive completely while connections run short, and for a new connection to stay idle, in
 * milliseconds. Most requests come at once and in one packet.
 */
const unfinishedMs = 1000;

/**
 * Chooses the connections to close when nearly all are in use, until a tenth is free for new clients. Idle ones come first,
 * then those that wait only for the rest of a request. Connections that have just become idle come last: their clients may
 * have sent a request that is not read yet. Among equal ones the address with the most connections comes first, and of its
 * connections the oldest. Behind a balancer all have one address.
 */
function findCrowding(
  connections: readonly Connection[],
  maxConnections: number,
  now: number,
): readonly Connection[] {
  const ranks = new Map<string, number>();
  return connections
    .flatMap((connection) => {
      const { responses, idleSince, request, requestAt } = connection;
      if (responses.length === 0)
        return { connection, since: idleSince, stage: now - idleSince < unfinishedMs ? 3 : 1 };
      // Only the last request of a connection can be incomplete. With more than one open, an earlier one is being answered.
      const isUnfinished =
        responses.length === 1 && request?.complete === false && now - requestAt > unfinishedMs;
      return isUnfinished ? { connection, since: requestAt, stage: 2 } : [];
    })
    .sort((a, b) => b.since - a.since)
    .map(({ connection, stage }) => {
      const group = `${stage} ${connection.socket.remoteAddress}`;
      const rank = (ranks.get(group) ?? 0) + 1;
      ranks.set(group, rank);
      return { connection, stage, rank };
    })
    .sort((a, b) => a.stage - b.stage || b.rank - a.rank)
    .slice(0, Math.floor(maxConnections / 10) - (maxConnections - connections.length))
    .map(({ connection }) => connection);
}

/** Files that a process opens besides its connections to clients: its modules, its log, Redis. */
const otherFiles = 128;

/** The fewest connections, as for MAX_CONNECTIONS. If files run short with so few, upstream calls fail. */
const fewestConnections = 20;

/**
 * How many connections a process can hold: `wanted`, or fewer if its limit of open files does not allow as many.
 * @param limitsFile the text of Linux's `/proc/self/limits`, empty on other systems.
 * @param upstreamCalls the most connections to the upstream.
 */
export function affordableConnections(wanted: number, limitsFile: string, upstreamCalls: number): number {
  const openFiles = /^Max open files\s+(\d+)/m.exec(limitsFile)?.[1];
  // Two for each call: the process holds both ends of a connection to the built-in sandbox.
  return openFiles === undefined
    ? wanted
    : Math.max(fewestConnections, Math.min(wanted, Number(openFiles) - otherFiles - 2 * upstreamCalls));
}
