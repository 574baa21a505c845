/** The two calls that the upstream's REST endpoint takes. Knows their paths; neither who calls nor when. */

import { withoutSecrets } from './credentials/own-secrets.ts';
import type { CallDispatcher, Connections } from './http/dispatcher.ts';
import { fetchAnswer, type HttpCall } from './http/http-call.ts';
import type { PageAnswer, PageRequest } from './page-request.ts';
import { type CredentialsOwner, decodeAnswer } from './rest/decode.ts';
import { buildQuery } from './rest/parameters.ts';

/** Where an endpoint is, and what it is reached with. */
export type EndpointOptions = {
  /** Scheme, host, port; a path before the endpoint's own if there is one. */
  readonly baseUrl: string;
  readonly dispatcher: CallDispatcher;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
};

/** What a call for a page goes out with. */
export type PageCallParts = Pick<HttpCall, 'headers' | 'signal' | 'onStatus'> & {
  readonly owner: CredentialsOwner;
};

/** An endpoint with its connections. */
export type Endpoint = Pick<Connections, 'slots' | 'close'> & {
  /** What stands before the endpoint's own paths; may be empty. */
  readonly pathPrefix: string;
  readonly origin: string;
  /** What a page is asked for with. @throws {GatewayError} as `buildQuery`. */
  readonly pathOf: (request: PageRequest) => string;
  /** Makes one call, which must hold a slot. Fails as `decodeAnswer` and `transportFailure` describe. */
  readonly fetchPage: (path: string, parts: PageCallParts) => Promise<PageAnswer>;
};

/** Where pages are asked for, below the base URL. */
export const pagePath = '/v2/pointsLedger/getCustomerLedgerBalance';

/** Opens an endpoint. Makes no connection before it is needed. */
export function openEndpoint({ baseUrl, dispatcher, now }: EndpointOptions): Endpoint {
  const { origin, pathname } = new URL(baseUrl);
  const pathPrefix = pathname.replace(/\/+$/, '');
  const { undici, slots, close } = dispatcher.open(origin);
  return {
    slots,
    close,
    pathPrefix,
    origin,
    pathOf: (request) => `${pathPrefix}${pagePath}?${buildQuery(request)}`,
    async fetchPage(path, { headers, signal, owner, onStatus }) {
      const answer = await fetchAnswer(undici, { method: 'GET', path, headers, signal, onStatus });
      return decodeAnswer(answer, {
        credentialsOwner: owner,
        now: now(),
        clean: (text) => withoutSecrets(text, headers),
      });
    },
  };
}
