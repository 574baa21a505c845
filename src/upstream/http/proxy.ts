/** The proxy before an origin, if any, and the way through it. Reads no environment. */

import { BlockList, isIPv4, isIPv6, type Socket } from 'node:net';
import { unescape as unescapePercent } from 'node:querystring';
import { type buildConnector, type Dispatcher, Pool } from 'undici';
import { createConnector } from './connector.ts';

/** Hosts that are reached directly, on one port or on all. */
type DirectHosts = {
  /** `*` for every host; a name, which includes its subdomains; or an IP address, without brackets. */
  readonly host: string;
  /** How many leading bits of the address count; all of them by default. */
  readonly prefix?: number;
  readonly port?: number;
};

/** Proxies as their usual variables name them: URLs, and the hosts that are reached without them. */
export type ProxyOptions = {
  readonly httpProxy?: string | undefined;
  /** For `https:`; without it, `httpProxy` serves `https:` as well. */
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: readonly DirectHosts[] | undefined;
};

/**
 * The URL of the proxy to use for this origin; undefined to reach it directly. The loopback is no exception, as in
 * curl and undici: `noProxy` can name it.
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

/** Whether a host is an address of this block, however either is spelled. */
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

/** The port that a URL of this scheme means when it names none. */
function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}

/** A way through a proxy: `connect` is what a pool takes as its connector. */
export type Tunnel = {
  readonly connect: buildConnector.connector;
  /** Ends the connections to the proxy that are not yet tunnels. */
  readonly close: () => Promise<void>;
};

/** As long as undici gives a connection that needs no proxy. */
const defaultTimeoutMs = 10_000;

/**
 * The way through the proxy at this URL, by CONNECT (RFC 9110, section 9.3.6). Sends it the URL's user and password, if any,
 * as HTTP Basic. undici's own agent for this, in 7.30, connects anew at once, thousands of times a second and for ever, when
 * a proxy hangs up; and it is built on `Agent`, which `dispatcher.ts` avoids. A CONNECT without an answer fails after
 * `timeoutMs`, because the call that wanted it may be gone.
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

/** Has a code, as Node's own errors of a connection do: `http-call.ts` and the log read it. */
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
}
