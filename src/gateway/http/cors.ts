/**
 * Lets pages of the origins in CORS_ORIGINS read answers (Fetch standard, section 3.2). It comes before every other step, so
 * errors have the headers as well. Otherwise a page could not tell a busy gateway from one that is away.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Config } from '../../config.ts';
import { pathOf } from './request-target.ts';

/** What pages of other origins may do. */
export type Cors = {
  /** Whether pages of this origin may read answers. */
  readonly allows: (origin: string | null) => boolean;
  /** Wraps a listener: answers preflight requests of allowed origins, and adds the headers to all other answers. */
  readonly guard: (listener: RequestListener) => RequestListener;
};

/**
 * Request headers that pages may send. They are those that the gateway reads. Cookies are not among them: nothing reads
 * cookies, so `Access-Control-Allow-Credentials` is never sent.
 */
const requestHeaders: readonly string[] = [
  'accept',
  'accept-language',
  'authorization',
  'content-type',
  'traceparent',
  'tracestate',
  'x-cap-api-oauth-token',
  'x-request-id',
  'x-upstream-receipt',
];

/** Forward mode sends every header upstream whose name begins like this. A preflight request names them one by one. */
const attributionPrefix = 'x-cap-api-attribution-';

/** Response headers that pages may read besides those that Fetch always allows. */
const exposedHeaders = 'x-request-id, retry-after';

/** Seconds for which a browser may remember a preflight answer. Chromium remembers none for longer. */
const maxAgeSeconds = 7200;

/** Builds the step. Operators' paths stay without the headers: they are not for pages. */
export function createCors(
  { corsOrigins }: Pick<Config, 'corsOrigins'>,
  operatorPaths: readonly string[],
): Cors {
  const allowed = new Set<string | null | undefined>(corsOrigins);
  const allows: Cors['allows'] = (origin) => allowed.has(origin);
  if (allowed.size === 0) return { allows, guard: (listener) => listener };
  return {
    allows,
    guard: (listener) => (request, response) => {
      const { method, url = '', headers } = request;
      if (operatorPaths.includes(pathOf(url))) return listener(request, response);
      response.setHeader('vary', 'Origin');
      if (!allowed.has(headers.origin)) return listener(request, response);
      response.setHeader('access-control-allow-origin', headers.origin ?? '');
      if (method === 'OPTIONS' && headers['access-control-request-method'] !== undefined)
        return answerPreflight(request, response);
      response.setHeader('access-control-expose-headers', exposedHeaders);
      return listener(request, response);
    },
  };
}

function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  const asked = headers['access-control-request-headers']?.toLowerCase().split(',') ?? [];
  const attributions = asked
    .map((name) => name.trim())
    .filter((name) => name.startsWith(attributionPrefix) && /^[\w-]+$/.test(name));
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': [...requestHeaders, ...attributions].join(', '),
      'access-control-max-age': String(maxAgeSeconds),
      vary: 'Origin, Access-Control-Request-Headers',
    })
    .end();
}
