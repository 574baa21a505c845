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
import type { FetchedToken } from './token.ts';
import { refusalPauseMs, type TokenRest } from './token-rest.ts';

/** Until when something is of use, in milliseconds of the clock that never goes back. May change; asked at every look. */
export type DeadlineAt = () => number;

/** What a keeper needs. */
export type TokenKeeperOptions = {
  /** Makes one token call, which must be sent by `deadlineAt` or fail. */
  readonly fetchToken: (deadlineAt: DeadlineAt, startSpan?: StartCallSpan) => Promise<FetchedToken>;
  /** What the token endpoint is given after a failure. */
  readonly rest: TokenRest;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/** Keeps one token. */
export type TokenKeeper = {
  /**
   * A token that is good now; a promise of one that must be fetched first. Fails with the error of that token call. A token call belongs to the
   * trace of whoever first had need of it, also one that nobody waits for. Whoever has run out of time or interest just
   * stops waiting: the call goes on for the others.
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
};

type Fetch = { readonly token: Promise<string>; readonly deadlines: Set<DeadlineAt> };

/** A keeper without a token. Makes no call before one is wanted. */
export function createTokenKeeper({ fetchToken, rest, now }: TokenKeeperOptions): TokenKeeper {
  let kept: Kept | undefined;
  let underWay: Fetch | undefined;
  let renewNotBefore = Number.NEGATIVE_INFINITY;
  let refusedAt: readonly number[] = [];

  /** Notes that a token was refused; not if that was so too often of late. */
  function noteRefusal(): boolean {
    const recent = refusedAt.filter((moment) => now() < moment + stormMs);
    if (recent.length >= mostRefusals) return false;
    refusedAt = [...recent, now()];
    return true;
  }

  function keep(fetched: FetchedToken, followsRefusal: boolean): void {
    kept = { ...livable(fetched), followsRefusal, isAccepted: false, isRefused: false };
    renewNotBefore = fetched.sentAt + leastLifeMs;
    rest.end();
  }

  async function fetchNext(deadlineAt: DeadlineAt, startSpan?: StartCallSpan): Promise<string> {
    // Looked at now: a token that is on its way when another is refused was not fetched because of that.
    const followsRefusal = kept?.isRefused === true;
    try {
      const fetched = await fetchToken(deadlineAt, startSpan);
      keep(fetched, followsRefusal);
      return fetched.value;
    } catch (error) {
      const shareMs = kept === undefined ? 0 : marginMs(kept) / 10;
      renewNotBefore = now() + Math.max(shareMs, rest.begin(error), leastLifeMs);
      throw error;
    } finally {
      underWay = undefined;
    }
  }

  /** One fetch at a time. That one fails is told to those who wait for it; a renewal may have nobody waiting. */
  function join(deadlineAt: DeadlineAt, startSpan?: StartCallSpan): Promise<string> {
    if (underWay !== undefined) {
      underWay.deadlines.add(deadlineAt);
      return underWay.token;
    }
    const deadlines = new Set([deadlineAt]);
    const token = fetchNext(() => latestOf(deadlines), startSpan);
    token.catch(() => undefined);
    underWay = { token, deadlines };
    return token;
  }

  async function joinUnlessResting(...wanted: Parameters<typeof join>): Promise<string> {
    if (underWay === undefined) rest.refuseIfResting();
    return join(...wanted);
  }

  return {
    token(deadlineAt, startSpan) {
      if (kept === undefined || !isGood(kept, now())) return joinUnlessResting(deadlineAt, startSpan);
      const end = endOf(kept);
      const isDue = now() >= Math.max(renewalAt(kept), renewNotBefore);
      if (isDue && underWay === undefined) void join(() => end, startSpan);
      return kept.value;
    },
    refused(token) {
      if (kept === undefined || kept.value !== token || kept.isRefused) return true;
      if (isHopeless(kept, now()) || !noteRefusal()) return false;
      kept.isRefused = true;
      return true;
    },
    accepted(token) {
      if (kept?.value === token) kept.isAccepted = true;
    },
  };
}

function livable(fetched: FetchedToken): FetchedToken {
  return { ...fetched, lifeMs: Math.max(fetched.lifeMs, leastLifeMs) };
}

function latestOf(deadlines: Iterable<DeadlineAt>): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const deadlineAt of deadlines) latest = Math.max(latest, deadlineAt());
  return latest;
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
