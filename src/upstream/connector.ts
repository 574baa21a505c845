/** Remembers why connections did not come about. Knows neither where they lead nor how they are made. */

import type { buildConnector } from 'undici';

const connectFailures = new WeakSet<Error>();

/** The same way to connect, whose failures `isConnectFailure` knows. */
export function rememberingFailures(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...outcome) => {
      if (outcome[0] !== null) connectFailures.add(outcome[0]);
      callback(...outcome);
    });
}

/**
 * Whether something failed because there was no connection to send it over: name not found, refused, no TLS, no tunnel.
 * undici gives the connector's own error to the request that wanted the connection.
 */
export function isConnectFailure(error: unknown): boolean {
  return error instanceof Error && connectFailures.has(error);
}
