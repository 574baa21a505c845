/**
 * One call budget for all replicas, kept in Redis; and, while Redis is away, this replica's share of it. Counts;
 * neither waits nor calls.
 *
 * What holds. With Redis: in any window never more calls of a credential than allowed, over all replicas, whatever is
 * lost on the way; an answer that does not come costs a place for a while, never gives one too many. This rests on
 * Redis's clock alone, so long as nobody sets that forward.
 *
 * Without Redis: each replica makes at most its share, in which it counts what it had called for before. That alone is
 * not enough across the loss: if one had made nearly all, the shares of the others would come on top. So each remembers
 * how many places were taken in all when Redis last said, and for one window and one longest call takes no more than its
 * part of those that were free then. Replicas that know the same all divide the same rest, and stay within the budget
 * together. What Redis has granted to others since it last answered here is taken for free: so of that, a part at the
 * most may come on top. One that had not asked for a while knows nothing of the others, and goes on with its share.
 *
 * A place that Redis is asked for is no call until the answer is there, and the answer may never come. So it counts for
 * who would ask for more than there is, and for nothing else: neither in what is divided, nor in what others hold, nor in
 * the waits that are told.
 *
 * When Redis is back it may have forgotten everything: for one window and one longest call each replica needs a place
 * in both. A replica that alone cannot reach Redis adds no more than its part to what the others make.
 */
import { budgetWindowMs, type CallBudget, type CallGrant } from '../upstream/call-budget.ts';
import { createPlaceBook, type EndPlace, type PlaceBook } from './place-book.ts';
import type { RedisKeys } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';
import { createRedisPlaces, type PlaceAnswer } from './redis-places.ts';

/** What a shared budget needs. */
export type SharedBudgetOptions = {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  /** Calls of one credential in any window, over all replicas; `Infinity` counts none, and obeys blocks alone. */
  readonly callsPerMinute: number;
  /** How many replicas share the budget. */
  readonly replicas: number;
  /** Milliseconds after which a call has ended for certain: so long is the place of a replica that died kept. */
  readonly longestCallMs: number;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** Milliseconds; the upstream's own window unless given. */
  readonly windowMs?: number;
};

/** A place that is asked for comes free as soon as the answer is no, which can be at any moment. */
const soonestMs = 1;

/** The budget. */
export function createSharedBudget(options: SharedBudgetOptions): CallBudget {
  const { link, callsPerMinute, now, windowMs = budgetWindowMs } = options;
  const book = createPlaceBook(now, windowMs);
  const own = createOwnPart({ ...options, windowMs }, book);
  const remote = createRedisPlaces({ ...options, windowMs });

  async function take(credential: string): Promise<CallGrant> {
    if (link.isAway()) return own.take(credential);
    const [waitMs = 0] = own.waitsMs(credential, 1);
    if (waitMs > 0) return { ok: false, retryAfterMs: waitMs };
    const noteAnswer = book.ask(credential, own.limit());
    if (noteAnswer === undefined) return { ok: false, retryAfterMs: soonestMs };
    const answer = await remote.take(credential);
    noteAnswer();
    return heed(credential, answer);
  }

  /** Judges anew what Redis grants: by now it may be away, or a block have come. Only here does a place become a call. */
  function heed(credential: string, answer: PlaceAnswer): CallGrant {
    if (answer.kind === 'lost') return own.take(credential, true);
    if (answer.kind === 'taken') {
      const grant = own.take(credential);
      if (grant.ok) book.hear(credential, answer.taken);
      else answer.end(false);
      return grant.ok ? { ok: true, release: endBoth(grant.release, answer.end) } : grant;
    }
    book.hear(credential, answer.taken);
    book.block(credential, answer.blockedMs);
    return { ok: false, retryAfterMs: Math.max(1, answer.waits[0] ?? windowMs) };
  }

  return {
    take,
    async waitsMs(credential, count) {
      const waits = link.isAway() ? undefined : await remote.waits(credential, count);
      return own.waitsMs(credential, count).map((wait, index) => Math.max(wait, waits?.[index] ?? 0));
    },
    block(credential, forMs) {
      book.block(credential, forMs);
      remote.block(credential, forMs);
    },
    // With Redis: this replica's own calls, and those of the others as Redis told them when it last asked.
    read: () =>
      book.read({ own: own.limit(), all: link.isAway() ? Number.POSITIVE_INFINITY : callsPerMinute }),
  };
}

type OwnPartOptions = SharedBudgetOptions & { readonly windowMs: number };

/** What this replica's own calls leave it: of all there is, or of its share while it is on trial or `isAlone`. */
function createOwnPart(options: OwnPartOptions, book: PlaceBook) {
  const { link, callsPerMinute, replicas, longestCallMs, now, windowMs } = options;
  const share = Math.max(1, Math.floor(callsPerMinute / replicas));
  const oblivionMs = windowMs + longestCallMs;
  const isOnTrial = watchTrial(link, now, oblivionMs, () =>
    book.withhold({ own: share, all: callsPerMinute }, replicas, oblivionMs),
  );
  const limit = (isAlone = isOnTrial()) => (isAlone ? share : callsPerMinute);

  function enter(credential: string): EndPlace {
    const end = book.enter(credential);
    // Without a limit nothing is counted, so nothing need be remembered of a call that has ended.
    return (wasSent, lateByMs) => end(wasSent && Number.isFinite(callsPerMinute), lateByMs);
  }

  return {
    limit,
    waitsMs: (credential: string, count: number) => book.waitsMs(credential, limit(), count),
    take(credential: string, isAlone?: boolean): CallGrant {
      const [waitMs = 0] = book.waitsMs(credential, limit(isAlone), 1);
      return waitMs > 0 ? { ok: false, retryAfterMs: waitMs } : { ok: true, release: enter(credential) };
    },
  };
}

/**
 * Whether each replica must keep to its share: while Redis is away, and for `oblivionMs` after, since it may have
 * forgotten what was before. `onLoss` is told when it had remembered all: replicas on trial keep to their shares, and
 * have nothing to divide.
 */
function watchTrial(
  link: RedisLink,
  now: () => number,
  oblivionMs: number,
  onLoss: () => void,
): () => boolean {
  let until = Number.NEGATIVE_INFINITY;
  link.onChange((isAway) => {
    if (!isAway) until = now() + oblivionMs;
    else if (now() >= until) onLoss();
  });
  return () => link.isAway() || now() < until;
}

function endBoth(end: EndPlace, endThere: EndPlace): EndPlace {
  let isEnded = false;
  return (...outcome) => {
    if (isEnded) return;
    isEnded = true;
    end(...outcome);
    endThere(...outcome);
  };
}
