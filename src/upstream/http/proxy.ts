/** Which proxy, if any, stands before an origin. Pure; how to go through it is not known here. */

import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Hosts that are met directly, on one port or on all. */
type DirectHosts = {
  /** `*` for every host; a name, which stands for what is below it as well; or an IP address, without brackets. */
  readonly host: string;
  /** How many leading bits of the address count; all of them unless given. */
  readonly prefix?: number;
  readonly port?: number;
};

/** Proxies as their usual variables have them: URLs, and who is met without them. */
export type ProxyOptions = {
  readonly httpProxy?: string | undefined;
  /** For `https:`; without it, `httpProxy` serves `https:` as well. */
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: readonly DirectHosts[] | undefined;
};

/**
 * The URL of the proxy to use for this origin; undefined to meet it directly. The loopback is no exception, as in
 * curl and undici: who wants one says so with `noProxy`.
 */
export const proxyFor = (
  origin: URL,
  { httpProxy, httpsProxy, noProxy = [] }: ProxyOptions,
): string | undefined => {
  const proxy = (origin.protocol === 'https:' && httpsProxy) || httpProxy || undefined;
  const port = Number(origin.port || defaultPort(origin.protocol));
  const host = origin.hostname.replace(/^\[|\]$|\.$/g, '');
  const isDirect = noProxy.some((hosts) => (hosts.port ?? port) === port && isAmong(host, hosts));
  return isDirect ? undefined : proxy;
};

const isAmong = (host: string, hosts: DirectHosts): boolean => {
  if (hosts.host === '*') return true;
  if (familyOf(hosts.host) !== undefined) return isInBlock(host, hosts);
  return host === hosts.host || host.endsWith(`.${hosts.host}`);
};

/** Whether a host is an address of this block, however either is spelled. */
const isInBlock = (host: string, { host: address, prefix }: DirectHosts): boolean => {
  const [hostFamily, family] = [familyOf(host), familyOf(address)];
  if (hostFamily === undefined || family === undefined) return false;
  const block = new BlockList();
  block.addSubnet(address, prefix ?? (family === 'ipv6' ? 128 : 32), family);
  return block.check(host, hostFamily);
};

const familyOf = (host: string): 'ipv4' | 'ipv6' | undefined => {
  if (isIPv6(host)) return 'ipv6';
  return isIPv4(host) ? 'ipv4' : undefined;
};

/** The port that a URL of this scheme means when it names none. */
export const defaultPort = (protocol: string): string => (protocol === 'https:' ? '443' : '80');
