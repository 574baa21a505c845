/** Which proxy, if any, stands before an origin. Pure; how to go through it is not known here. */

/** Proxies as their usual variables have them: URLs, and a list of hosts that are met directly. */
export type ProxyOptions = {
  readonly httpProxy?: string | undefined;
  /** For `https:`; without it, `httpProxy` serves `https:` as well. */
  readonly httpsProxy?: string | undefined;
  /**
   * Hosts, parted by commas or spaces; `example.com`, `.example.com` and `*.example.com` all mean the host
   * and whatever is below it, a port narrows an entry down, and `*` means every host.
   */
  readonly noProxy?: string | undefined;
};

/**
 * The URL of the proxy to use for this origin; undefined to meet it directly. The loopback is no exception, as in
 * curl and undici: who wants one says so with `noProxy`.
 */
export const proxyFor = (
  origin: URL,
  { httpProxy, httpsProxy, noProxy }: ProxyOptions,
): string | undefined => {
  const proxy = (origin.protocol === 'https:' && httpsProxy) || httpProxy || undefined;
  const entries = (noProxy ?? '').toLowerCase().split(/[\s,]+/);
  const isDirect = entries.some((entry) => isNamedBy(origin, entry));
  return isDirect ? undefined : proxy;
};

const isNamedBy = ({ protocol, hostname, port }: URL, entry: string): boolean => {
  if (entry === '*') return true;
  const [, name = '', entryPort] = /^(?:\*?\.)?(.+?)(?::(\d+))?$/.exec(entry) ?? [];
  if (name === '' || (entryPort !== undefined && entryPort !== (port || defaultPort(protocol)))) return false;
  return hostname === name || hostname.endsWith(`.${name}`);
};

/** The port that a URL of this scheme means when it names none. */
export const defaultPort = (protocol: string): string => (protocol === 'https:' ? '443' : '80');
