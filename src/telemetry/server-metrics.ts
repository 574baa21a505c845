/** Metrics of the server: what clients and requests hold, and what was closed or turned away to bound it. */
import type { Registry } from 'prom-client';
import { addCounters, addGauge } from './series.ts';

/** A server whose connections each scrape reads. */
export type WatchedServer = {
  readonly usage: () => { readonly connections: number; readonly unreadBytes: number };
};

/** How many requests are in flight, and the declared bytes of their bodies. */
export type RequestUsage = { readonly requests: number; readonly bodyBytes: number };

/** What the server reports to. None of it throws. */
export type ServerMetrics = {
  /** A connection was closed or refused. */
  readonly countClosedConnection: (reason: 'stalled' | 'unread' | 'crowded' | 'refused') => void;
  /** From now on each scrape reads this server. */
  readonly watchServer: (server: WatchedServer) => void;
  /** From now on each scrape reads what the requests in flight hold. */
  readonly watchRequests: (usage: () => RequestUsage) => void;
  /** A request was turned away. */
  readonly countShedRequest: (reason: 'loop-delay' | 'heap' | 'in-flight' | 'address' | 'bodies') => void;
};

/** Adds the metrics. */
export function addServerMetrics(registry: Registry): ServerMetrics {
  return { ...addConnectionMetrics(registry), ...addRequestMetrics(registry) };
}

function addConnectionMetrics(
  registry: Registry,
): Pick<ServerMetrics, 'countClosedConnection' | 'watchServer'> {
  let watched: WatchedServer | undefined;
  const connections = {
    name: 'client_connections',
    help: 'Open connections of clients; MAX_CONNECTIONS bounds them.',
  };
  addGauge(registry, connections, () => watched?.usage().connections ?? 0);
  const unread = {
    name: 'client_unread_bytes',
    help: 'Bytes of answers that wait for their clients; MAX_UNREAD_BYTES bounds them.',
  };
  addGauge(registry, unread, () => watched?.usage().unreadBytes ?? 0);
  return {
    countClosedConnection: addCounters(registry, {
      name: 'client_connections_closed_total',
      help: 'Connections of clients that were closed because of a bound. stalled: the client took nothing of an answer for CLIENT_STALL_TIMEOUT_MS; unread: beyond MAX_UNREAD_BYTES; crowded: idle, or with an unfinished request, while connections ran short; refused: none was left.',
      label: 'reason',
      values: ['stalled', 'unread', 'crowded', 'refused'],
    }),
    watchServer(server) {
      watched = server;
    },
  };
}

function addRequestMetrics(registry: Registry): Pick<ServerMetrics, 'countShedRequest' | 'watchRequests'> {
  let usage: (() => RequestUsage) | undefined;
  const inFlight = {
    name: 'requests_in_flight',
    help: 'HTTP requests that have arrived and are not fully answered, probes included; MAX_REQUESTS_IN_FLIGHT bounds them.',
  };
  addGauge(registry, inFlight, () => usage?.().requests ?? 0);
  const bodies = {
    name: 'request_body_bytes',
    help: 'Bytes of the bodies of requests in flight, as declared; MAX_BODY_BYTES_IN_FLIGHT bounds them.',
  };
  addGauge(registry, bodies, () => usage?.().bodyBytes ?? 0);
  return {
    countShedRequest: addCounters(registry, {
      name: 'requests_shed_total',
      help: 'Requests that were answered OVERLOADED. loop-delay: the event loop was late; heap: the heap was nearly full; in-flight: too many were in flight; address: too many of one address were; bodies: the bodies of those in flight were too large together.',
      label: 'reason',
      values: ['loop-delay', 'heap', 'in-flight', 'address', 'bodies'],
    }),
    watchRequests(read) {
      usage = read;
    },
  };
}
