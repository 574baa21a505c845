/**
 * Which host names the gateway answers to. A foreign page can make its own name resolve to this machine (DNS rebinding), and
 * would then read answers as its own. But its requests still carry that name. Pure.
 */

import { isIPv6 } from 'node:net';
import { quoted, type Setting } from './setting.ts';

/** ALLOWED_HOSTS. Its names have the spelling of `hostIn`. */
export const allowedHosts: Setting<readonly string[] | undefined> = {
  takes: 'host names or IP addresses separated by commas, without ports',
  parse: (text) => {
    const hosts = text.split(',').map((entry) => readHost(entry.trim()));
    return hosts.every((host) => host !== undefined) ? { value: hosts } : { got: quoted(text) };
  },
  byDefault: undefined,
  shownDefault: 'unset: any; with a HOST of this machine only, its names',
  meaning:
    'Host names that it answers to. Others get status 421, but for probes and `/metrics`, which are called by address. Unset, a gateway that only this machine reaches answers to `localhost`, loopback addresses and HOST. So no foreign page can read it from a browser under another name.',
};

function readHost(entry: string): string | undefined {
  const host = isIPv6(entry) ? `[${entry}]` : entry;
  return /^(\[.*\]|[\w.-]+)$/.test(host) && URL.canParse(`http://${host}`) ? hostIn(host) : undefined;
}

/** The host of a valid `host:port`, in one spelling: lower case, addresses as `URL` writes them, no final dot. */
function hostIn(authority: string): string {
  return new URL(`http://${authority}`).hostname.replace(/\.$/, '');
}

/**
 * Returns a function that says whether the gateway answers to a request's valid `host:port`. An empty text means no
 * host: only clients that are no browser send none.
 */
export function hostCheck(config: {
  readonly host: string;
  readonly allowedHosts: readonly string[] | undefined;
}): (authority: string) => boolean {
  if (config.allowedHosts !== undefined) {
    const allowed = new Set(config.allowedHosts);
    return (authority) => authority === '' || allowed.has(hostIn(authority));
  }
  if (!isLoopback(config.host)) return () => true;
  return (authority) => authority === '' || isLocalName(hostIn(authority));
}

/**
 * Whether a host is the loopback, as a name, an address, or as `URL` writes it. All of 127.0.0.0/8 is (RFC 1122, section
 * 3.2.1.3). `URL` has normalised shorthands such as `127.1`.
 */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|::1)$/.test(host);
}

/** Browsers resolve every name below `localhost` to the loopback (RFC 6761, section 6.3). */
function isLocalName(host: string): boolean {
  return isLoopback(host) || host.endsWith('.localhost');
}
