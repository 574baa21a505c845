/**
 * Which host names the gateway answers to. A page of a foreign site can have its own name lead to this machine (DNS
 * rebinding), and would then read answers as its own; but its requests still carry that name. Pure.
 */
import { isIPv6 } from 'node:net';
import { isLoopback } from './loopback.ts';
import { quoted, type Setting } from './setting.ts';

/** The setting. Its names are in the form of `hostIn`. */
export const allowedHosts: Setting<readonly string[] | undefined> = {
  takes: 'host names or IP addresses separated by commas, without ports',
  parse: (text) => {
    const hosts = text.split(',').map((entry) => readHost(entry.trim()));
    return hosts.every((host) => host !== undefined) ? { value: hosts } : { got: quoted(text) };
  },
  byDefault: undefined,
  shownDefault: 'unset: any; with a HOST of this machine only, its names',
  meaning:
    'Host names it answers to; others get status 421, probes and `/metrics` excepted, which are asked by address. Unset, a gateway that only this machine reaches answers to `localhost`, loopback addresses and HOST, so that no foreign page reads it from a browser under a name of its own.',
};

function readHost(entry: string): string | undefined {
  const host = isIPv6(entry) ? `[${entry}]` : entry;
  return /^(\[.*\]|[\w.-]+)$/.test(host) && URL.canParse(`http://${host}`) ? hostIn(host) : undefined;
}

/** The host of a valid `host:port` in one spelling: lower case, addresses as `URL` writes them, no final dot. */
function hostIn(authority: string): string {
  return new URL(`http://${authority}`).hostname.replace(/\.$/, '');
}

/**
 * Returns whether the gateway answers to a valid `host:port` of a request. An empty one stands for no host: only clients
 * that are no browser leave it out.
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

/** Browsers resolve every name below `localhost` to the loopback by themselves (RFC 6761, section 6.3). */
function isLocalName(host: string): boolean {
  return isLoopback(host) || host.endsWith('.localhost');
}
