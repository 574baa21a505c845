/** Reads NO_PROXY: the hosts that are called without the proxy, in the forms that curl and Go accept. Pure. */

import { isIP, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** One entry: hosts that it names, on one port or on all ports. */
export type NoProxyEntry = {
  /** `*` for every host; a name, which includes all names below it; or an IP address, without brackets. */
  readonly host: string;
  /** How many leading bits of the address count. Only for a block of addresses (CIDR). */
  readonly prefix?: number;
  readonly port?: number;
};

/**
 * Reads a list with commas or white space between entries: `*`; `example.com`, `.example.com`, `*.example.com`, with or
 * without a final dot; `10.0.0.7`, `::1`, `[::1]`; blocks such as `10.0.0.0/8`. All but blocks may have a port.
 * Returns the entries, and as `unknown` the words of no known form.
 */
export function readNoProxy(text: string) {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const read = words.map((word) => ({ word, entry: readEntry(word.toLowerCase()) }));
  return {
    entries: read.flatMap(({ entry }) => entry ?? []),
    unknown: read.flatMap(({ word, entry }) => (entry === undefined ? [word] : [])),
  };
}

function readEntry(word: string): NoProxyEntry | undefined {
  if (isAddress(word)) return { host: word };
  const [, address = '', prefix] = /^(.+)\/(\d{1,3})$/.exec(word) ?? [];
  if (isAddress(address) && Number(prefix) <= (isIPv6(address) ? 128 : 32))
    return { host: address, prefix: Number(prefix) };
  const [, bracketed, named = '', digits] = /^(?:\[([^%]*)\]|([^:/]*))(?::(\d{1,5}))?$/.exec(word) ?? [];
  const host = isIPv6(bracketed ?? '') ? bracketed : readHost(named);
  if (host === undefined || Number(digits ?? 1) < 1 || Number(digits ?? 1) > 65_535) return undefined;
  return { host, ...(digits !== undefined && { port: Number(digits) }) };
}

/** Whether a text is an IP address without a zone. A URL cannot have a zone. */
const isAddress = (text: string): boolean => isIP(text) !== 0 && !text.includes('%');

/** A name in the spelling of URLs. Undefined for a name such as `10.1`, because a URL reads it as another IPv4 address. */
function readHost(text: string): string | undefined {
  if (text === '*' || isAddress(text)) return text;
  const name = domainToASCII(text.replace(/^\*?\./, '').replace(/\.$/, ''));
  return /^[\w-]+(\.[\w-]+)*$/.test(name) && isIP(name) === 0 ? name : undefined;
}
