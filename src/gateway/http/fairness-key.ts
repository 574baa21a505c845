/**
 * The fairness key: which client a request comes from, judged by addresses. Pure. The key is for queues and counts
 * alone, and stands in no log line, metric or span.
 */
import { isIPv4, isIPv6 } from 'node:net';

/** What is known of where a request comes from. */
export type CallerAddresses = {
  /** The address at the other end of the connection; undefined without a connection, or when it has gone. */
  readonly peer: string | undefined;
  /** X-Forwarded-For: several lines joined by commas, as HTTP has it; `null` without one. */
  readonly forwardedFor: string | null;
  /** How many proxies stand before the gateway. Each appends the address that it was called from. */
  readonly trustedProxies: number;
};

/**
 * The client's address. It is the entry of X-Forwarded-For that the outermost trusted proxy has written: everything
 * before it can be made up. Without such an entry, or if it is no address, it is the peer's. An IPv6 address counts by its
 * first 64 bits, since one client can take any address of such a network (RFC 4291, section 2.5.4). An IPv4 address is
 * the same in its IPv6 form. Undefined when nothing is known.
 */
export function fairnessKeyOf({
  peer = '',
  forwardedFor,
  trustedProxies,
}: CallerAddresses): string | undefined {
  return forwardedKey(forwardedFor ?? '', trustedProxies) ?? keyOf(peer);
}

function forwardedKey(forwardedFor: string, trustedProxies: number): string | undefined {
  if (trustedProxies === 0) return undefined;
  const entry = forwardedFor.split(',').at(-trustedProxies)?.trim() ?? '';
  return keyOf(withoutPort(entry));
}

/** `1.2.3.4:567`, `[2001:db8::1]:567` and `[2001:db8::1]`, as some proxies write them. */
function withoutPort(entry: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d+)?$/.exec(entry) ?? [];
  return bracketed ?? plain ?? entry;
}

function keyOf(address: string): string | undefined {
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 6).join() === '0,0,0,0,0,ffff'; // RFC 4291, section 2.5.5.2.
  return isMapped ? dotted(groups.slice(6)) : `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address in hexadecimal, however it was written. */
function groupsOf(address: string): readonly string[] {
  const withoutZone = address.replace(/%.*$/, '');
  const shortest = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = shortest.split('::').map((part) => part.split(':').filter(Boolean));
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
}

function dotted(groups: readonly string[]): string {
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}
