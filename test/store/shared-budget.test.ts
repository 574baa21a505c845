/** The shared budget over a Redis whose every answer the test gives: what is lost on the way gives no permit too many. */

import { describe, expect, it } from 'vitest';
import { deriveRedisKeys } from '../../src/store/redis-keys.ts';
import type { RedisLink } from '../../src/store/redis-link.ts';
import { createSharedBudget, type SharedBudgetOptions } from '../../src/store/shared-budget.ts';
import { createPermits } from '../../src/upstream/budget/permits.ts';

type Question = { readonly answer: (reply: unknown) => void; readonly refuse: (error: Error) => void };

/** A link that keeps each question until the test answers it, in order, or says that Redis is lost. */
function fakeLink() {
  const questions: Question[] = [];
  const listeners: ((isAway: boolean) => void)[] = [];
  let isAway = false;
  const turn = (away: boolean) => {
    isAway = away;
    for (const listener of listeners) listener(away);
  };
  const link: RedisLink = {
    isAway: () => isAway,
    send: () =>
      isAway
        ? Promise.reject(new Error('away'))
        : new Promise((answer, refuse) => void questions.push({ answer, refuse })),
    onChange: (listener) => void listeners.push(listener),
    close: async () => undefined,
  };
  return {
    link,
    turn,
    sent: () => questions.length,
    answer: (...reply: readonly number[]) => questions.shift()?.answer(reply),
    /** Leaves the oldest question without its answer. */
    fail: () => questions.shift()?.refuse(new Error('no answer')),
    /** As the real link does it: first it is away, then the open questions fail. */
    lose() {
      turn(true);
      for (const { refuse } of questions.splice(0)) refuse(new Error('no answer'));
    },
  };
}

/** One of two replicas with 100 calls a minute, and its clock. */
function openBudget(over: Partial<SharedBudgetOptions> = {}) {
  const redis = fakeLink();
  const clock = { now: 0 };
  const budget = createSharedBudget({
    link: redis.link,
    keys: deriveRedisKeys('a secret for tests that is long enough'),
    callsPerMinute: 100,
    replicas: 2,
    longestCallMs: 1000,
    now: () => clock.now,
    ...over,
  });
  return { redis, budget, clock };
}

/** Redis's answer: how long a block lasts, how many permits it gives, how many are held. Waits in microseconds follow. */
const given = (permits: number, taken: number): readonly [number, number, number] => [0, permits, taken];

describe('a question to Redis', () => {
  it('is one for all waiters, whatever their number', async () => {
    const { redis, budget } = openBudget();
    const permits = createPermits({ budget, now: () => 0, onWaited: () => undefined });
    const { signal } = new AbortController();
    const request = { credential: 'c', fairnessKey: 's', deadlineAt: 30_000, signal, reserved: 0 } as const;
    const waiting = [1, 2, 3, 4].map(() => permits.acquire(request));
    expect(redis.sent()).toBe(1); // For the first, who came alone.
    redis.answer(...given(1, 1));
    await waiting[0];
    await expect.poll(redis.sent).toBe(1);
    redis.answer(...given(3, 4));
    await Promise.all(waiting);
    expect([redis.sent(), permits.waiting()]).toEqual([0, 0]);
  });

  it('that gets no answer is answered from the share', async () => {
    const { redis, budget } = openBudget();
    const asked = budget.take('c', 80, 0);
    redis.lose();
    const { permits, waitsMs } = await asked;
    expect([permits.length, waitsMs.length]).toEqual([50, 30]);
    expect(budget.read()).toMatchObject({ limit: 50, left: 0 });
  });

  it('shows how many permits others hold, for a window', async () => {
    const { redis, budget, clock } = openBudget();
    const asked = budget.take('c', 2, 0);
    redis.answer(...given(2, 42));
    await asked;
    expect(budget.read()).toMatchObject({ limit: 100, left: 58 });
    clock.now = 61_000;
    expect(budget.read()).toMatchObject({ limit: 100, left: 98 });
  });

  it('gives permits back that it grants in spite of a block', async () => {
    const { redis, budget } = openBudget();
    const asked = budget.take('c', 2, 0);
    budget.block('c', 5000);
    redis.answer(...given(1, 100), 7_000_000);
    expect(await asked).toEqual({ permits: [], waitsMs: [5000, 7000] });
    expect(redis.sent()).toBe(2); // The reports of the block, and of the permit that is free again.
  });
});

describe('a Redis that is back', () => {
  it('gives permits within the share until a window has passed, less what was taken alone', async () => {
    const { redis, budget, clock } = openBudget();
    redis.turn(true);
    expect((await budget.take('c', 40, 0)).permits).toHaveLength(40);
    redis.turn(false);
    const asked = budget.take('c', 99, 0);
    redis.answer(...given(10, 10)); // It has forgotten the forty.
    expect((await asked).permits).toHaveLength(10);
    expect((await budget.take('c', 99, 0)).permits).toHaveLength(0);
    expect(redis.sent()).toBe(0);
    clock.now = 61_000;
    void budget.take('c', 99, 0);
    expect(redis.sent()).toBe(1);
  });
});

describe('a shared budget without a limit', () => {
  it('has all permits left when Redis is lost as well', async () => {
    const { redis, budget } = openBudget({ callsPerMinute: Number.POSITIVE_INFINITY });
    const asked = budget.take('c', 1, 0);
    redis.answer(...given(1, 0));
    const { permits } = await asked;
    permits[0]?.release(true);
    expect(redis.sent()).toBe(0); // Nothing is counted.
    redis.turn(true);
    expect((await budget.take('c', 7, 0)).permits).toHaveLength(7);
    expect(budget.read()).toMatchObject({ limit: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY });
  });
});
