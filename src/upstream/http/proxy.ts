/** Which proxy an origin is called through, if any, and the tunnel through it. Does not read the environment. */

import { BlockList, isIPv4, isIPv6, type Socket } from 'node:net';
import { unescape as unescapePercent } from 'node:querystring';
import { type buildConnector, type Dispatcher, Pool } from 'undici';
import { createConnector } from './connector.ts';

/** Hosts that are called without the proxy, on one port or on all ports. */
type DirectHosts = {
  /** `*` for every host; a name, which includes its subdomains; or an IP address, without brackets. */
  readonly host: string;
  /** How many leading bits of the address count; all of them by default. */
  readonly prefix?: number;
  readonly port?: number;
};

/** The values of HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export type ProxyOptions = {
  readonly httpProxy?: string | undefined;
  /** For `https:`; without it, `httpProxy` serves `https:` as well. */
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: readonly DirectHosts[] | undefined;
};

/**
 * The URL of the proxy for this origin; undefined if it is called directly. The loopback is no exception, as in curl and
 * undici, but `noProxy` can name it.
 */
export function proxyFor(
  origin: URL,
  { httpProxy, httpsProxy, noProxy = [] }: ProxyOptions,
): string | undefined {
  const proxy = (origin.protocol === 'https:' && httpsProxy) || httpProxy || undefined;
  const port = Number(origin.port || defaultPort(origin.protocol));
  const host = origin.hostname.replace(/^\[|\]$|\.$/g, '');
  const isDirect = noProxy.some((hosts) => (hosts.port ?? port) === port && isAmong(host, hosts));
  return isDirect ? undefined : proxy;
}

function isAmong(host: string, hosts: DirectHosts): boolean {
  if (hosts.host === '*') return true;
  if (familyOf(hosts.host) !== undefined) return isInBlock(host, hosts);
  return host === hosts.host || host.endsWith(`.${hosts.host}`);
}

/** Whether a host is an address in this block. Compares addresses, not their spelling. */
function isInBlock(host: string, { host: address, prefix }: DirectHosts): boolean {
  const [hostFamily, family] = [familyOf(host), familyOf(address)];
  if (hostFamily === undefined || family === undefined) return false;
  const block = new BlockList();
  block.addSubnet(address, prefix ?? (family === 'ipv6' ? 128 : 32), family);
  return block.check(host, hostFamily);
}

function familyOf(host: string): 'ipv4' | 'ipv6' | undefined {
  if (isIPv6(host)) return 'ipv6';
  return isIPv4(host) ? 'ipv4' : undefined;
}

/** The port of a URL with this scheme that names no port. */
function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}

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
