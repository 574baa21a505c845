/**
 * Connections through an HTTP proxy, by CONNECT (RFC 9110, section 9.3.6), for undici's pool. Knows neither
 * when a proxy is used nor what goes through it.
 */

import type { Socket } from 'node:net';
import { unescape as unescapePercent } from 'node:querystring';
import { type buildConnector, type Dispatcher, Pool } from 'undici';
import { createConnector } from './interim.ts';
import { defaultPort } from './proxy.ts';

/** A way through a proxy: `connect` is what a pool takes as its connector. */
export type Tunnel = {
  readonly connect: buildConnector.connector;
  /** Ends the connections to the proxy that are not yet tunnels. */
  readonly close: () => Promise<void>;
};

/** As long as undici gives a connection that needs no proxy. */
const defaultTimeoutMs = 10_000;

/**
 * The way through the proxy at this URL, whose user and password, if any, it is told as HTTP Basic. undici
 * has an agent that does this, but in 7.30 that agent connects anew at once, thousands of times a second and
 * for ever, when a proxy hangs up; and it rests on `Agent`, which `dispatcher.ts` has its reasons to avoid.
 * A CONNECT without an answer fails after `timeoutMs`, so that it cannot block its place for ever: whoever
 * waited for it may be long gone.
 */
export const createTunnel = (proxyUrl: string, timeoutMs = defaultTimeoutMs): Tunnel => {
  const { origin, username, password } = new URL(proxyUrl);
  const proxy = new Pool(origin, {
    connect: createConnector(),
    headersTimeout: timeoutMs,
  });
  const headers = username === '' ? {} : { 'proxy-authorization': basic(username, password) };
  const connectTls = createConnector();
  return {
    connect: (options, callback) => {
      openTunnel(proxy, headers, options).then(
        (socket) => {
          if (options.protocol === 'https:') connectTls({ ...options, httpSocket: socket }, callback);
          else callback(null, socket);
        },
        (cause: unknown) => callback(noTunnel(cause), null),
      );
    },
    close: () => proxy.destroy(),
  };
};

/** Has a code, as Node's own errors of a connection do: `transport-failure.ts` and the log go by it. */
const noTunnel = (cause: unknown): Error =>
  Object.assign(new Error('The proxy opened no tunnel.', { cause }), { code: 'PROXY_NO_TUNNEL' });

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${unescapePercent(username)}:${unescapePercent(password)}`).toString('base64')}`;

const openTunnel = async (
  proxy: Dispatcher,
  headers: Readonly<Record<string, string>>,
  { hostname, protocol, port }: buildConnector.Options,
): Promise<Socket> => {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  const authority = `${host}:${port || defaultPort(protocol)}`;
  // The pool has its origin; the type asks for it all the same.
  const { statusCode, socket } = await proxy.connect({
    origin: '',
    path: authority,
    headers: { ...headers, host: authority },
  });
  if (statusCode === 200) return socket as Socket;
  socket.destroy();
  const refusal = new Error(`Expected the proxy to answer with status 200, got ${statusCode}.`);
  throw Object.assign(refusal, { code: `PROXY_STATUS_${statusCode}` });
};
