/** Service mode with key and secret: makes the call that exchanges them for a token, and signs page calls with it. */

import type { Dispatcher } from 'undici';
import type { PermitRequest, Permits } from '../budget/permits.ts';
import { CallFailure } from '../failure.ts';
import type { CallDispatcher, Endpoint } from '../http/dispatcher.ts';
import { fetchAnswer, ownHeaders } from '../http/http-call.ts';
import { type CallOutcome, type ClientEvents, outcomeOf, type StartCallSpan } from '../observe.ts';
import { LightSignal, type Signal } from '../signal.ts';
import { digest, languageHeader } from './caller-headers.ts';
import { type Credentials, gatewayCredentials } from './credentials.ts';
import { decodeToken } from './token.ts';
import { createTokenSource } from './token-source.ts';

/** Service credentials for the token endpoint. Secret. */
export type OAuthLogin = { readonly key: string; readonly secret: string };

/** What token calls need. */
export type OAuthOptions = Endpoint & {
  readonly login: OAuthLogin;
  readonly dispatcher: CallDispatcher;
  /** Token calls count in the budget like page calls (the upstream's reference, "Rate limit"). */
  readonly permits: Permits;
  readonly events: ClientEvents;
};

/** The token endpoint's path, below the base URL. */
const tokenPath = '/v3/oauth/token/generate';
const tokenHeader = 'x-cap-api-oauth-token';

/**
 * The gateway's own credentials with a token. The only header of the caller that goes upstream is its language. Scope and
 * budget are named after the key, because answers may be shared whichever token they were fetched with.
 *
 * Token calls have connections of their own, because page calls that wait for a token may hold all slots. They do not use
 * the breaker: as long as an old token is valid, a failing token endpoint must not stop page calls. Instead,
 * `token-source.ts` pauses after each failed token call.
 */
export function openOAuthCredentials(options: OAuthOptions) {
  const { login, dispatcher, origin, now, events } = options;
  const { undici, close } = dispatcher.open(origin);
  const closing = new LightSignal();
  const callOptions = { ...options, undici, signal: closing };
  const tokens = createTokenSource({
    fetchToken: (deadlineAt, startSpan) => fetchToken(callOptions, deadlineAt, startSpan),
    onResting: () => events.onBreakerRefusal('token'),
    now,
  });
  const credentials: Credentials = {
    ...gatewayCredentials(budgetOfKey(login.key)),
    headersFor(incoming, deadlineAt, startSpan) {
      const headersWith = (token: string) => ({ [tokenHeader]: token, ...languageHeader(incoming) });
      const token = tokens.token(deadlineAt, startSpan);
      return token instanceof Promise ? token.then(headersWith) : headersWith(token);
    },
    replaceRefused: (signed) => tokens.replaceRefused(signed[tokenHeader] ?? ''),
  };
  return {
    credentials,
    async close(): Promise<void> {
      closing.abort(new Error('The gateway is closing.'));
      await close();
    },
  };
}

/** `signal` ends token calls in flight. */
type TokenCallOptions = OAuthOptions & { readonly undici: Dispatcher; readonly signal: Signal };

/** Makes one token call: gets a permit and sends it. Its errors contain nothing that was sent. */
async function fetchToken(options: TokenCallOptions, deadlineAt: number, startSpan?: StartCallSpan) {
  const { login, origin, pathPrefix, permits, events, undici, signal, timeoutMs, now, wallNow } = options;
  const credential = budgetOfKey(login.key);
  const request: PermitRequest = { credential, fairnessKey: '', signal, reserved: 0, deadlineAt };
  const askedAt = now();
  const permit = await permits.acquire(request);
  const sentAt = now();
  const traced = { method: 'POST', origin, path: tokenPath, resends: 0, slotWaitMs: 0 } as const;
  const span = startSpan?.({ ...traced, budgetWaitMs: sentAt - askedAt });
  const trace = span === undefined ? [] : ['traceparent', span.traceparent];
  const end = (outcome: CallOutcome) => {
    events.onEnded('token', outcome, now() - sentAt);
    span?.end(outcome);
  };
  events.onSent('token');
  let wasSent = true;
  try {
    const token = await fetchAnswer(undici, {
      method: 'POST',
      path: pathPrefix + tokenPath,
      headers: [...trace, ...ownHeaders, 'content-type', 'application/json'],
      body: JSON.stringify({ key: login.key, secret: login.secret }),
      signal,
      timeoutMs,
      onStatus: span?.onStatus,
      decode: (answer) => decodeToken(answer, wallNow()),
    });
    end('OK');
    return { ...token, sentAt };
  } catch (error) {
    end(outcomeOf(error, signal));
    if (!(error instanceof CallFailure)) throw error;
    wasSent = error.sent;
    if (error.again !== 'in-queue') throw error;
    permits.block(credential, error);
    throw await permits.withLongerWait(request, error);
  } finally {
    permits.release(request, permit, wasSent);
  }
}

/** The name of the budget in which all calls with this key count, token calls included. */
const budgetOfKey = (key: string): string => digest(`oauth ${key}`);
