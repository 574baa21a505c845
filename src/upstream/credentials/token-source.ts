/**
 * The source of access tokens. It fetches a token once for all waiting calls, renews it before it expires, and replaces it
 * after a 401. Knows neither HTTP nor headers.
 *
 * Need. No call waits for a renewal while the old token is valid. Many page calls never cause many token calls: at the
 * start, when hundreds of calls are answered 401, when every token is refused, or while the token endpoint fails.
 *
 * Trick. At most one token call is in flight, and all page calls share it. Renewal begins in the last tenth of the token's
 * lifetime, and the old token is used until it expires. After a 401 the current token is dropped, but only if it is the one
 * that was sent, and at most once in five seconds: if tokens are refused more often, the question or the key is at fault.
 * After a failed token call, all page calls fail with the same error for five seconds, without a token call.
 *
 * Cost. The gateway notices up to five seconds late that the token endpoint works again, or that a second token was
 * revoked.
 */

import { CallFailure, unsent } from '../failure.ts';
import type { StartCallSpan } from '../observe.ts';
import type { decodeToken } from './token.ts';

/** A token, and when its token call was sent, on the monotonic clock. Its lifetime counts from there, to be safe. */
type FetchedToken = ReturnType<typeof decodeToken> & { readonly sentAt: number };

/** What a source needs. */
export type TokenSourceOptions = {
  /** Makes one token call, which must go out by `deadlineAt` or fail. `startSpan` is that of the first caller. */
  readonly fetchToken: (deadlineAt: number, startSpan: StartCallSpan | undefined) => Promise<FetchedToken>;
  /** Called for every page call that fails because of a past failure of the token endpoint. Must not throw. */
  readonly onResting: () => void;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** Least milliseconds between two replacements of a token, and between a failed token call and the next. */
const pauseMs = 5000;

/** Least lifetime of a token, in milliseconds. With a shorter one every page call would fetch a token. */
const leastLifeMs = 250;

type Fetching = { readonly deadlineAt: number; readonly token: Promise<string> };

/** A source of one token. Starts without one. Makes no call before `token` is called. */
export function createTokenSource({ fetchToken, onResting, now }: TokenSourceOptions) {
  let current: FetchedToken | undefined;
  let fetching: Fetching | undefined;
  let failure: { readonly error: CallFailure; readonly until: number } | undefined;
  let replacedAt = Number.NEGATIVE_INFINITY;

  async function fetchNext(deadlineAt: number, startSpan: StartCallSpan | undefined): Promise<string> {
    try {
      const fetched = await fetchToken(deadlineAt, startSpan);
      current = { ...fetched, lifeMs: Math.max(fetched.lifeMs, leastLifeMs) };
      failure = undefined;
      return fetched.value;
    } catch (error) {
      // RATE_LIMITED causes no pause here: the budget knows how long it lasts.
      const isPausing = error instanceof CallFailure && error.code !== 'RATE_LIMITED';
      if (isPausing) failure = { error, until: now() + pauseMs };
      throw error;
    } finally {
      fetching = undefined;
    }
  }

  function joinFetch(deadlineAt: number, startSpan?: StartCallSpan): Promise<string> {
    fetching ??= { deadlineAt, token: fetchNext(deadlineAt, startSpan) };
    return fetching.token;
  }

  /** @throws the failure of the last token call, during the pause after it. */
  async function fetchShared(deadlineAt: number, startSpan?: StartCallSpan): Promise<string> {
    const joined = fetching;
    if (joined === undefined && failure !== undefined && now() < failure.until) {
      if (failure.error.blames !== 'key') onResting();
      throw unsent(failure.error, Math.ceil((failure.until - now()) / 1000));
    }
    try {
      return await joinFetch(deadlineAt, startSpan);
    } catch (error) {
      if (!isOthersDeadline(error, joined, deadlineAt)) throw error;
      return joinFetch(deadlineAt, startSpan);
    }
  }

  return {
    /**
     * Returns a valid token, or a promise of one that must be fetched first.
     * @throws the failure of the token call. If another caller's earlier deadline caused it, a second token call is made
     * first.
     */
    token(deadlineAt: number, startSpan?: StartCallSpan): string | Promise<string> {
      if (current === undefined || now() >= expiryOf(current)) return fetchShared(deadlineAt, startSpan);
      const renewsAt = Math.max(expiryOf(current) - current.lifeMs / 10, failure?.until ?? 0);
      // No call waits for the renewal. If it fails, the current token is still used until it expires.
      if (now() >= renewsAt) joinFetch(expiryOf(current), startSpan).catch(() => undefined);
      return current.value;
    },
    /** Must be called after a 401. Returns whether the call, which had this token, can be sent again with another one. */
    replaceRefused(token: string): boolean {
      if (current?.value !== token) return true;
      if (now() < replacedAt + pauseMs) return false;
      replacedAt = now();
      current = undefined;
      return true;
    },
  };
}

/** Whether a shared token call failed unsent because another caller's deadline was earlier. */
function isOthersDeadline(error: unknown, joined: Fetching | undefined, deadlineAt: number): boolean {
  const hadLessTime = joined !== undefined && joined.deadlineAt < deadlineAt;
  return hadLessTime && error instanceof CallFailure && !error.sent;
}

const expiryOf = ({ sentAt, lifeMs }: FetchedToken): number => sentAt + lifeMs;
