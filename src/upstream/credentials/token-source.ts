/**
 * The life of an access token: fetched once however many calls wait, renewed before it ends, replaced when it is refused.
 * Knows neither HTTP nor headers.
 *
 * Need. No call waits for a renewal while the old token is good. Many calls never make many token calls: neither
 * at the start, nor when hundreds come back with 401, nor when every token is refused, nor while the token endpoint fails.
 *
 * Trick. At most one fetch is in flight, and all calls share it. It begins in the last tenth of the token's life, and the old
 * token serves to its real end. A 401 counts against the very token that was sent, which may no longer be the current one.
 * The current one is dropped then, but at most once in five seconds: more often, the question or the key is refused. After a
 * fetch that failed, all calls fail alike for five seconds, without a token call.
 *
 * Cost. The gateway notices up to five seconds late that a token endpoint is back after a moment's failure, and that a token
 * was revoked twice within five seconds.
 */

import { CallFailure, unsent } from '../failure.ts';
import type { StartCallSpan } from '../observe.ts';
import type { FetchedToken } from './token.ts';

/** What a source needs. */
export type TokenSourceOptions = {
  /** Makes one token call, which must go out by `deadlineAt` or fail. It belongs to the trace of the first caller. */
  readonly fetchToken: (deadlineAt: number, startSpan: StartCallSpan | undefined) => Promise<FetchedToken>;
  /** Called for every call that fails with a past failure of the token endpoint. Must not throw. */
  readonly onResting: () => void;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** A source of one token. */
export type TokenSource = {
  /**
   * A token that is good now; a promise of one that must be fetched first.
   * @throws the failure of that token call. A caller with more time than the token call had asks once more.
   */
  readonly token: (deadlineAt: number, startSpan?: StartCallSpan) => string | Promise<string>;
  /** A call with this token was answered 401. Returns whether another token is to be had. */
  readonly replaceRefused: (token: string) => boolean;
};

/** For so long a refused token is not replaced again, and a token endpoint that failed is not asked. In milliseconds. */
const pauseMs = 5000;

/** A shorter life counts as this one, or every call would fetch a token. In milliseconds. */
const leastLifeMs = 250;

type Fetching = { readonly deadlineAt: number; readonly token: Promise<string> };

/** A source without a token. Makes no call before a token is wanted. */
export function createTokenSource({ fetchToken, onResting, now }: TokenSourceOptions): TokenSource {
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
      // A RATE_LIMITED is not remembered: the budget knows for how long it lasts.
      if (error instanceof CallFailure && error.code !== 'RATE_LIMITED') {
        failure = { error, until: now() + pauseMs };
      }
      throw error;
    } finally {
      fetching = undefined;
    }
  }

  function join(deadlineAt: number, startSpan?: StartCallSpan): Promise<string> {
    fetching ??= { deadlineAt, token: fetchNext(deadlineAt, startSpan) };
    return fetching.token;
  }

  /** @throws the failure of a moment ago. */
  function refuseIfResting(): void {
    if (fetching !== undefined || failure === undefined || now() >= failure.until) return;
    const { error, until } = failure;
    if (error.blames !== 'key') onResting();
    throw unsent(error, Math.ceil((until - now()) / 1000));
  }

  async function joinOrAskAnew(deadlineAt: number, startSpan?: StartCallSpan): Promise<string> {
    refuseIfResting();
    const joined = fetching;
    try {
      return await join(deadlineAt, startSpan);
    } catch (error) {
      const isOthersDeadline = joined !== undefined && joined.deadlineAt < deadlineAt;
      if (!isOthersDeadline || !(error instanceof CallFailure) || error.sent) throw error;
      return join(deadlineAt, startSpan);
    }
  }

  return {
    token(deadlineAt, startSpan) {
      if (current === undefined || now() >= endOf(current)) return joinOrAskAnew(deadlineAt, startSpan);
      const isDue = now() >= endOf(current) - current.lifeMs / 10;
      // No call waits for a renewal. If it fails, the next call that needs a token gets the failure.
      if (isDue && now() >= (failure?.until ?? 0)) join(endOf(current), startSpan).catch(() => undefined);
      return current.value;
    },
    replaceRefused(token) {
      if (current?.value !== token) return true;
      if (now() < replacedAt + pauseMs) return false;
      replacedAt = now();
      current = undefined;
      return true;
    },
  };
}

function endOf({ sentAt, lifeMs }: FetchedToken): number {
  return sentAt + lifeMs;
}
