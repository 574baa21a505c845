/**
 * The life of an access token: fetched once however many wait, renewed before it ends, replaced when it is refused.
 * Knows neither HTTP nor headers.
 *
 * Background. A token lives from seconds to an hour, and every call needs one. It can also end before its time, when
 * keys are rotated upstream: then calls are answered 401.
 *
 * Need. No caller waits for a renewal while the old token is good; no crowd of callers makes a crowd of token calls,
 * neither at the start, nor when hundreds of calls come back with 401 at once, nor when every token is refused.
 *
 * Trick. One fetch under way at most, whoever wants it. A 401 counts against the very token that was sent: when it
 * comes the token may long be another. A token that followed a refusal and was itself refused before it was ever
 * accepted shows that tokens are not what is wrong, and is not replaced again for a while.
 *
 * Cost. Recovery from a key that was refused is noticed a few seconds late.
 */

import { GatewayError } from '../errors.ts';
import type { StartCallSpan } from './call-trace.ts';
import type { FetchedToken } from './token.ts';

/** What a keeper needs. */
export type TokenKeeperOptions = {
  /** Makes one token call, which must be sent by `deadlineAt` or fail. */
  readonly fetchToken: (deadlineAt: number, startSpan?: StartCallSpan) => Promise<FetchedToken>;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/** Keeps one token. */
export type TokenKeeper = {
  /**
   * A token that is good now. Rejects with the error of the token call that was needed. A token call belongs to the
   * trace of whoever first had need of it, also one that nobody waits for.
   */
  readonly token: (deadlineAt: number, startSpan?: StartCallSpan) => Promise<string>;
  /** A call with this token was answered 401. @returns whether it makes sense to try once more. */
  readonly refused: (token: string) => boolean;
  /** A call with this token was let in. */
  readonly accepted: (token: string) => void;
};

/** How long, in milliseconds, neither a refused key nor a refused new token is tried again. */
export const refusalPauseMs = 5000;

type Kept = FetchedToken & {
  readonly followsRefusal: boolean;
  isAccepted: boolean;
  isRefused: boolean;
};

/** A keeper without a token. Makes no call before one is wanted. */
export function createTokenKeeper({ fetchToken, now }: TokenKeeperOptions): TokenKeeper {
  let kept: Kept | undefined;
  let underWay: Promise<string> | undefined;
  let renewNotBefore = Number.NEGATIVE_INFINITY;
  let keyRefusal: { readonly error: GatewayError; readonly until: number } | undefined;

  async function fetchNext(deadlineAt: number, startSpan?: StartCallSpan): Promise<string> {
    const before = kept;
    try {
      const fetched = await fetchToken(deadlineAt, startSpan);
      const followsRefusal = before?.isRefused === true;
      kept = { ...fetched, followsRefusal, isAccepted: false, isRefused: false };
      keyRefusal = undefined;
      return fetched.value;
    } catch (error) {
      if (isRefusal(error)) keyRefusal = { error, until: now() + refusalPauseMs };
      renewNotBefore = now() + (before === undefined ? 0 : marginMs(before) / 10);
      throw error;
    } finally {
      underWay = undefined;
    }
  }

  /** One fetch at a time. That one fails is told to those who wait for it; a renewal may have nobody waiting. */
  function join(deadlineAt: number, startSpan?: StartCallSpan): Promise<string> {
    if (underWay === undefined) {
      underWay = fetchNext(deadlineAt, startSpan);
      underWay.catch(() => undefined);
    }
    return underWay;
  }

  return {
    async token(deadlineAt, startSpan) {
      if (kept !== undefined && isGood(kept, now())) {
        if (now() >= renewalAt(kept) && now() >= renewNotBefore) void join(endOf(kept), startSpan);
        return kept.value;
      }
      if (keyRefusal !== undefined && now() < keyRefusal.until) throw keyRefusal.error;
      return join(deadlineAt, startSpan);
    },
    refused(token) {
      if (kept === undefined || kept.value !== token) return true;
      if (isHopeless(kept, now())) return false;
      kept.isRefused = true;
      return true;
    },
    accepted(token) {
      if (kept?.value === token) kept.isAccepted = true;
    },
  };
}

/** A share of the life, for lives differ by three orders of magnitude. */
function marginMs({ lifeMs }: Kept): number {
  return lifeMs / 10;
}

function endOf({ sentAt, lifeMs }: Kept): number {
  return sentAt + lifeMs;
}

function renewalAt(kept: Kept): number {
  return endOf(kept) - marginMs(kept);
}

function isGood(kept: Kept, moment: number): boolean {
  return !kept.isRefused && moment < endOf(kept);
}

function isHopeless({ followsRefusal, isAccepted, sentAt }: Kept, moment: number): boolean {
  return followsRefusal && !isAccepted && moment < sentAt + refusalPauseMs;
}

function isRefusal(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === 'UPSTREAM_UNAUTHORIZED';
}
