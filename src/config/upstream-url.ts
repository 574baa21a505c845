/**
 * Parses the URLs of the upstream, of a proxy and of Redis. A problem never repeats the text, because it may contain a
 * password, even in a wrong place.
 */

import { isLoopback } from './allowed-hosts.ts';
import type { Parsed } from './setting.ts';

const web = /^https?:$/;

function parseUrl(text: string, schemes: RegExp): URL | { readonly got: string } {
  if (!URL.canParse(text)) return { got: 'something that is no URL' };
  const url = new URL(text);
  // Does not show the scheme, because in `user:password@proxy` the user is parsed as the scheme.
  return schemes.test(url.protocol) && url.hostname !== '' ? url : { got: 'a URL of another kind' };
}

/**
 * Parses the upstream's base URL: `https:` or `http:`, with or without a path. Refuses user, password, query and fragment,
 * because each would silently be lost or be sent with every call, and the endpoint's own path, which every call adds. The
 * value has no slash at the end.
 */
export function parseUpstreamUrl(text: string): Parsed<string> {
  const url = parseUrl(text, web);
  if ('got' in url) return url;
  if (url.username !== '' || url.password !== '') return { got: 'a URL with a user or a password in it' };
  // Searches the text, because `URL` does not report the empty query of `https://host/?`.
  if (text.includes('?')) return { got: 'a URL with a query' };
  if (text.includes('#')) return { got: 'a URL with a fragment' };
  if (/\/v2\/pointsLedger/i.test(url.pathname)) return { got: "the endpoint's whole URL, not its base" };
  return { value: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
}

/** Parses a proxy's URL. It may have a user and a password for the proxy. */
export function parseProxyUrl(text: string): Parsed<string> {
  const url = parseUrl(text, web);
  return 'got' in url ? url : { value: text };
}

/**
 * Parses a Redis URL. It may have a percent-encoded user and password, and a database number as its path. Refuses a
 * query or fragment, because they would have no effect: `?db=2` would use database 0.
 */
export function parseRedisUrl(text: string): Parsed<string> {
  const url = parseUrl(text, /^rediss?:$/);
  if ('got' in url) return url;
  if (text.includes('?')) return { got: 'a URL with a query' };
  if (text.includes('#')) return { got: 'a URL with a fragment' };
  if (!/^(\/\d{0,5})?$/.test(url.pathname)) return { got: 'a URL with a path that is no number' };
  if (/%(?![\da-f]{2})/i.test(`${url.username}:${url.password}`))
    return { got: 'a user or a password with a stray %' };
  return { value: text };
}

/** Whether calls to this URL can be read in transit: plain `http:` beyond this machine. */
export function isExposed(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname);
}
