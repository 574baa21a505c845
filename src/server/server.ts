/**
 * The HTTP server around a listener: it binds the port, keeps slow clients from holding it, and stops
 * without losing a request. Knows nothing of what is served.
 */

import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Arrivals, watchArrivals } from './arrivals.ts';
import {
  type CloseReason,
  type ConnectionLimits,
  type ConnectionUsage,
  watchConnections,
} from './connections.ts';
import { tellDepartures } from './departures.ts';
import { createDrain, type Drain } from './drain.ts';
import { limitPipelining } from './pipelining.ts';
import { untilShortTurn } from './turns.ts';

/** What a server needs. */
export type ServerOptions = {
  readonly listener: RequestListener;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** From `stop()` to the end of the last connection, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /**
   * Called first of all on `stop()`, so that readiness drops while requests are still taken. Answers should be ready
   * within `withinMs` milliseconds: then there is time to send them before the cut-off. Called again, if requests
   * are open then, when no more can arrive: more of them need more time.
   */
  readonly onDrain: (withinMs: number) => void;
  readonly limits?: Partial<ServerLimits>;
  /** Is called for every connection that is closed or refused because of a limit. */
  readonly onConnectionClosed?: (reason: CloseReason) => void;
};

/** A server that listens. */
export type RunningServer = {
  /** For a person to click on: never a wildcard address. */
  readonly url: string;
  readonly port: number;
  /** What clients hold right now. */
  readonly usage: () => ConnectionUsage;
  /** Stops for good, see `stopServer`. Calling again gives the same promise. */
  readonly stop: () => Promise<StopOutcome>;
};

/** How a stop went: requests that were accepted and could not be answered in time; 0 is a clean stop. */
export type StopOutcome = { readonly unanswered: number };

/** Bounds on what clients can hold, and for how long. */
export type ServerLimits = ConnectionLimits & {
  /** From the connection's start, or the request's first byte, to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the request's first byte to the end of its body. */
  readonly requestTimeoutMs: number;
  /** How often the two above are enforced; a client can outstay them by this much. */
  readonly checkIntervalMs: number;
  /** How long a connection may be idle between requests. */
  readonly keepAliveTimeoutMs: number;
  /** How often unread answers are measured. */
  readonly connectionsCheckMs: number;
  /** Requests of one connection that are under way at once; more wait their turn. */
  readonly maxRequestsPerConnection: number;
  /** From `stop()` until no more connections are taken; and again until idle ones are ended. */
  readonly noticeMs: number;
};

/**
 * Headers come in one packet from any honest client, and a body of MAX_BODY_BYTES passes the slowest mobile
 * line in 30 s. Idle connections outlive the 60 s that load balancers (AWS, Google, nginx) keep theirs: who
 * closes first must be the balancer, or it sends a request into a connection that is just being closed.
 */
const usualLimits: ServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkIntervalMs: 2000,
  keepAliveTimeoutMs: 65_000,
  connectionsCheckMs: 500,
  stallTimeoutMs: 30_000,
  maxUnreadBytes: 134_217_728,
  maxConnections: 10_000,
  maxRequestsPerConnection: 32,
  noticeMs: 100,
};

/**
 * Binds the port and serves.
 * @throws Node's own error, with `code`, when it cannot listen there; see `describeListenError`.
 */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const { host, port, listener } = options;
  const limits = { ...usualLimits, ...options.limits };
  const server = createLimitedServer(limits);
  tellDepartures(server);
  const connections = watchConnections(server, limits, {
    now: () => performance.now(),
    onClosed: options.onConnectionClosed ?? (() => undefined),
  });
  const drain = createDrain(server);
  const arrivals = watchArrivals(server, limitPipelining(listener, limits.maxRequestsPerConnection));
  await listen(server, host, port);
  const checks = setInterval(connections.check, limits.connectionsCheckMs).unref();
  server.once('close', () => clearInterval(checks));

  const bound = server.address() as AddressInfo; // A string only for a pipe, null only before listening.
  let stopping: Promise<StopOutcome> | undefined;
  return {
    url: `http://${clickableHost(host)}:${bound.port}`,
    port: bound.port,
    usage: connections.usage,
    stop: () => {
      stopping ??= stopServer({ server, drain, arrivals }, { ...options, noticeMs: limits.noticeMs });
      return stopping;
    },
  };
};

const createLimitedServer = (limits: ServerLimits): Server =>
  createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
  });

/**
 * Connections that the kernel keeps until this process takes them; it caps this at its own bound (net.core.somaxconn,
 * 4096 on Linux since 5.4). Node's 511 is too few for clients that come all at once, as after a restart of the
 * balancer: those who find the queue full try again after a second. Measured with 1500 and a loop busy for 0.3 s:
 * two thirds waited for that second, and with this none.
 */
const backlog = 4096;

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });

type StopOptions = Pick<ServerOptions, 'onDrain' | 'shutdownTimeoutMs'> & Pick<ServerLimits, 'noticeMs'>;

type Stoppable = { readonly server: Server; readonly drain: Drain; readonly arrivals: Arrivals };

/** How long an empty queue, and then a short turn, may be waited for, in milliseconds: nobody notices a second here. */
const longestHoldMs = 1000;

/**
 * What ending one operation and sending its answer may cost, in milliseconds. All that wait for an upstream that
 * hangs end at one moment, on one processor: measured with 1000 of them, each took 1.3 to 1.7 ms.
 */
const endingMs = 3;

/**
 * What is left for sending the last answers, in milliseconds: a second, or a tenth of a time that is short; and more for
 * each request that is open, for those for whom it does not last are cut off, and an answer that says why is better than
 * none. But as much as that first part remains to them all, for most are answered in it, were they thousands.
 */
const marginOf = (shutdownTimeoutMs: number, openRequests: number): number => {
  const leastMs = Math.min(1000, shutdownTimeoutMs / 10);
  return Math.min(shutdownTimeoutMs - leastMs, leastMs + openRequests * endingMs);
};

/**
 * Readiness drops first, and for `noticeMs` all goes on as before, so that a balancer can see it. Then, as
 * soon as no connection waits to be taken, the socket closes, and every answer from now on ends its
 * connection. A connection that stays idle for `noticeMs` more is ended; not before the end of a short turn, though:
 * if requests keep the loop busy, the time is up before the loop has looked for what was sent in it, and to end
 * a connection with a request unread is to reset it. What is not answered in time is cut off.
 *
 * The order matters. If answers ended their connections while the socket is open, clients under load would
 * come back at once, and those whom the kernel, but not yet this process, had accepted as the socket closes
 * would be reset with their requests sent. `Server.close` of node:http would end idle connections in the
 * same turn; that of node:net, which it extends, only closes the socket.
 */
const stopServer = async (
  { server, drain, arrivals }: Stoppable,
  options: StopOptions,
): Promise<StopOutcome> => {
  const endsAt = performance.now() + options.shutdownTimeoutMs;
  const noticeMs = Math.min(options.noticeMs, options.shutdownTimeoutMs);
  const announce = () => {
    const marginMs = marginOf(options.shutdownTimeoutMs, drain.openRequests());
    options.onDrain(endsAt - marginMs - performance.now());
  };
  announce();
  await delay(noticeMs);
  const holdMs = () => Math.min(longestHoldMs, (endsAt - performance.now()) / 2);
  await arrivals.holdUntilEmpty(holdMs());

  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  drain.begin();
  arrivals.release();
  const endIdle = async () => {
    await untilShortTurn(holdMs());
    drain.endIdle();
    if (drain.openRequests() > 0) announce();
  };
  const idleTimer = setTimeout(() => void endIdle(), noticeMs);
  let unanswered = 0;
  const deadline = setTimeout(() => {
    unanswered = drain.cutOff();
  }, endsAt - performance.now());
  await closed;
  clearTimeout(idleTimer);
  clearTimeout(deadline);
  return { unanswered };
};

/** Wildcard addresses can be listened on but not, everywhere, be opened. */
const clickableHost = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};

/** Where a server was to listen, and the setting that says so. */
type Place = { readonly host: string; readonly port: number; readonly variable: string };

const listenTroubles: Readonly<Record<string, (variable: string) => string>> = {
  EADDRINUSE: (variable) => `it is taken; set ${variable} to a free one, or to 0 for any`,
  EACCES: () => 'not allowed to; ports below 1024 often need privileges',
  EADDRNOTAVAIL: () => 'this machine has no such address; set HOST to one of its own',
  ENOTFOUND: () => 'no such host; set HOST to an address of this machine',
};

/** One line on why the server cannot listen, and what to do. */
export const describeListenError = (error: unknown, { host, port, variable }: Place): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const trouble = listenTroubles[code]?.(variable) ?? 'the system refused';
  return `Cannot listen on ${host}, port ${port}: ${trouble} (${code}).`;
};
