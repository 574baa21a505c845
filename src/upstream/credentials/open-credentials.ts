/** From what is set to credentials that can sign: as they are, or by way of the token endpoint. */

import { createHash } from 'node:crypto';
import type { Permits } from '../budget/permits.ts';
import type { Endpoint } from '../endpoint.ts';
import { CallFailure } from '../failure.ts';
import type { CallDispatcher } from '../http/dispatcher.ts';
import { beginCall, type CallObserver, outcomeOf, unobserved } from '../observe.ts';
import { type Credentials, scopeOfHeaders } from './credentials.ts';
import { languageHeader, languageProblem } from './forwarded-headers.ts';
import { fetchToken, type OAuthLogin, tokenPath } from './token-call.ts';
import { createTokenSource, type FetchToken, type TokenSource } from './token-source.ts';

/** What token calls need; without a key there are none. */
export type OpenCredentialsOptions = {
  readonly credentials: Credentials | OAuthLogin;
  readonly dispatcher: CallDispatcher;
  /** For one token call, in milliseconds. */
  readonly timeoutMs: number;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** The monotonic clock in milliseconds. */
  readonly monotonicNow: () => number;
  /** Called for every token call that goes out. */
  readonly observeToken?: CallObserver | undefined;
  /** Called when a failure of the token endpoint is told without a call. Must not throw. */
  readonly onResting: () => void;
  /** Token calls count like all others (reference, "Rate limit"). */
  readonly permits: Permits;
};

/** Credentials with the connections that they need. */
export type OpenCredentials = { readonly credentials: Credentials; readonly close: () => Promise<void> };

/**
 * Token calls have connections of their own: those of other calls may all be taken, by calls that wait for the token.
 * Nor do they share the breaker: while an old token serves, a failing token endpoint must not keep calls from the other.
 * It is left alone for a while after each failure, which is breaker enough for calls that are never made side by side.
 */
export function openCredentials(
  options: OpenCredentialsOptions,
  endpoint: Pick<Endpoint, 'origin' | 'pathPrefix'>,
): OpenCredentials {
  const { credentials, dispatcher, onResting, monotonicNow } = options;
  if ('headersFor' in credentials) return { credentials, close: async () => undefined };
  const { origin, pathPrefix } = endpoint;
  const { undici, close } = dispatcher.open(origin);
  const closing = new AbortController();
  const call = { ...options, login: credentials, undici, pathPrefix, signal: closing.signal };
  const fetchNext = createTokenFetch(options, { origin, call });
  const tokens = createTokenSource({ fetchToken: fetchNext, onResting, now: monotonicNow });
  return {
    credentials: createOAuthCredentials(credentials.key, tokens),
    async close() {
      closing.abort(new Error('The gateway is closing.'));
      await close();
    },
  };
}

type TokenCall = { readonly origin: string; readonly call: Parameters<typeof fetchToken>[0] };

/** One token call: permit, then the wire. */
function createTokenFetch(
  { permits, observeToken = unobserved, monotonicNow }: OpenCredentialsOptions,
  { origin, call }: TokenCall,
): FetchToken {
  const { login, signal } = call;
  const wanted = { credential: budgetOfKey(login.key), fairnessKey: '', signal, kept: 0 } as const;
  return async (deadlineAt, startSpan) => {
    const askedAt = monotonicNow();
    const permit = await permits.acquire({ ...wanted, deadlineAt });
    const traced = { method: 'POST', origin, path: tokenPath, resends: 0, slotWaitMs: 0 } as const;
    const budgetWaitMs = monotonicNow() - askedAt;
    const { span, end } = beginCall(observeToken, startSpan, { ...traced, budgetWaitMs });
    let wasSent = true;
    try {
      const token = await fetchToken({ ...call, span });
      end('OK');
      return token;
    } catch (error) {
      end(outcomeOf(error, signal));
      if (!(error instanceof CallFailure)) throw error;
      wasSent = error.sent;
      if (error.again === 'in-queue') permit.stop(error);
      throw error.again === 'in-queue' ? await permit.longerWait(error) : error;
    } finally {
      permit.release(wasSent);
    }
  };
}

const tokenHeader = 'x-cap-api-oauth-token';

/** Whose budget calls with this key spend, token calls included. */
function budgetOfKey(key: string): string {
  return createHash('sha256').update(`oauth ${key}`).digest('base64url');
}

/**
 * The gateway's own credentials by key and token: of the caller's headers only the language remains. Answers may be
 * shared whichever token they were fetched with, so the scope and the credential's name come from the key.
 */
export function createOAuthCredentials(key: string, tokens: TokenSource): Credentials {
  const name = budgetOfKey(key);
  return {
    owner: 'gateway',
    scopeOf: (incoming) => scopeOfHeaders({ ...languageHeader(incoming), key: name }),
    budgetOf: () => name,
    headersProblem: languageProblem,
    headersFor(incoming, deadlineAt, startSpan) {
      const headersWith = (token: string) => ({ ...languageHeader(incoming), [tokenHeader]: token });
      const token = tokens.token(deadlineAt, startSpan);
      return token instanceof Promise ? token.then(headersWith) : headersWith(token);
    },
    renewal: { refused: (sent) => tokens.refused(sent[tokenHeader] ?? '') },
  };
}
