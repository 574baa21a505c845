/** Which proxy an origin is called through, if any, and the tunnel through it. Does not read the environment. */

import { BlockList, isIP, isIPv6, type Socket } from 'node:net';
import { unescape as unescapePercent } from 'node:querystring';
import { type buildConnector, type Dispatcher, Pool } from 'undici';
import type { NoProxyEntry } from '../../config/no-proxy.ts';
import { createConnector } from './connector.ts';

/** The values of HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export type ProxyOptions = {
  readonly httpProxy?: string | undefined;
  /** For `https:`; without it, `httpProxy` serves `https:` as well. */
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: readonly NoProxyEntry[] | undefined;
};

/**
 * The URL of the proxy for this origin; undefined if it is called directly. The loopback is no exception, as in curl and
 * undici, but `noProxy` can name it.
 */
export function proxyFor(origin: URL, options: ProxyOptions): string | undefined {
  const { httpProxy, httpsProxy, noProxy = [] } = options;
  const proxy = (origin.protocol === 'https:' && httpsProxy) || httpProxy || undefined;
  const port = Number(origin.port || defaultPort(origin.protocol));
  const host = origin.hostname.replace(/^\[|\]$|\.$/g, '');
  const isDirect = noProxy.some((hosts) => (hosts.port ?? port) === port && isAmong(host, hosts));
  return isDirect ? undefined : proxy;
}

function isAmong(host: string, { host: named, prefix }: NoProxyEntry): boolean {
  if (isIP(named) === 0) return named === '*' || host === named || host.endsWith(`.${named}`);
  const block = new BlockList(); // It compares addresses, not their spelling.
  block.addSubnet(named, prefix ?? (isIPv6(named) ? 128 : 32), familyOf(named));
  return block.check(host, familyOf(host)); // False for a host that is no address.
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** The port of a URL with this scheme that names no port. */
const defaultPort = (protocol: string): string => (protocol === 'https:' ? '443' : '80');

/** A tunnel through a proxy. `connect` is a connector for an undici pool. */
export type Tunnel = {
  readonly connect: buildConnector.connector;
  /** Ends the connections to the proxy that are not yet tunnels. */
  readonly close: () => Promise<void>;
};

/** undici's own timeout for a direct connection. */
const defaultTimeoutMs = 10_000;

/**
 * Opens tunnels through the proxy at this URL by CONNECT (RFC 9110, section 9.3.6). Sends the URL's user and password,
 * if any, as HTTP Basic. A CONNECT without an answer fails after `timeoutMs`, because its call may have been cancelled.
 *
 * Not undici's own `ProxyAgent`: when a proxy closes the connection, that of 7.30 connects again thousands of times a
 * second, for ever. It also uses `Agent`, which `dispatcher.ts` avoids.
 */
export function createTunnel(proxyUrl: string, timeoutMs = defaultTimeoutMs): Tunnel {
  const { origin, username, password } = new URL(proxyUrl);
  const proxy = new Pool(origin, { connect: createConnector(), headersTimeout: timeoutMs });
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
}

/** Has a code, as Node's own connection errors do. `http-call.ts` and the log read it. */
function noTunnel(cause: unknown): Error {
  return Object.assign(new Error('The proxy opened no tunnel.', { cause }), { code: 'PROXY_NO_TUNNEL' });
}

function basic(username: string, password: string): string {
  const credential = `${unescapePercent(username)}:${unescapePercent(password)}`;
  return `Basic ${Buffer.from(credential).toString('base64')}`;
}

async function openTunnel(
  proxy: Dispatcher,
  headers: Readonly<Record<string, string>>,
  { hostname, protocol, port }: buildConnector.Options,
): Promise<Socket> {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  const authority = `${host}:${port || defaultPort(protocol)}`;
  // The pool knows its origin, but the type requires one.
  const { statusCode, socket } = await proxy.connect({
    origin: '',
    path: authority,
    headers: { ...headers, host: authority },
  });
  if (statusCode === 200) return socket as Socket;
  socket.destroy();
  const refusal = new Error(`Expected the proxy to answer with status 200, got ${statusCode}.`);
  throw Object.assign(refusal, { code: `PROXY_STATUS_${statusCode}` });
}
