/**
 * Parses the URLs of the upstream, of a proxy and of Redis. A problem never repeats the text, because it may contain a
 * password, even in a wrong place.
 */

import { isLoopback } from './allowed-hosts.ts';
import type { Parsed } from './setting.ts';

const isWeb = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'http:';

// Does not show the scheme, because in `user:password@proxy` the user is parsed as the scheme.
const otherKind = { got: 'a URL of another kind' };

const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/**
 * Parses the upstream's base URL: `https:` or `http:`, with or without a path. Refuses user, password, query and fragment,
 * because each would silently be lost or be sent with every call, and the endpoint's own path, which every call adds. The
 * value has no slash at the end.
 */
export function parseUpstreamUrl(text: string): Parsed<string> {
  const url = parseUrl(text);
  if (url === undefined) return { got: 'something that is no URL' };
  if (!isWeb(url)) return otherKind;
  if (url.username !== '' || url.password !== '') return { got: 'a URL with a user or a password in it' };
  // Searches the text, because `URL` does not report the empty query of `https://host/?`.
  if (text.includes('?')) return { got: 'a URL with a query' };
  if (text.includes('#')) return { got: 'a URL with a fragment' };
  if (/\/v2\/pointsLedger/i.test(url.pathname)) return { got: "the endpoint's whole URL, not its base" };
  return { value: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
}

/** Parses a proxy's URL. It may have a user and a password for the proxy. */
export function parseProxyUrl(text: string): Parsed<string> {
  const url = parseUrl(text);
  if (url === undefined) return { got: 'something that is no URL' };
  if (!isWeb(url)) return otherKind;
  return { value: text };
}

/**
 * Parses a Redis URL. It may have a percent-encoded user and password, and a database number as its path. Refuses a
 * query or fragment, because they would have no effect: `?db=2` would use database 0.
 */
export function parseRedisUrl(text: string): Parsed<string> {
  const url = parseUrl(text);
  if (url === undefined) return { got: 'something that is no URL' };
  if (!/^rediss?:$/.test(url.protocol) || url.hostname === '') return otherKind;
  if (text.includes('?')) return { got: 'a URL with a query' };
  if (text.includes('#')) return { got: 'a URL with a fragment' };
  if (!/^(\/\d{0,5})?$/.test(url.pathname)) return { got: 'a URL with a path that is no number' };
  return isDecodable(url.username + url.password)
    ? { value: text }
    : { got: 'a user or a password with a stray %' };
}

const isDecodable = (text: string): boolean => /^([^%]|%[\da-f]{2})*$/i.test(text);

/** Whether calls to this URL can be read in transit: plain `http:` beyond this machine. */
export function isExposed(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname);
}
