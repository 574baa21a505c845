/**
 * The fairness key: which client a request comes from, judged by addresses. Only queues and counts use it; it never goes
 * into a log line, metric or span. Pure.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { rememberLast } from './request-target.ts';

/** The addresses that a request came with. */
export type CallerAddresses = {
  /** The address at the other end of the connection; undefined when there is no connection. */
  readonly peer: string | undefined;
  /** The X-Forwarded-For header, its lines joined by commas; `null` without one. */
  readonly forwardedFor: string | null;
  /** How many proxies stand before the gateway. Each appends the address that it was called from. */
  readonly trustedProxies: number;
};

/**
 * Returns the client's fairness key; undefined when no address is known.
 *
 * The client's address is the entry of X-Forwarded-For that the outermost trusted proxy wrote: a client can forge the
 * entries before it. If there is no such entry, or it is not an address, the peer's address counts. The key of an IPv6
 * address is its first 64 bits, because one client can take any address of such a network (RFC 4291, section 2.5.4). An
 * IPv4 address has the same key in its IPv6 form.
 */
export const fairnessKeyOf = ({
  peer = '',
  forwardedFor,
  trustedProxies,
}: CallerAddresses): string | undefined => forwardedKey(forwardedFor ?? '', trustedProxies) ?? keyOf(peer);

function forwardedKey(forwardedFor: string, trustedProxies: number): string | undefined {
  if (trustedProxies === 0) return undefined;
  const entry = forwardedFor.split(',').at(-trustedProxies)?.trim() ?? '';
  return keyOf(withoutPort(entry));
}

/** Removes port and brackets: some proxies write `1.2.3.4:567`, `[2001:db8::1]:567` or `[2001:db8::1]`. */
function withoutPort(entry: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d+)?$/.exec(entry) ?? [];
  return bracketed ?? plain ?? entry;
}

/** Every request needs the key of its address twice. */
const keyOf = rememberLast((address: string): string | undefined => {
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 6).join() === '0,0,0,0,0,ffff'; // RFC 4291, section 2.5.5.2.
  return isMapped ? ipv4Of(groups.slice(6)) : `${groups.slice(0, 4).join(':')}::/64`;
});

/** The eight groups of an IPv6 address in hexadecimal, however it was written. */
function groupsOf(address: string): readonly string[] {
  const withoutZone = address.replace(/%.*$/, '');
  const shortest = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = shortest.split('::').map((part) => part.split(':').filter(Boolean));
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
}

const ipv4Of = (groups: readonly string[]): string =>
  groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
