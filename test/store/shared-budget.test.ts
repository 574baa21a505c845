/** The shared budget's own books, over a Redis whose every answer the test gives: what is asked is no call yet. */

import { describe, expect, it } from 'vitest';
import { deriveRedisKeys } from '../../src/store/redis-keys.ts';
import type { RedisLink } from '../../src/store/redis-link.ts';
import { createSharedBudget } from '../../src/store/shared-budget.ts';
import type { SharedBudgetOptions } from '../../src/store/shared-budget-options.ts';
import { createBudgetLine } from '../../src/upstream/budget-line.ts';
import type { CallBudget } from '../../src/upstream/call-budget.ts';
import { taken, takePlace } from './budget-replicas.ts';

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
    /** As the real link does it: first it is away, then those who asked learn that no answer comes. */
    lose() {
      turn(true);
      for (const { refuse } of questions.splice(0)) refuse(new Error('no answer'));
    },
  };
}

/** One of two replicas with 100 calls a minute, at a clock that stands still. */
function openBudget(over: Partial<SharedBudgetOptions> = {}) {
  const redis = fakeLink();
  const budget = createSharedBudget({
    link: redis.link,
    pulse: { start: () => undefined, onDoubt: () => undefined, onBeat: () => undefined },
    keys: deriveRedisKeys('a secret for tests that is long enough'),
    callsPerMinute: 100,
    replicas: 2,
    longestCallMs: 1000,
    now: () => 0,
    ...over,
  });
  return { redis, budget };
}

const asksOf = (budget: CallBudget, count: number) => Array.from({ length: count }, () => budget.take('c'));
const granted = async (asks: readonly ReturnType<CallBudget['take']>[]) =>
  (await Promise.all(asks)).filter(({ ok }) => ok).length;

describe('a place that is asked for', () => {
  it.each([0, 1, 20, 49, 64])(
    'is no call when Redis is lost: with %i in flight, no more than the part of what was left',
    async (inFlight) => {
      const { redis, budget } = openBudget();
      const call = takePlace(budget);
      redis.answer(1, 91); // The other has made 90.
      (await call)(true);
      redis.answer(1);
      const asks = asksOf(budget, inFlight);
      redis.lose();
      expect((await granted(asks)) + (await taken(budget, 100))).toBe(4); // Half of the nine, rounded down.
      expect(budget.read()).toMatchObject({ limit: 50, left: 0 });
    },
  );

  it('is none of the places that Redis counts, so that those of others are known', async () => {
    const { redis, budget } = openBudget();
    const asks = asksOf(budget, 40);
    redis.answer(1, 91); // The others of ours are not among these.
    await asks[0];
    expect(budget.read()).toMatchObject({ limit: 100, left: 9 });
    redis.lose();
    expect((await granted(asks)) + (await taken(budget, 100))).toBe(5);
  });

  it('keeps nobody from the share when Redis is lost', async () => {
    const { redis, budget } = openBudget();
    const asks = asksOf(budget, 64);
    redis.turn(true);
    redis.fail();
    expect(await asks[0]).toMatchObject({ ok: true });
    expect((await budget.waitsMs('c', 1))[0]).toBe(0);
    for (let index = 1; index < 64; index += 1) redis.fail();
    expect(await granted(asks)).toBe(50);
  });

  it('is judged by the share when its answer comes after Redis was given up', async () => {
    const { redis, budget } = openBudget();
    const call = takePlace(budget);
    redis.answer(1, 91);
    await call;
    const asks = asksOf(budget, 9);
    redis.turn(true);
    for (let index = 0; index < 9; index += 1) redis.answer(1, 92 + index);
    expect(await granted(asks)).toBe(4);
  });

  it('is given back when a block came before the answer', async () => {
    const { redis, budget } = openBudget();
    const ask = budget.take('c');
    budget.block('c', 7000);
    redis.answer(1, 1);
    expect(await ask).toEqual({ ok: false, retryAfterMs: 7000 });
    expect(redis.sent()).toBe(2); // The block, and the place.
    expect(budget.read()).toMatchObject({ left: 0, credentials: { blocked: 1 } });
  });

  it('is asked for no more often than there are places, and free again at any moment', async () => {
    const { redis, budget } = openBudget({ callsPerMinute: 2 });
    const asks = asksOf(budget, 3);
    expect(redis.sent()).toBe(2);
    expect(await asks[2]).toEqual({ ok: false, retryAfterMs: 1 });
    redis.answer(0, 0, 2, 0, 200_000);
    expect(await asks[0]).toEqual({ ok: false, retryAfterMs: 200 });
    void budget.take('c');
    expect(redis.sent()).toBe(2);
  });

  it('takes no part in the waits that Redis tells', async () => {
    const { redis, budget } = openBudget({ callsPerMinute: 2 });
    const waits = budget.waitsMs('c', 2);
    void asksOf(budget, 2);
    redis.answer(0, 0, 2, 0, 200_000, 50_000_000);
    expect(await waits).toEqual([200, 50_000]);
  });

  it('counts in the share while Redis may have forgotten', async () => {
    const { redis, budget } = openBudget();
    redis.turn(true);
    redis.turn(false);
    const asks = asksOf(budget, 60);
    expect(redis.sent()).toBe(50);
    for (let index = 1; index <= 50; index += 1) redis.answer(1, index);
    expect(await granted(asks)).toBe(50);
    expect(await budget.take('c')).toEqual({ ok: false, retryAfterMs: 60_000 });
  });

  it('is remembered, however many other credentials come before the answer', async () => {
    const { redis, budget } = openBudget({ callsPerMinute: 1 });
    void budget.take('c');
    for (let index = 0; index < 100; index += 1) budget.block(`other ${index}`, 1000);
    expect(await budget.take('c')).toEqual({ ok: false, retryAfterMs: 1 });
    expect(redis.sent()).toBe(101);
  });
});

describe('a budget that obeys blocks alone', () => {
  it('has no limit and all places left when Redis is lost as well', async () => {
    const all = Number.POSITIVE_INFINITY;
    const { redis, budget } = openBudget({ callsPerMinute: all });
    const call = takePlace(budget);
    redis.answer(1, 1);
    await call;
    redis.lose();
    expect(budget.read()).toEqual({ limit: all, left: all, credentials: { free: 1, spent: 0, blocked: 0 } });
    expect(await taken(budget, 200)).toBe(200);
    expect(budget.read().left).toBe(all);
  });
});

it('of those who wait for places as Redis is lost, as many are served at once as the share has', async () => {
  const { redis, budget } = openBudget();
  const line = createBudgetLine(budget, 'c', () => 0);
  const served: number[] = [];
  const refusals = Array.from({ length: 64 }, (_, index) =>
    line.wait({ subject: 's', deadlineAt: () => 30_000, signal: new AbortController().signal }).then(
      () => void served.push(index),
      (error: unknown) => error,
    ),
  );
  expect(redis.sent()).toBe(64);
  redis.turn(true);
  while (redis.sent() > 0) {
    redis.fail();
    await new Promise((resolve) => setImmediate(resolve)); // Each learns by itself that no answer comes.
  }
  const refused = (await Promise.all(refusals)).filter((error) => error !== undefined);
  expect(served).toHaveLength(50);
  expect(refused).toHaveLength(14);
  expect(refused[0]).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 60 } });
});
