/** From what is set to credentials that can sign: as they are, or by way of the token endpoint. */

import { createBreaker } from './breaker.ts';
import { type CallObserver, observeCall, unobserved } from './call-observer.ts';
import type { Credentials } from './credentials.ts';
import type { CallDispatcher } from './dispatcher.ts';
import type { Endpoint } from './endpoint.ts';
import { createOAuthCredentials } from './oauth-credentials.ts';
import { fetchToken, type OAuthLogin } from './token-call.ts';
import { createTokenKeeper } from './token-keeper.ts';
import { verdictOf } from './verdict.ts';

/** What token calls need; without a key there are none. */
export type OpenCredentialsOptions = {
  readonly credentials: Credentials | OAuthLogin;
  readonly dispatcher: CallDispatcher;
  /** For one token call, in milliseconds. */
  readonly timeoutMs: number;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** A clock in milliseconds that never goes back. */
  readonly monotonicNow: () => number;
  /** Is told of every token call that goes out. */
  readonly observeToken?: CallObserver | undefined;
};

/** Credentials with the connections that they need. */
export type OpenCredentials = { readonly credentials: Credentials; readonly close: () => Promise<void> };

/**
 * Token calls have connections of their own: those of other calls may all be taken, by calls that wait for the token.
 * They have a breaker of their own as well: while an old token serves, a failing token endpoint must not keep calls
 * from the other.
 */
export function openCredentials(
  { credentials, dispatcher, timeoutMs, now, monotonicNow, observeToken = unobserved }: OpenCredentialsOptions,
  { origin, pathPrefix }: Pick<Endpoint, 'origin' | 'pathPrefix'>,
): OpenCredentials {
  if ('headersFor' in credentials) return { credentials, close: async () => undefined };
  const { undici, close } = dispatcher.open(origin);
  const { signal } = new AbortController();
  const call = { login: credentials, undici, pathPrefix, timeoutMs, now, monotonicNow, signal };
  const breaker = createBreaker(monotonicNow);
  const fetchNext = () =>
    breaker.run(
      () => observeCall(observeToken, signal, () => fetchToken(call)),
      (error) => verdictOf(error, signal),
    );
  const keeper = createTokenKeeper({ fetchToken: fetchNext, now: monotonicNow });
  return { credentials: createOAuthCredentials(credentials.key, keeper), close };
}
