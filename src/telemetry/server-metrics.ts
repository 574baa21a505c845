/** What clients hold of the server, and what was closed to bound it. Knows nothing of requests. */

import type { Registry } from 'prom-client';
import { addLookedUp, createCounters } from './series.ts';

/** What is asked at each scrape. */
export type WatchedServer = {
  readonly usage: () => { readonly connections: number; readonly unreadBytes: number };
};

/** What the server reports. None of it throws. */
export type ServerMetrics = {
  /** A connection was closed or refused; `reason` is one of `closeReasons`. */
  readonly countClosedConnection: (reason: string) => void;
  /** From now on each scrape asks this server. */
  readonly watchServer: (server: WatchedServer) => void;
};

const closeReasons = ['stalled', 'unread', 'crowded', 'refused'];

/** Adds the metrics, all at zero. */
export function addServerMetrics(registry: Registry): ServerMetrics {
  let watched: WatchedServer = { usage: () => ({ connections: 0, unreadBytes: 0 }) };
  addLookedUp(registry, connectionsFamily, () => watched.usage().connections);
  addLookedUp(registry, unreadFamily, () => watched.usage().unreadBytes);
  const closed = createCounters(registry, closedFamily);
  return {
    countClosedConnection: (reason) => closed.inc({ reason }),
    watchServer(server) {
      watched = server;
    },
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
  help: 'Connections of clients that were closed because of a bound. stalled: the client took nothing of an answer for CLIENT_STALL_TIMEOUT_MS; unread: beyond MAX_UNREAD_BYTES; crowded: idle while connections ran short; refused: none was left.',
  label: 'reason',
  values: closeReasons,
} as const;
