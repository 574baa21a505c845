/**
 * Metrics of the server: what connections, requests and documents hold, and which were closed or refused because of a bound.
 */
import type { Series } from './series.ts';

/** Adds the metrics. Until `watch` is called they show a server without clients. */
export function addServerMetrics({ addCounters, addGauge }: Series) {
  const watched = {
    clients: () => ({ connections: 0, unreadBytes: 0 }),
    requests: () => ({ requests: 0, bodyBytes: 0 }),
    documentBytes: () => 0,
  };
  addGauge({
    name: 'client_connections',
    help: 'Open connections of clients; at most MAX_CONNECTIONS.',
    read: () => watched.clients().connections,
  });
  addGauge({
    name: 'client_unread_bytes',
    help: 'Bytes of answers that their clients have not read; at most MAX_UNREAD_BYTES.',
    read: () => watched.clients().unreadBytes,
  });
  addGauge({
    name: 'requests_in_flight',
    help: 'HTTP requests that have arrived and are not fully answered, probes included; at most MAX_REQUESTS_IN_FLIGHT without probes.',
    read: () => watched.requests().requests,
  });
  addGauge({
    name: 'request_body_bytes',
    help: 'Declared bytes of the bodies of requests in flight; at most MAX_BODY_BYTES_IN_FLIGHT, besides small bodies.',
    read: () => watched.requests().bodyBytes,
  });
  addGauge({
    name: 'document_cache_bytes',
    help: 'Estimated memory of parsed documents and prepared operations, in bytes. At most DOCUMENT_CACHE_BYTES.',
    read: () => watched.documentBytes(),
  });
  return {
    countClosedConnection: addCounters({
      name: 'client_connections_closed_total',
      help: 'Connections of clients that were closed because of a bound. stalled: the client read nothing of an answer for CLIENT_STALL_TIMEOUT_MS; unread: MAX_UNREAD_BYTES was exceeded; crowded: nearly MAX_CONNECTIONS were open, and this one was idle or its request had not arrived whole; refused: MAX_CONNECTIONS were open.',
      label: 'reason',
      values: ['stalled', 'unread', 'crowded', 'refused'],
    }),
    countShedRequest: addCounters({
      name: 'requests_shed_total',
      help: 'Requests that were refused with OVERLOADED. loop-delay: the event loop was late; heap: the heap was nearly full; in-flight: too many requests were in flight; address: one address had too many requests in flight; bodies: the bodies of all requests in flight were too large.',
      label: 'reason',
      values: ['loop-delay', 'heap', 'in-flight', 'address', 'bodies'],
    }),
    /** From now on each scrape reads these sources. */
    watch: (sources: Partial<typeof watched>) => void Object.assign(watched, sources),
  };
}
