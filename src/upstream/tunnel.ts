/**
 * Pools for connections that a proxy tunnels, mending what undici 7.30 does when a proxy misbehaves. Knows
 * neither which proxy nor when one is used.
 */

import { type buildConnector, type Dispatcher, Pool } from 'undici';

/** As long as undici gives a connection that needs no proxy, in milliseconds. */
const tunnelTimeoutMs = 10_000;

/**
 * The pool of connections to the upstream (an undici `factory`). When a proxy hangs up instead of answering
 * CONNECT, undici takes that for a connection that broke between two requests and connects anew at once,
 * thousands of times a second, and goes on after the call was given up. It does so for errors with this one
 * code: in an error without it, the same failure ends the calls that wait for the connection, as it should.
 */
export const createTunnelPool = (origin: string | URL, options: Pool.Options): Dispatcher => {
  const { connect } = options;
  return new Pool(
    origin,
    typeof connect === 'function' ? { ...options, connect: failOnHangUp(connect) } : options,
  );
};

const failOnHangUp =
  (connect: buildConnector.connector): buildConnector.connector =>
  (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error === null) return callback(null, socket);
      const isHangUp = 'code' in error && error.code === 'UND_ERR_SOCKET';
      return callback(isHangUp ? new Error('The proxy hung up.', { cause: error }) : error, null);
    });

/**
 * The pool of connections to the proxy itself (an undici `clientFactory`). A CONNECT without an answer blocks
 * its connection for 10 s; with undici's default it would be 300 s, long after the call was given up.
 */
export const createProxyPool = (origin: URL, options: Pool.Options): Dispatcher =>
  new Pool(origin, { ...options, headersTimeout: tunnelTimeoutMs });
