/** What clients hold of the server, and what was closed or turned away to bound it. Knows nothing of operations. */

import type { Registry } from 'prom-client';
import { addLookedUp, createCounters } from './series.ts';

/** What is asked at each scrape. */
export type WatchedServer = {
  readonly usage: () => { readonly connections: number; readonly unreadBytes: number };
};

/** How many requests are in flight, and the declared bytes of their bodies. */
export type RequestUsage = { readonly requests: number; readonly bodyBytes: number };

/** What the server reports. None of it throws. */
export type ServerMetrics = {
  /** A connection was closed or refused; `reason` is one of `closeReasons`. */
  readonly countClosedConnection: (reason: string) => void;
  /** From now on each scrape asks this server. */
  readonly watchServer: (server: WatchedServer) => void;
  /** From now on each scrape asks what the requests in flight hold. */
  readonly watchRequests: (usage: () => RequestUsage) => void;
  /** A request was turned away; `reason` is one of `shedReasons`. */
  readonly countShedRequest: (reason: string) => void;
};

const shedReasons = ['loop-delay', 'heap', 'in-flight', 'address', 'bodies'];
const closeReasons = ['stalled', 'unread', 'crowded', 'refused'];

/** Adds the metrics, all at zero. */
export function addServerMetrics(registry: Registry): ServerMetrics {
  let watched: WatchedServer = { usage: () => ({ connections: 0, unreadBytes: 0 }) };
  addLookedUp(registry, connectionsFamily, () => watched.usage().connections);
  addLookedUp(registry, unreadFamily, () => watched.usage().unreadBytes);
  let requestUsage = (): RequestUsage => ({ requests: 0, bodyBytes: 0 });
  addLookedUp(registry, inFlightFamily, () => requestUsage().requests);
  addLookedUp(registry, bodiesFamily, () => requestUsage().bodyBytes);
  const closed = createCounters(registry, closedFamily);
  const shed = createCounters(registry, shedFamily);
  return {
    countClosedConnection: (reason) => closed.inc({ reason }),
    watchServer(server) {
      watched = server;
    },
    watchRequests(usage) {
      requestUsage = usage;
    },
    countShedRequest: (reason) => shed.inc({ reason }),
  };
}

const connectionsFamily = {
  name: 'client_connections',
  help: 'Open connections of clients; MAX_CONNECTIONS bounds them.',
};

const unreadFamily = {
  name: 'client_unread_bytes',
  help: 'Bytes of answers that wait for their clients; MAX_UNREAD_BYTES bounds them.',
};

const closedFamily = {
  name: 'client_connections_closed_total',
  help: 'Connections of clients that were closed because of a bound. stalled: the client took nothing of an answer for CLIENT_STALL_TIMEOUT_MS; unread: beyond MAX_UNREAD_BYTES; crowded: idle, or with a request that was not whole, while connections ran short; refused: none was left.',
  label: 'reason',
  values: closeReasons,
} as const;

const inFlightFamily = {
  name: 'requests_in_flight',
  help: 'HTTP requests that have arrived and are not answered to the end, probes included; MAX_REQUESTS_IN_FLIGHT bounds them.',
};

const bodiesFamily = {
  name: 'request_body_bytes',
  help: 'Bytes of the bodies of requests in flight, as declared; MAX_BODY_BYTES_IN_FLIGHT bounds them.',
};

const shedFamily = {
  name: 'requests_shed_total',
  help: 'Requests that were told OVERLOADED. loop-delay: the event loop was late; heap: the heap was nearly full; in-flight: too many were in flight; address: too many of one address were; bodies: the bodies of those in flight were too large together.',
  label: 'reason',
  values: shedReasons,
} as const;
