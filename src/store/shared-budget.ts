/**
 * One call budget for all replicas, kept in Redis; and, while Redis is away, this replica's share of it. Counts; neither
 * waits nor calls.
 *
 * With Redis: in any window never more calls of a credential than allowed, over all replicas. An answer that does not come
 * costs permits for a while, never gives one too many. This rests on Redis's clock alone, so long as nobody sets that
 * forward.
 *
 * Without Redis: each replica goes on with its share, less its own calls of the last window. When Redis is back it may have
 * forgotten what was before, so for one window each replica needs a permit from both. What one replica had taken beyond its
 * share before the loss comes on top of the shares of the others: once per loss the budget may be exceeded, and the
 * upstream's 429 then stops all. So it is when Redis loses its data without being away.
 */
import {
  type BudgetAnswer,
  budgetWindowMs,
  type CallBudget,
  type Permit,
} from '../upstream/budget/call-budget.ts';
import type { RedisKeys } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';
import { createRedisPermits } from './redis-permits.ts';
import { createWindowBudget } from './window-budget.ts';

/** What a shared budget needs. */
export type SharedBudgetOptions = {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  /** Calls of one credential in any window, over all replicas; `Infinity` counts none, and obeys blocks alone. */
  readonly callsPerMinute: number;
  /** How many replicas share the budget. */
  readonly replicas: number;
  /** Milliseconds after which a call has ended for certain: so long is the permit of a replica that died kept. */
  readonly longestCallMs: number;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly windowMs?: number;
};

/** The budget. */
export function createSharedBudget(options: SharedBudgetOptions): CallBudget {
  const { link, callsPerMinute, replicas, now, windowMs = budgetWindowMs } = options;
  const share = Math.max(1, Math.floor(callsPerMinute / replicas));
  const own = createWindowBudget({ callsPerMinute: share, now, windowMs });
  const redis = createRedisPermits({ ...options, windowMs });
  let sharesUntil = Number.NEGATIVE_INFINITY;
  link.onChange((isAway) => {
    if (!isAway) sharesUntil = now() + windowMs;
  });
  const isShareKept = () => link.isAway() || now() < sharesUntil;

  /** A call that Redis has permitted counts here as well. */
  function enter(credential: string, id: string): Permit {
    const permit = own.enter(credential);
    let isHeld = true;
    return {
      release(wasSent) {
        if (!isHeld) return;
        isHeld = false;
        permit.release(wasSent);
        if (Number.isFinite(callsPerMinute)) redis.end(credential, id, wasSent);
      },
    };
  }

  async function ask(credential: string, count: number, kept: number): Promise<BudgetAnswer> {
    const limit = Math.max(1, callsPerMinute - kept);
    const answer = await redis.take(credential, limit, count);
    if (answer === undefined) return own.take(credential, count, kept);
    own.block(credential, answer.blockedMs);
    const permits = answer.ids.map((id) => enter(credential, id));
    if (Number.isFinite(callsPerMinute)) own.noteTaken(credential, answer.taken);
    // A block that Redis had not heard of, or that came before its answer.
    const blockedMs = own.blockedMs(credential);
    if (blockedMs === 0) return { permits, waitsMs: answer.waitsMs };
    for (const { release } of permits) release(false);
    const waitsMs = [...permits.map(() => 0), ...answer.waitsMs].map((waitMs) => Math.max(waitMs, blockedMs));
    return { permits: [], waitsMs };
  }

  return {
    take(credential, count, kept) {
      if (!isShareKept()) return ask(credential, count, kept);
      const most = Math.min(count, own.free(credential, kept));
      return link.isAway() || most === 0 ? own.take(credential, count, kept) : ask(credential, most, kept);
    },
    block(credential, forMs) {
      own.block(credential, forMs);
      redis.block(credential, forMs);
    },
    blockedMs: own.blockedMs,
    read: () => own.read(isShareKept() ? undefined : callsPerMinute),
  };
}
