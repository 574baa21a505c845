/**
 * Who calls, as far as addresses tell: whom fairness is between. Pure. What comes out is for the queue alone, and must
 * stand in no log line, metric or span.
 */
import { isIPv4, isIPv6 } from 'node:net';

/** What is known of where a request comes from. */
export type CallerAddresses = {
  /** The address at the other end of the connection; undefined without a connection, or when it has gone. */
  readonly peer: string | undefined;
  /** X-Forwarded-For: the lines of several joined by commas, as HTTP has it; `null` without one. */
  readonly forwardedFor: string | null;
  /** How many proxies stand before the gateway, each of which appends the address that it was called from. */
  readonly trustedProxies: number;
};

/**
 * The client's address: of what stands in X-Forwarded-For the entry that the outermost trusted proxy has written, for
 * all before it can be made up. The peer's own where there is no such entry, or one that is no address. An IPv6 address
 * counts by its first 64 bits, since one client can take any address of such a network (RFC 4291, section 2.5.4), and
 * an IPv4 address is the same in its IPv6 form. Undefined when nothing is known.
 */
export function callerSubject({
  peer = '',
  forwardedFor,
  trustedProxies,
}: CallerAddresses): string | undefined {
  return forwardedSubject(forwardedFor ?? '', trustedProxies) ?? subjectOf(peer);
}

function forwardedSubject(forwardedFor: string, trustedProxies: number): string | undefined {
  if (trustedProxies === 0) return undefined;
  const entry = forwardedFor.split(',').at(-trustedProxies)?.trim() ?? '';
  return subjectOf(withoutPort(entry));
}

/** `1.2.3.4:567`, `[2001:db8::1]:567` and `[2001:db8::1]`, as some proxies write them. */
function withoutPort(entry: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d+)?$/.exec(entry) ?? [];
  return bracketed ?? plain ?? entry;
}

function subjectOf(address: string): string | undefined {
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
