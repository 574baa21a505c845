/**
 * Turns away HTTP requests that nobody can be sure whom they are for (RFC 9112, section 3.2), probes included: whoever
 * stands in front may have read them in another way. Knows nothing of what is asked.
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Exchange } from './exchange.ts';
import { plainError } from './plain-error.ts';
import { isValidHost, pathOf } from './request-target.ts';

/** The two halves of the door: what comes before Yoga, and what answers inside it. */
export type FrontDoor = {
  /** Lets requests pass to a listener in a form that it can read. */
  readonly guard: (listener: RequestListener) => RequestListener;
  /** Answers those that are turned away. Put it first. */
  readonly plugin: Plugin<object, { readonly req?: IncomingMessage }>;
};

/**
 * Yoga makes a URL of host and target before any plugin sees the request, and answers with a stack trace when it cannot.
 * So what is wrong is noted and mended outside, and told inside, where it gets an id, a log line and a count.
 */
export function createFrontDoor(exchangeOf: (request: Request) => Exchange): FrontDoor {
  const flaws = new WeakMap<IncomingMessage, string>();
  return {
    guard: (listener) => (request, response) => {
      const flaw = flawOf(request);
      if (flaw !== undefined) flaws.set(request, flaw);
      mend(request, flaw !== undefined);
      return listener(request, response);
    },
    plugin: {
      onRequest({ request, serverContext: { req }, fetchAPI, endResponse }) {
        const flaw = req && flaws.get(req);
        if (flaw === undefined) return;
        exchangeOf(request).begin().errorCodes = ['BAD_REQUEST'];
        const { body, headers } = plainError('BAD_REQUEST', flaw);
        endResponse(new fetchAPI.Response(body, { status: 400, headers }));
      },
    },
  };
}

/** What is wrong with a request's address, for its client to read; nothing if nothing is. */
function flawOf({ rawHeaders, url = '' }: IncomingMessage): string | undefined {
  const hosts = hostsIn(rawHeaders);
  if (hosts.length > 1) return `A request takes one Host header, got ${hosts.length}`;
  if (!hosts.every(isValidHost)) return 'The Host header takes a host and perhaps a port, got something else';
  return pathOf(url) === undefined ? 'The request target takes a path, got something else' : undefined;
}

/** The Host headers: one, or in HTTP/1.0 none; of several, which Node lets pass, its own `headers` tell but the first. */
function hostsIn(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host');
}

/** Gives a request a host and a path of which a URL can be made. Nobody reads the host: all are answered alike. */
function mend(request: IncomingMessage, isFlawed: boolean): void {
  const { headers, url = '' } = request;
  if (isFlawed || !headers.host) headers.host = 'localhost';
  request.url = isFlawed ? '/' : (pathOf(url) ?? '/');
}
