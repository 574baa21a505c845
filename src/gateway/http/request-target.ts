/**
 * Refuses HTTP requests, probes included, with an unclear host or target (RFC 9112, section 3.2) or an unclear framing of
 * the body (section 6.1). A proxy in front may have read them differently.
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import { hostCheck } from '../../config/allowed-hosts.ts';
import type { Config } from '../../config.ts';
import type { Refusal, Refuse } from './plain-error.ts';

/**
 * Wraps a listener, so that it gets only requests whose host and path form a valid URL. Yoga builds that URL before any
 * plugin runs, and answers with a stack trace when it cannot. `operatorPaths` are served under any host name, because
 * orchestrators probe and scrape by address.
 */
export function guardTarget(
  settings: Pick<Config, 'host' | 'allowedHosts'>,
  operatorPaths: readonly string[],
  refuse: Refuse,
): (listener: RequestListener) => RequestListener {
  const answersTo = rememberLast(hostCheck(settings));
  return (listener) => (request, response) => {
    const { headers, url = '' } = request;
    const flaw = flawOf(request);
    if (flaw !== undefined) return refuse(request, response, flaw);
    const target = targetOf(url);
    if (target === undefined) return refuse(request, response, noPath);
    if (!operatorPaths.includes(pathOf(target)) && !answersTo(addressedHost(url, headers.host ?? '')))
      return refuse(request, response, foreignHost);
    headers.host ||= 'localhost'; // Only for Yoga's URL: the answer does not depend on the host.
    request.url = target;
    return listener(request, response);
  };
}

/** Returns the refusal of a request for its headers; undefined when they are in order. */
function flawOf({ rawHeaders, headers }: IncomingMessage): Refusal | undefined {
  const repeated = repeatedHeader(rawHeaders);
  if (repeated !== undefined) return badRequest(`A request takes one ${repeated} header, got several`);
  if (!isValidHost(headers.host ?? ''))
    return badRequest('The Host header takes a host and perhaps a port, got something else');
  if (!/^(chunked)?$/i.test(headers['transfer-encoding'] ?? '')) return unknownCoding;
  return undefined;
}

const badRequest = (message: string): Refusal => ({ status: 400, code: 'BAD_REQUEST', message });

const noPath = badRequest('The request target takes a path, got something else');

/** Refuses other transfer codings than `chunked` (RFC 9112, section 6.1). Node decodes only that one. */
const unknownCoding: Refusal = {
  status: 501,
  code: 'BAD_REQUEST',
  message: 'The Transfer-Encoding of a request takes chunked, got something else',
};

/** Refuses a request for another host, as misdirected (RFC 9110, section 15.5.20). */
const foreignHost: Refusal = {
  status: 421,
  code: 'BAD_REQUEST',
  message: 'Nothing here has this host name; ALLOWED_HOSTS names those that are answered',
};

/**
 * Headers that a request may have only once. When one is repeated, Node takes the first. A proxy in front may have judged
 * another one (RFC 9110, section 5.3).
 */
const unrepeatable: readonly string[] = ['host', 'authorization', 'x-cap-api-oauth-token', 'content-type'];

function repeatedHeader(rawHeaders: readonly string[]): string | undefined {
  let seen = 0; // A bit for each name.
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const index = unrepeatable.indexOf(rawHeaders[at]?.toLowerCase() ?? '');
    if (index >= 0 && seen & (1 << index)) return unrepeatable[index];
    if (index >= 0) seen |= 1 << index;
  }
  return undefined;
}

/**
 * Returns a function that calls `read` only for a value other than the last one: values of headers are mostly equal from
 * request to request. `read` must be pure.
 */
export function rememberLast<Given, Read>(read: (given: Given) => Read): (given: Given) => Read {
  let last: { readonly given: Given; readonly read: Read } | undefined;
  return (given) => {
    if (last === undefined || last.given !== given) last = { given, read: read(given) };
    return last.read;
  };
}

/** The value of a Host header: a host and perhaps a port, in ASCII (RFC 9110, section 7.2). It has no user and no path. */
const hostForm = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(:\d*)?$/i;

/** `http://host:80/path?query`, as clients send it to proxies. A server must take it too (section 3.2.2). */
const absoluteForm = /^https?:\/\/([^/?#]+)(.*)$/i;

/**
 * Whether a Host header's value is `host` or `host:port`. An empty value is valid: it stands for a target without a host.
 * A name that no URL can have, such as `1.2.3.4.5`, is invalid, although the grammar allows it.
 */
export const isValidHost = rememberLast(
  (value: string) => value === '' || (hostForm.test(value) && URL.canParse(`http://${value}`)),
);

/** The host that a request is for: the one in its target, or else the Host header (section 3.2.2). */
const addressedHost = (target: string, hostHeader: string): string =>
  absoluteForm.exec(target)?.[1] ?? hostHeader;

/** The path and query of a request target. Undefined when it has no path, or an invalid host. */
export function targetOf(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  const [, host = '', rest = ''] = absoluteForm.exec(target) ?? [];
  if (host === '' || !isValidHost(host)) return undefined;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The path of a request target in either form, `/path` or `http://host/path`. Empty when the target has none. */
export function pathOf(target: string): string {
  const origin = targetOf(target) ?? '';
  const end = origin.indexOf('?');
  return end < 0 ? origin : origin.slice(0, end);
}

/**
 * The path of an absolute URL as the client wrote it. A proxy in front judges by this text, so dot segments and
 * percent-encodings are not resolved.
 */
export function exactPath(url: string): string {
  return /^[^:/?#]+:\/\/[^/?#]*([^?]*)/.exec(url)?.[1] ?? '';
}
