/**
 * The HTTP server around a listener: it binds the port, bounds what slow clients hold, and stops without losing a request.
 */

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../errors.ts';
import { type CloseReason, type ConnectionLimits, watchConnections } from './connections.ts';
import { createDrain, type Drain } from './drain.ts';
import { limitPipelining } from './pipelining.ts';
import { planShutdown } from './shutdown.ts';

/** What a server needs. */
export type ServerOptions = {
  readonly listener: RequestListener;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The time of a whole stop. `planShutdown` divides it. */
  readonly shutdownTimeoutMs: number;
  /** From `stop()` until no more connections are accepted. Default: that of `planShutdown`. */
  readonly shutdownDelayMs?: number;
  /**
   * Called first on `stop()`, so that readiness drops while requests are still accepted. Answers should be ready within
   * `withinMs` milliseconds, which leaves time to send them before the cut-off. Called again when no more requests can
   * arrive, if some are still open: the more are open, the more time sending them takes.
   */
  readonly onDrain?: (withinMs: number) => void;
  readonly limits?: Partial<ServerLimits>;
  /** Called for every connection that is closed or refused because of a limit. */
  readonly onConnectionClosed?: (reason: CloseReason) => void;
};

/** A server that listens. */
export type RunningServer = Awaited<ReturnType<typeof startServer>>;

/** Bounds on what clients can hold, and for how long. */
export type ServerLimits = ConnectionLimits & typeof usualLimits;

const usualLimits = {
  /** From the connection's start, or the request's first byte, to the end of its headers: one packet of honest clients. */
  headersTimeoutMs: 10_000,
  /** From the request's first byte to the end of its body. MAX_BODY_BYTES pass the slowest mobile network in this time. */
  requestTimeoutMs: 30_000,
  /** How often Node checks the two timeouts above. A client can exceed them by this much. */
  checkIntervalMs: 2000,
  /**
   * How long a connection may be idle between requests. Load balancers (AWS, Google, nginx) close an idle connection after
   * 60 s. The server must keep it longer: otherwise a balancer may send a request into a connection that is closing.
   */
  keepAliveTimeoutMs: 65_000,
  /** How often unread answers are measured. */
  connectionsCheckMs: 500,
  clientStallTimeoutMs: 30_000,
  maxUnreadBytes: 134_217_728,
  maxConnections: 10_000,
  /** Requests of one connection that are served at once. More wait. */
  maxRequestsPerConnection: 32,
};

/**
 * Binds the port and serves.
 * @throws Node's own error, with `code`, when it cannot listen there; see `describeListenError`.
 */
export async function startServer(options: ServerOptions) {
  const { host, port, listener } = options;
  const limits: ServerLimits = { ...usualLimits, ...options.limits };
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
  });
  const connections = watchConnections(server, limits, {
    now: () => performance.now(),
    onClosed: options.onConnectionClosed ?? (() => undefined),
  });
  const drain = createDrain(server, connections, limitPipelining(listener, limits.maxRequestsPerConnection));
  await once(server.listen({ port, host, backlog }), 'listening'); // Rejects on 'error'.
  const checks = setInterval(connections.check, limits.connectionsCheckMs).unref();
  server.once('close', () => clearInterval(checks));

  const bound = server.address() as AddressInfo; // A string only for a pipe, null only before listening.
  let stopping: ReturnType<typeof stopServer> | undefined;
  return {
    /** For a person to open: never a wildcard address. */
    url: `http://${clickableHost(host)}:${bound.port}`,
    port: bound.port,
    /** What clients hold right now. */
    usage: connections.usage,
    /** Stops for good, and counts the accepted requests that were not answered. Calling again returns the same promise. */
    stop: () => {
      stopping ??= stopServer({ server, drain }, options);
      return stopping;
    },
  };
}

/**
 * The most connections that the kernel queues until this process accepts them. The kernel caps this number
 * (net.core.somaxconn, 4096 on Linux since 5.4). Node's default of 511 is too small when many clients connect at once, as
 * after a restart of the balancer: a client that finds the queue full tries again after a second. Measured with 1500 clients
 * and a loop busy for 0.3 s: two thirds waited for that second with 511, and none with 4096.
 */
const backlog = 4096;

/**
 * Stops the server by its plan. The socket must close before answers end their connections. Otherwise busy clients would
 * connect again at once: the kernel would accept some that this process has not accepted yet, and closing the socket would
 * reset them. `close` of node:net only closes the socket. That of node:http, which extends it, would also end idle
 * connections in the same turn.
 */
async function stopServer(
  { server, drain }: { readonly server: Server; readonly drain: Drain },
  { shutdownTimeoutMs, shutdownDelayMs, onDrain }: ServerOptions,
) {
  const startedAt = performance.now();
  // Node 24 warns of a timer in the past.
  const msUntil = (moment: number) => Math.max(0, moment - (performance.now() - startedAt));
  const planNow = () => planShutdown(shutdownTimeoutMs, drain.openRequests(), shutdownDelayMs);
  const plan = planNow();
  const announceDeadline = () => onDrain?.(msUntil(planNow().operationsEndAt));
  announceDeadline();
  await delay(plan.holdsAt);
  await drain.hold(msUntil(plan.socketClosesBy));

  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  drain.begin();
  const endIdle = async () => {
    await drain.endIdle(msUntil(plan.idleEndsBy));
    if (drain.openRequests() > 0) announceDeadline();
  };
  const idleTimer = setTimeout(() => void endIdle(), plan.idleEndsAfterMs);
  let unanswered = 0;
  const deadline = setTimeout(() => {
    unanswered = drain.cutOff();
  }, msUntil(plan.cutOffAt));
  await closed;
  clearTimeout(idleTimer);
  clearTimeout(deadline);
  return { unanswered };
}

/** Returns `localhost` for a wildcard address, which not every system opens in a browser. Brackets IPv6 addresses. */
function clickableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

const listenProblems: Readonly<Record<string, (port: string, host: string) => string>> = {
  EADDRINUSE: (port) => `it is taken; set ${port} to a free one, or to 0 for any`,
  EACCES: () => 'not allowed to; ports below 1024 often need privileges',
  EADDRNOTAVAIL: (_, host) => `this machine has no such address; set ${host} to one of its own`,
  ENOTFOUND: (_, host) => `no such host; set ${host} to an address of this machine`,
};

/** One line that says why the server cannot listen, and what to do. `variable` is the setting of its port. */
export function describeListenError(
  error: unknown,
  { host, port, variable }: Pick<ServerOptions, 'host' | 'port'> & { readonly variable: string },
): string {
  const code = codeOf(error);
  const hostVariable = variable === 'SANDBOX_PORT' ? 'SANDBOX_HOST' : 'HOST';
  const problem = listenProblems[code]?.(variable, hostVariable) ?? 'the system refused';
  return `Cannot listen on ${host}, port ${port}: ${problem} (${code}).`;
}
