/**
 * The life of an access token: fetched once however many wait, renewed before it ends, replaced when it is refused.
 * Knows neither HTTP nor headers.
 *
 * Background. A token lives from seconds to an hour, and every call needs one. It can also end before its time, when
 * keys are rotated upstream: then calls are answered 401.
 *
 * Need. No caller waits for a renewal while the old token is good; no crowd of callers makes a crowd of token calls,
 * neither at the start, nor when hundreds of calls come back with 401 at once, nor when every token is refused, nor while
 * the token endpoint fails.
 *
 * Trick. One fetch under way at most, for whoever wants it, and for as long as any of them can wait. A 401 counts against
 * the very token that was sent: when it comes the token may long be another. A token that was fetched because of a
 * refusal and was itself refused before it was ever accepted shows that tokens are not what is wrong, and is not replaced
 * again for a while. Nor is one that serves others well, beyond a few times in a row: then it is a question that is answered
 * 401, whatever the token. After a fetch that failed there is a rest, in which everybody is told that failure at once.
 *
 * Cost. Recovery, of a key that was refused or of a token endpoint that was long down, is noticed a few seconds late, as is
 * a token that is revoked the fourth time within a quarter of a minute.
 */

import type { StartCallSpan } from './call-trace.ts';
import { createSharedFetch, type DeadlineAt, type Fetch } from './shared-fetch.ts';
import type { FetchedToken } from './token.ts';
import { refusalPauseMs, type TokenRest } from './token-rest.ts';

/** What a keeper needs. */
export type TokenKeeperOptions = {
  /** Makes one token call, which must be sent by its deadline or fail. */
  readonly fetchToken: Fetch<FetchedToken>;
  /** What the token endpoint is given after a failure. */
  readonly rest: TokenRest;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/** Keeps one token. */
export type TokenKeeper = {
  /**
   * A token that is good now; a promise of one that must be fetched first. Fails with the error of that token call, or as
   * soon as it is known that this must wait for the budget longer than the caller can. A token call belongs to the trace of
   * whoever first had need of it, also one that nobody waits for; it goes on for the others when somebody leaves.
   */
  readonly token: (deadlineAt: DeadlineAt, startSpan?: StartCallSpan) => string | Promise<string>;
  /** A call with this token was answered 401. @returns whether it makes sense to try once more. */
  readonly refused: (token: string) => boolean;
  /** A call with this token was let in. */
  readonly accepted: (token: string) => void;
};

/** No token is taken to live shorter, or every call would fetch one; and no renewal is tried again sooner. */
const leastLifeMs = 250;

/**
 * So often within `stormMs` is a token replaced because it was refused. Tokens are revoked once in a while, perhaps twice
 * in a row; more often than that it is one question that is refused, and each such question would cost a token call.
 */
const mostRefusals = 3;
const stormMs = mostRefusals * refusalPauseMs;

type Kept = FetchedToken & {
  readonly followsRefusal: boolean;
  isAccepted: boolean;
  isRefused: boolean;
  /** Refusals that it was kept in spite of, since a call was let in with it. */
  spared: number;
};

/** So many refusals in a row, and nobody let in between, are no longer taken for those of single questions. */
const mostSpared = 3;

/** A keeper without a token. Makes no call before one is wanted. */
export function createTokenKeeper({ fetchToken, rest, now }: TokenKeeperOptions): TokenKeeper {
  let kept: Kept | undefined;
  let renewNotBefore = Number.NEGATIVE_INFINITY;
  const hasRefusalsLeft = countRefusals(now);

  function keep(fetched: FetchedToken, followsRefusal: boolean): void {
    kept = { ...livable(fetched), followsRefusal, isAccepted: false, isRefused: false, spared: 0 };
    renewNotBefore = fetched.sentAt + leastLifeMs;
    rest.end();
  }

  const next = createSharedFetch<string>(async (...how) => {
    // Looked at now: a token that is on its way when another is refused was not fetched because of that.
    const followsRefusal = kept?.isRefused === true;
    try {
      const fetched = await fetchToken(...how);
      keep(fetched, followsRefusal);
      return fetched.value;
    } catch (error) {
      const shareMs = kept === undefined ? 0 : marginMs(kept) / 10;
      renewNotBefore = now() + Math.max(shareMs, rest.begin(error), leastLifeMs);
      throw error;
    }
  });

  async function joinUnlessResting(...wanted: Parameters<typeof next.join>): Promise<string> {
    if (!next.isUnderWay()) rest.refuseIfResting();
    return next.join(...wanted);
  }

  return {
    token(deadlineAt, startSpan) {
      if (kept === undefined || !isGood(kept, now())) return joinUnlessResting(deadlineAt, startSpan);
      const end = endOf(kept);
      const isDue = now() >= Math.max(renewalAt(kept), renewNotBefore);
      // Nobody waits for a renewal; that it fails is told to who has need of it next.
      if (isDue && !next.isUnderWay()) next.join(() => end, startSpan).catch(() => undefined);
      return kept.value;
    },
    refused(token) {
      if (kept === undefined || kept.value !== token || kept.isRefused) return true;
      if (isHopeless(kept, now())) return false;
      kept.spared += 1;
      // A passing refusal is gone when the call is sent once more, with whatever token.
      kept.isRefused = hasRefusalsLeft() || kept.spared > mostSpared;
      return true;
    },
    accepted(token) {
      if (kept?.value === token) Object.assign(kept, { isAccepted: true, spared: 0 });
    },
  };
}

function livable(fetched: FetchedToken): FetchedToken {
  return { ...fetched, lifeMs: Math.max(fetched.lifeMs, leastLifeMs) };
}

/** Counts those who ask, and says no to whoever comes when it was too often of late. */
function countRefusals(now: () => number): () => boolean {
  let moments: readonly number[] = [];
  return () => {
    const recent = moments.filter((moment) => now() < moment + stormMs);
    const isAllowed = recent.length < mostRefusals;
    moments = isAllowed ? [...recent, now()] : recent;
    return isAllowed;
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
