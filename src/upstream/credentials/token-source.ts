/**
 * The life of an access token: fetched once however many wait, renewed before it ends, replaced when it is refused. Knows
 * neither HTTP nor headers.
 *
 * Need. No call waits for a renewal while the old token is good; and no crowd of calls makes a crowd of token calls, neither
 * at the start, nor when hundreds come back with 401, nor when every token is refused, nor while the token endpoint fails.
 *
 * Trick. One fetch under way at most, for all who want it. It begins in the last tenth of the token's life, and the old token
 * serves to its real end. A 401 counts against the very token that was sent: by then it may long be another. The current one
 * is dropped then, but at most once in five seconds: more often it is the question that is refused, or the key. After a fetch
 * that failed everybody is told that failure for five seconds, without a call.
 *
 * Cost. A token endpoint that was down for a moment is noticed to be back up to five seconds late, as is a token that is
 * revoked twice within them.
 */

import { CallFailure, unsent } from '../failure.ts';
import type { StartCallSpan } from '../observe.ts';
import type { FetchedToken } from './token.ts';

/** Makes one token call, which must go out by `deadlineAt` or fail. It belongs to the trace of whoever was first. */
export type FetchToken = (deadlineAt: number, startSpan: StartCallSpan | undefined) => Promise<FetchedToken>;

/** What a source needs. */
export type TokenSourceOptions = {
  readonly fetchToken: FetchToken;
  /** Called for everybody who is told a failure of the token endpoint without a call. Must not throw. */
  readonly onResting: () => void;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** Keeps one token. */
export type TokenSource = {
  /**
   * A token that is good now; a promise of one that must be fetched first.
   * @throws the failure of that token call. Who has more time than it had asks once more.
   */
  readonly token: (deadlineAt: number, startSpan?: StartCallSpan) => string | Promise<string>;
  /** A call with this token was answered 401. Returns whether it makes sense to try once more. */
  readonly refused: (token: string) => boolean;
};

/** How long neither a refused token is replaced again, nor a token endpoint asked that has failed; in milliseconds. */
const pauseMs = 5000;

/** No token is taken to live shorter, or every call would fetch one. In milliseconds. */
const leastLifeMs = 250;

type Fetching = { readonly deadlineAt: number; readonly token: Promise<string> };

/** A source without a token. Makes no call before one is wanted. */
export function createTokenSource({ fetchToken, onResting, now }: TokenSourceOptions): TokenSource {
  let kept: FetchedToken | undefined;
  let fetching: Fetching | undefined;
  let failure: { readonly error: CallFailure; readonly until: number } | undefined;
  let replacedAt = Number.NEGATIVE_INFINITY;

  async function fetchNext(deadlineAt: number, startSpan: StartCallSpan | undefined): Promise<string> {
    try {
      const fetched = await fetchToken(deadlineAt, startSpan);
      kept = { ...fetched, lifeMs: Math.max(fetched.lifeMs, leastLifeMs) };
      failure = undefined;
      return fetched.value;
    } catch (error) {
      if (isLasting(error)) failure = { error, until: now() + pauseMs };
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
      if (kept === undefined || now() >= endOf(kept)) return joinOrAskAnew(deadlineAt, startSpan);
      const isDue = now() >= endOf(kept) - kept.lifeMs / 10;
      const isResting = failure !== undefined && now() < failure.until;
      // Nobody waits for a renewal: if it fails, whoever needs the token next is told.
      if (isDue && !isResting) join(endOf(kept), startSpan).catch(() => undefined);
      return kept.value;
    },
    refused(token) {
      if (kept?.value !== token) return true;
      if (now() < replacedAt + pauseMs) return false;
      replacedAt = now();
      kept = undefined;
      return true;
    },
  };
}

/** Of a limit the budget knows how long to wait. */
function isLasting(error: unknown): error is CallFailure {
  return error instanceof CallFailure && error.code !== 'RATE_LIMITED';
}

function endOf({ sentAt, lifeMs }: FetchedToken): number {
  return sentAt + lifeMs;
}
