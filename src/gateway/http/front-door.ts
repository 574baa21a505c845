/**
 * Refuses HTTP requests, probes included, whose host or target is unclear (RFC 9112, section 3.2), or how their body is to
 * be read (section 6.1). A proxy in front may have read them in another way. Knows nothing of what is asked.
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { hostCheck } from '../../config/allowed-hosts.ts';
import type { Config } from '../../config.ts';
import type { Exchange } from './exchange.ts';
import { operatorPaths } from './operator-endpoints.ts';
import { plainError } from './plain-error.ts';
import { addressedHost, isValidHost, pathOf } from './request-target.ts';

/** The two halves of the door: what comes before Yoga, and what answers inside it. */
export type FrontDoor = {
  /** Lets requests pass to a listener in a form that it can read. */
  readonly guard: (listener: RequestListener) => RequestListener;
  /** Answers those that are turned away. Put it first. */
  readonly plugin: Plugin<object, { readonly req?: IncomingMessage }>;
};

/** Why a request is turned away, for its client to read. */
type Flaw = { readonly status: 400 | 421 | 501; readonly message: string };

/**
 * Yoga makes a URL of host and target before any plugin sees the request, and answers with a stack trace when it cannot.
 * So what is wrong is noted and mended outside, and told inside, where it gets an id, a log line and a count.
 */
export function createFrontDoor(
  exchangeOf: (request: Request) => Exchange,
  config: Pick<Config, 'host' | 'allowedHosts' | 'adminPort'>,
): FrontDoor {
  const answersTo = hostCheck(config);
  const openPaths = operatorPaths(config.adminPort !== undefined);
  const flaws = new WeakMap<IncomingMessage, Flaw>();
  /** Probes and scrapes come under any name, because orchestrators ask by address. Asked of requests without a flaw. */
  const isOpen = ({ headers, url = '' }: IncomingMessage) =>
    answersTo(addressedHost(url, headers.host ?? '')) ||
    openPaths.includes(pathOf(url)?.replace(/\?.*$/, '') ?? '');
  return {
    guard: (listener) => (request, response) => {
      const flaw = flawOf(request) ?? (isOpen(request) ? undefined : foreignHost);
      if (flaw !== undefined) flaws.set(request, flaw);
      mend(request, flaw !== undefined);
      return listener(request, response);
    },
    plugin: {
      onRequest({ request, serverContext: { req }, fetchAPI, endResponse }) {
        const flaw = req && flaws.get(req);
        if (flaw === undefined) return;
        exchangeOf(request).begin().errorCodes = ['BAD_REQUEST'];
        const { status, message } = flaw;
        const { body, headers } = plainError('BAD_REQUEST', message);
        endResponse(new fetchAPI.Response(body, { status, headers }));
      },
    },
  };
}

/** What is wrong with a request's address or framing; nothing if nothing is. */
function flawOf({ rawHeaders, headers, url = '' }: IncomingMessage): Flaw | undefined {
  const hosts = valuesOf('host', rawHeaders);
  const repeated = singular.find((name) => valuesOf(name, rawHeaders).length > 1);
  if (repeated !== undefined) return badRequest(`A request takes one ${repeated} header, got several`);
  if (!hosts.every(isValidHost))
    return badRequest('The Host header takes a host and perhaps a port, got something else');
  if (!/^(chunked)?$/i.test(headers['transfer-encoding'] ?? '')) return unknownCoding;
  return pathOf(url) === undefined
    ? badRequest('The request target takes a path, got something else')
    : undefined;
}

const badRequest = (message: string): Flaw => ({ status: 400, message });

/**
 * A body under another transfer coding (RFC 9112, section 6.1). Node undoes `chunked` alone, and would hand on the rest as
 * it came.
 */
const unknownCoding: Flaw = {
  status: 501,
  message: 'The Transfer-Encoding of a request takes chunked, got something else',
};

/** A request for a host that this one is not (RFC 9110, section 15.5.20). */
const foreignHost: Flaw = {
  status: 421,
  message: 'Nothing here has this host name; ALLOWED_HOSTS names those that are answered',
};

/**
 * Headers that name the host, the caller and the type of the body. When one is repeated Node keeps the first. A proxy in
 * front may have judged another (RFC 9110, section 5.3).
 */
const singular = ['host', 'authorization', 'x-cap-api-oauth-token', 'content-type'] as const;

/** The values of a header in the order in which they came; Node's own `headers` hold only the first of some. */
function valuesOf(name: string, rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

/** Gives a request a host and a path of which a URL can be made. Nobody reads the host: all are answered alike. */
function mend(request: IncomingMessage, isFlawed: boolean): void {
  const { headers, url = '' } = request;
  if (isFlawed || !headers.host) headers.host = 'localhost';
  request.url = isFlawed ? '/' : (pathOf(url) ?? '/');
}
