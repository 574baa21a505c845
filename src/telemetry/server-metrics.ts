/** Metrics of the server: what connections and requests hold, and which were closed or refused because of a bound. */
import type { Series } from './series.ts';

/** Adds the metrics. Until the first `watchServer` and `watchRequests` they show a server without clients. */
export function addServerMetrics({ addCounters, addGauge }: Series) {
  let clients = () => ({ connections: 0, unreadBytes: 0 });
  let requests = () => ({ requests: 0, bodyBytes: 0 });
  addGauge({
    name: 'client_connections',
    help: 'Open connections of clients; at most MAX_CONNECTIONS.',
    read: () => clients().connections,
  });
  addGauge({
    name: 'client_unread_bytes',
    help: 'Bytes of answers that their clients have not read; at most MAX_UNREAD_BYTES.',
    read: () => clients().unreadBytes,
  });
  addGauge({
    name: 'requests_in_flight',
    help: 'HTTP requests that have arrived and are not fully answered, probes included; at most MAX_REQUESTS_IN_FLIGHT without probes.',
    read: () => requests().requests,
  });
  addGauge({
    name: 'request_body_bytes',
    help: 'Declared bytes of the bodies of requests in flight; at most MAX_BODY_BYTES_IN_FLIGHT, besides small bodies.',
    read: () => requests().bodyBytes,
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
    /** From now on each scrape asks this server for its connections. */
    watchServer({ usage }: { readonly usage: typeof clients }): void {
      clients = usage;
    },
    /** From now on each scrape reads what the requests in flight hold. */
    watchRequests(usage: typeof requests): void {
      requests = usage;
    },
  };
}
