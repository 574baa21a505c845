/** The call that exchanges key and secret for a token. Knows neither who wants the token nor for how long. */

import type { Dispatcher } from 'undici';
import { withDeadline } from './deadline.ts';
import { fetchAnswer, ownHeaders } from './http-call.ts';
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
  /** A clock in milliseconds that never goes back. */
  readonly monotonicNow: () => number;
  /** Ends calls under way when it fires. */
  readonly signal: AbortSignal;
};

const tokenPath = '/v3/oauth/token/generate';

/** Makes one token call. Nothing that was sent is part of any error. */
export function fetchToken(options: TokenCallOptions): Promise<FetchedToken> {
  const { login, undici, pathPrefix, timeoutMs, now, monotonicNow } = options;
  const headers = { ...ownHeaders, 'content-type': 'application/json' };
  const body = JSON.stringify({ key: login.key, secret: login.secret });
  const path = pathPrefix + tokenPath;
  return withDeadline(options.signal, timeoutMs, async (signal, startClock) => {
    startClock();
    const sentAt = monotonicNow();
    const answer = await fetchAnswer(undici, { method: 'POST', path, headers, body, signal });
    return { ...decodeToken(answer, now()), sentAt };
  });
}
