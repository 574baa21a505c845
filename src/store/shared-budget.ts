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
 * how many places were taken in all when Redis last said, which a look at every beat of its pulse keeps fresh, and for one
 * window and one longest call takes no more than its part of those that were free then. Replicas that know the same all
 * divide the same rest, and stay within the budget together. What Redis has granted to others since it last answered here is
 * taken for free: so of that, a part at the most may come on top.
 *
 * All must notice the loss, or those who have not take all that Redis then gives. So each keeps to its share as soon as
 * Redis is silent for a while, which is before anybody goes on alone, or as soon as it hears how late Redis answered
 * (`redis-pulse.ts`). What cannot be seen from the others is one replica that is cut off from a Redis which serves them, and
 * what is not looked at is all credentials but those used last: there a replica adds its share.
 *
 * A place that Redis is asked for is no call until the answer is there, and the answer may never come. So it counts for
 * who would ask for more than there is, and for nothing else: neither in what is divided, nor in what others hold, nor in
 * the waits that are told.
 *
 * When Redis is back, or has forgotten everything without having been away, each replica tells it again of the places that
 * it holds, those that it took by itself among them. For one window and one longest call each needs a place in both, since
 * a replica may be gone that held some.
 */
import { randomBytes } from 'node:crypto';
import { budgetWindowMs, type CallBudget, type CallGrant } from '../upstream/call-budget.ts';
import { createKnowledge } from './knowledge.ts';
import { createOwnPart } from './own-part.ts';
import { createPlaceBook } from './place-book.ts';
import { createRedisPlaces, type PlaceAnswer } from './redis-places.ts';
import type { SharedBudgetOptions } from './shared-budget-options.ts';

/** A place that is asked for comes free as soon as the answer is no, which can be at any moment. */
const soonestMs = 1;
const askAgain: CallGrant = { ok: false, retryAfterMs: soonestMs };

/** The budget. */
export function createSharedBudget(options: SharedBudgetOptions): CallBudget {
  const { link, pulse, callsPerMinute, now, windowMs = budgetWindowMs } = options;
  const book = createPlaceBook(now, windowMs);
  const remote = createRedisPlaces({ ...options, windowMs });
  const own = createOwnPart({ ...options, windowMs }, book, remote.endOf);
  const knowledge = createKnowledge(options, book, remote);

  async function take(credential: string): Promise<CallGrant> {
    pulse.start();
    const id = randomBytes(12).toString('base64url');
    if (link.isAway()) return own.take(credential, id);
    const [waitMs = 0] = own.waitsMs(credential, 1);
    if (waitMs > 0) return { ok: false, retryAfterMs: waitMs };
    const noteAnswer = book.ask(credential, own.limit());
    if (noteAnswer === undefined) return askAgain;
    const answer = await remote.take(credential, id);
    noteAnswer();
    return heed(credential, id, answer);
  }

  /** Judges anew what Redis grants: by now it may be away, or a block have come. Only here does a place become a call. */
  function heed(credential: string, id: string, answer: PlaceAnswer): CallGrant {
    if (answer.kind === 'lost') return own.take(credential, id, true);
    if (answer.kind === 'taken') {
      const isWhole = knowledge.isWhole(credential, answer.taken - 1);
      const grant = isWhole ? own.take(credential, id) : askAgain;
      if (grant.ok) book.hear(credential, answer);
      else remote.endOf(credential, id)(false);
      return grant;
    }
    knowledge.learn(credential, answer);
    return { ok: false, retryAfterMs: Math.max(1, answer.waits[0] ?? windowMs) };
  }

  return {
    take,
    async waitsMs(credential, count, waiting) {
      const waits = await knowledge.look(credential, { count, waiting });
      return own.waitsMs(credential, count).map((wait, index) => Math.max(wait, waits[index] ?? 0));
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
