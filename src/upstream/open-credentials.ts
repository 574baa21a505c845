/** From what is set to credentials that can sign: as they are, or by way of the token endpoint. */

import type { BudgetGate } from './budget-gate.ts';
import { type CallObserver, observeCall, unobserved } from './call-observer.ts';
import { observeWithSpan } from './call-trace.ts';
import type { Credentials } from './credentials.ts';
import type { CallDispatcher } from './dispatcher.ts';
import type { Endpoint } from './endpoint.ts';
import { budgetOfKey, createOAuthCredentials } from './oauth-credentials.ts';
import type { Fetch } from './shared-fetch.ts';
import type { FetchedToken } from './token.ts';
import { fetchToken, type OAuthLogin, tokenPath } from './token-call.ts';
import { createTokenKeeper } from './token-keeper.ts';
import { createTokenRest } from './token-rest.ts';

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
  /** Is told when a token call is refused because the token endpoint has been failing. Must not throw. */
  readonly onBreakerRefusal: () => void;
  /** Token calls count like all others (reference, "Rate limit"). */
  readonly gate: BudgetGate;
};

/** Credentials with the connections that they need. */
export type OpenCredentials = { readonly credentials: Credentials; readonly close: () => Promise<void> };

/**
 * Token calls have connections of their own: those of other calls may all be taken, by calls that wait for the token.
 * Nor do they share the breaker: while an old token serves, a failing token endpoint must not keep calls from the other.
 * It is given a rest after each failure, which is breaker enough for calls that are never made side by side.
 */
export function openCredentials(
  { credentials, gate, observeToken = unobserved, onBreakerRefusal, ...options }: OpenCredentialsOptions,
  { origin, pathPrefix }: Pick<Endpoint, 'origin' | 'pathPrefix'>,
): OpenCredentials {
  if ('headersFor' in credentials) return { credentials, close: async () => undefined };
  const { dispatcher, timeoutMs, now, monotonicNow } = options;
  const { undici, close } = dispatcher.open(origin);
  const closing = new AbortController();
  const { signal } = closing;
  const call = { login: credentials, undici, pathPrefix, timeoutMs, now, monotonicNow, signal };
  const credential = budgetOfKey(credentials.key);
  const fetchNext: Fetch<FetchedToken> = (deadlineAt, onDelay, startSpan) => {
    const askedAt = monotonicNow();
    return gate.pass(
      { credential, subject: tokenSubject, isUrgent: true, deadlineAt, onDelay, signal },
      ({ onSent }) => {
        onSent();
        const traced = { method: 'POST', origin, path: tokenPath, resends: 0, slotWaitMs: 0 } as const;
        const span = startSpan?.({ ...traced, budgetWaitMs: monotonicNow() - askedAt });
        const observe = observeWithSpan(observeToken, span);
        return observeCall(observe, signal, () => fetchToken({ ...call, span }));
      },
    );
  };
  const rest = createTokenRest(monotonicNow, onBreakerRefusal);
  const keeper = createTokenKeeper({ fetchToken: fetchNext, rest, now: monotonicNow });
  return {
    credentials: createOAuthCredentials(credentials.key, keeper),
    async close() {
      closing.abort(new Error('The gateway is closing.'));
      await close();
    },
  };
}

/** In the line before the budget the token goes first: all the others can do nothing without it. */
const tokenSubject = 'the token endpoint';
