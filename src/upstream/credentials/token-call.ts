/** The call that exchanges key and secret for a token. Knows neither who wants the token nor for how long. */

import type { Dispatcher } from 'undici';
import { fetchAnswer, ownHeaders } from '../http/http-call.ts';
import type { CallSpan } from '../observe.ts';
import { withDeadline } from '../waiting.ts';
import { decodeToken, type FetchedToken } from './token.ts';

/** Service credentials for the token endpoint. Secret. */
export type OAuthLogin = { readonly key: string; readonly secret: string };

/** What the call needs. */
export type TokenCallOptions = {
  readonly login: OAuthLogin;
  readonly undici: Dispatcher;
  /** What stands before the endpoint's own path; may be empty. */
  readonly pathPrefix: string;
  readonly timeoutMs: number;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** The monotonic clock in milliseconds. */
  readonly monotonicNow: () => number;
  /** Ends calls under way when it fires. */
  readonly signal: AbortSignal;
  /** The call's place in a trace, if it has one. */
  readonly span?: CallSpan | undefined;
};

/** Where tokens are given, below the base URL. */
export const tokenPath = '/v3/oauth/token/generate';

/** Makes one token call. Nothing that was sent is part of any error. */
export function fetchToken(options: TokenCallOptions): Promise<FetchedToken> {
  const { login, undici, pathPrefix, timeoutMs, now, monotonicNow, span } = options;
  const trace = span && { traceparent: span.traceparent };
  const headers = { ...ownHeaders, ...trace, 'content-type': 'application/json' };
  const body = JSON.stringify({ key: login.key, secret: login.secret });
  const path = pathPrefix + tokenPath;
  return withDeadline(options.signal, timeoutMs, async (signal) => {
    const sentAt = monotonicNow();
    const sent = { headers, body, signal, onStatus: span?.onStatus };
    const answer = await fetchAnswer(undici, { method: 'POST', path, ...sent });
    return { ...decodeToken(answer, now()), sentAt };
  });
}
