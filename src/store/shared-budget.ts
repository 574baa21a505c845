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
 * part of those that were free then. Replicas that asked a moment ago all divide the same rest, and stay within the
 * budget together. One that had not asked for a while knows too little of the others, and goes on with its share.
 *
 * When Redis is back it may have forgotten everything: for one window and one longest call each replica needs a place
 * in both. A replica that alone cannot reach Redis adds no more than its part to what the others make.
 */
import { randomBytes } from 'node:crypto';
import { budgetWindowMs, type CallBudget, type CallGrant } from '../upstream/call-budget.ts';
import { askScript, blockScript, endScript } from './budget-scripts.ts';
import { createPlaceBook, waitsFor } from './place-book.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';

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

/** The budget. */
export function createSharedBudget(options: SharedBudgetOptions): CallBudget {
  const { link, callsPerMinute, replicas, longestCallMs, now, windowMs = budgetWindowMs } = options;
  const share = Math.max(1, Math.floor(callsPerMinute / replicas));
  const book = createPlaceBook(now, windowMs);
  const remote = createRemote({ ...options, windowMs });
  const oblivionMs = windowMs + longestCallMs;
  const isOnTrial = watchTrial(link, now, oblivionMs, () =>
    book.withhold({ own: share, all: callsPerMinute }, replicas, oblivionMs),
  );
  /** The waits that this replica's own calls impose, under its share or under all there is. */
  const ownWaits = (credential: string, count: number, isAlone = isOnTrial()) =>
    book.waitsMs(credential, isAlone ? share : callsPerMinute, count);

  function enter(credential: string): (wasSent: boolean) => void {
    const end = book.enter(credential);
    // Without a limit nothing is counted, so nothing need be remembered of a call that has ended.
    return (wasSent) => end(wasSent && Number.isFinite(callsPerMinute));
  }

  function takeOwn(credential: string, isAlone = isOnTrial()): CallGrant {
    const [wait = 0] = ownWaits(credential, 1, isAlone);
    return wait > 0 ? { ok: false, retryAfterMs: wait } : { ok: true, release: enter(credential) };
  }

  async function take(credential: string): Promise<CallGrant> {
    // Entered before Redis is asked, so that whoever asks meanwhile counts it.
    const own = takeOwn(credential);
    if (!own.ok || link.isAway()) return own;
    const answer = await remote.take(credential);
    if (answer.kind === 'taken') {
      book.hear(credential, answer.taken);
      return { ok: true, release: endBoth(own.release, answer.end) };
    }
    own.release(false);
    if (answer.kind === 'lost') return takeOwn(credential, true);
    book.hear(credential, answer.taken);
    book.block(credential, answer.blockedMs);
    return { ok: false, retryAfterMs: Math.max(1, answer.waits[0] ?? windowMs) };
  }

  return {
    take,
    async waitsMs(credential, count) {
      const waits = link.isAway() ? undefined : await remote.waits(credential, count);
      const own = ownWaits(credential, count);
      return own.map((wait, index) => Math.max(wait, waits?.[index] ?? 0));
    },
    block(credential, forMs) {
      book.block(credential, forMs);
      remote.block(credential, forMs);
    },
    // With Redis: this replica's own calls, and those of the others as Redis told them when it last asked.
    read: () =>
      book.read({
        own: isOnTrial() ? share : callsPerMinute,
        all: link.isAway() ? Number.POSITIVE_INFINITY : callsPerMinute,
      }),
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

function endBoth(end: (wasSent: boolean) => void, endThere: (wasSent: boolean) => void) {
  let isEnded = false;
  return (wasSent: boolean) => {
    if (isEnded) return;
    isEnded = true;
    end(wasSent);
    endThere(wasSent);
  };
}

/** `taken` counts the places of all replicas. */
type Answer =
  | { readonly kind: 'taken'; readonly taken: number; readonly end: (wasSent: boolean) => void }
  | Refusal
  | { readonly kind: 'lost' };

type Refusal = {
  readonly kind: 'refused';
  readonly taken: number;
  readonly blockedMs: number;
  readonly waits: readonly number[];
};

type RemoteOptions = Omit<SharedBudgetOptions, 'windowMs'> & { readonly windowMs: number };

/** The accounts in Redis. */
function createRemote({ link, keys, callsPerMinute, longestCallMs, windowMs }: RemoteOptions) {
  const limit = Number.isFinite(callsPerMinute) ? callsPerMinute : 0;
  const [windowUs, longestUs] = [microseconds(windowMs), microseconds(longestCallMs)];
  const placesOf = (credential: string) => redisName(keys, 'budget', credential);
  const blockOf = (credential: string) => `${placesOf(credential)}:block`;
  const run = (script: string, names: readonly string[], words: readonly string[]) =>
    link.send(['EVAL', script, String(names.length), ...names, ...words]);
  // What is not told is not needed: the place comes back by itself, and the upstream says 429 once more.
  const tell = (...told: Parameters<typeof run>) => void run(...told).catch(() => undefined);

  async function ask(credential: string, count: number, id: string): Promise<readonly number[]> {
    const words = [String(limit), windowUs, longestUs, String(count), id];
    const reply = await run(askScript, [placesOf(credential), blockOf(credential)], words);
    if (!Array.isArray(reply)) throw new Error('Expected a list from Redis');
    return reply.map(Number);
  }
  const waitsIn = ([, blockedUs = 0, taken = 0, ...takenUs]: readonly number[], count: number) =>
    waitsFor((index) => milliseconds(takenUs[index] ?? windowMs * 1000), {
      limit: callsPerMinute,
      count,
      windowMs,
      taken,
      blockedMs: milliseconds(blockedUs),
    });
  const refusalIn = (reply: readonly number[]): Refusal => {
    const [, blockedUs = 0, taken = 0] = reply;
    return { kind: 'refused', taken, blockedMs: milliseconds(blockedUs), waits: waitsIn(reply, 1) };
  };
  const endOf = (credential: string, id: string) => (wasSent: boolean) =>
    limit > 0 && tell(endScript, [placesOf(credential)], [id, windowUs, longestUs, wasSent ? '1' : '0']);

  return {
    async take(credential: string): Promise<Answer> {
      const id = randomBytes(12).toString('base64url');
      try {
        const reply = await ask(credential, 1, id);
        if (reply[0] === 1) return { kind: 'taken', taken: reply[1] ?? 0, end: endOf(credential, id) };
        return refusalIn(reply);
      } catch {
        return { kind: 'lost' };
      }
    },
    async waits(credential: string, count: number): Promise<readonly number[] | undefined> {
      try {
        const reply = await ask(credential, count, '');
        return waitsIn(reply, count);
      } catch {
        return undefined;
      }
    },
    block: (credential: string, forMs: number) =>
      tell(blockScript, [blockOf(credential)], [microseconds(forMs)]),
  };
}

function microseconds(ms: number): string {
  return String(Math.ceil(ms * 1000));
}

/** Rounded up, so that who waits so long has waited long enough. */
function milliseconds(us: number): number {
  return Math.ceil(us / 1000);
}
