/**
 * Which host names the gateway answers to. A foreign page can make its own host name resolve to this machine (DNS
 * rebinding). The browser would then let the page read answers. But its requests still have the foreign name in `Host`.
 * Pure.
 */

import { isIPv6 } from 'node:net';
import { quoted, type Setting } from './setting.ts';

/** ALLOWED_HOSTS. The value has names as `hostIn` spells them. */
export const allowedHosts: Setting<readonly string[] | undefined> = {
  takes: 'host names or IP addresses separated by commas, without ports',
  parse: (text) => {
    const hosts = text.split(',').map((entry) => readHost(entry.trim()));
    return hosts.every((host) => host !== undefined) ? { value: hosts } : { got: quoted(text) };
  },
  byDefault: undefined,
  shownDefault: 'unset: any; if HOST is the loopback, its names only',
  meaning:
    'Host names that the gateway answers to. A request to another name gets status 421, except probes and `/metrics`, which are called by address. If it is unset and HOST is the loopback, the gateway answers to `localhost` and loopback addresses alone. So a foreign page in a browser cannot read it under another name (DNS rebinding).',
};

function readHost(entry: string): string | undefined {
  const host = isIPv6(entry) ? `[${entry}]` : entry;
  return /^(\[.*\]|[\w.-]+)$/.test(host) && URL.canParse(`http://${host}`) ? hostIn(host) : undefined;
}

/** The host in a valid `host:port`, in one spelling: lower case, addresses as `URL` writes them, no dot at the end. */
const hostIn = (authority: string): string => new URL(`http://${authority}`).hostname.replace(/\.$/, '');

/**
 * Returns a function that decides whether the gateway answers to a request's valid `host:port`. Always accepts an empty
 * text, which means no `Host`: every browser sends one.
 */
export function hostCheck(config: {
  readonly host: string;
  readonly allowedHosts: readonly string[] | undefined;
}): (authority: string) => boolean {
  if (config.allowedHosts === undefined && !isLoopback(config.host)) return () => true;
  const isAllowed = (name: string) => config.allowedHosts?.includes(name) ?? isLocalName(name);
  return (authority) => authority === '' || isAllowed(hostIn(authority));
}

/**
 * Whether a host is the loopback: `localhost`, an address in 127.0.0.0/8 (RFC 1122, section 3.2.1.3), or `::1` with or
 * without brackets. Does not know shorthands such as `127.1`, which `URL` has already written out.
 */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|::1)$/.test(host);

/** Browsers resolve every name below `localhost` to the loopback (RFC 6761, section 6.3). */
const isLocalName = (host: string): boolean => isLoopback(host) || host.endsWith('.localhost');
