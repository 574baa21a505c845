/** The budget as callers and the upstream see it: never one call too many, no caller waits in vain, no caller is overtaken. */

import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { openTimed, type SeenCall, settle } from './timed-upstream.ts';

const login = { key: 'key', secret: 'secret' };
const retry = { retries: 2, random: () => 0.5 };

/** RATE_LIMITED with this wait. */
const limited = (retryAfter: unknown) => ({ code: 'RATE_LIMITED', details: { retryAfter } });

/** The most calls that may have counted in any 60 s, wherever between its start and end each one did. */
const mostInAMinute = (seen: readonly SeenCall[]) =>
  Math.max(
    0,
    ...seen
      .flatMap(({ at, endedAt }) => [at, endedAt])
      .map((moment) => seen.filter(({ at, endedAt }) => endedAt >= moment && at < moment + 60_000).length),
  );

describe('a budget of N calls a minute', () => {
  it('lets N go at once, and the next as soon as a permit frees', async () => {
    const { client, call, seen } = openTimed(() => ({}), { callsPerMinute: 2 });
    const calls = [call(), call(), call()];
    await vi.advanceTimersByTimeAsync(59_999);
    expect([seen.length, client.waitingCalls()]).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(1001);
    expect(await Promise.all(calls)).toEqual(['page', 'page', 'page']);
    expect([client.waitingCalls(), vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('refuses a call at once, with the exact wait, when no permit comes in time', async () => {
    const { call, seen } = openTimed(() => ({}), { callsPerMinute: 1 });
    await call();
    await vi.advanceTimersByTimeAsync(30_000);
    const refused = call({ leftMs: 20_000 });
    await settle();
    const { retryAfter } = ((await refused) as { details: { retryAfter: number } }).details;
    expect([30, 31]).toContain(retryAfter);
    expect(Date.now()).toBe(30_000);
    await vi.advanceTimersByTimeAsync(retryAfter * 1000);
    expect(await call({ leftMs: 1000 })).toBe('page');
    expect(seen).toHaveLength(2);
  });

  it('refuses a call at once that has no time for the wait behind others, and serves those', async () => {
    const { call, seen } = openTimed(() => ({}), { callsPerMinute: 1 });
    await call();
    const second = call({ leftMs: 70_000 });
    const third = call({ leftMs: 70_000 });
    await settle();
    const { retryAfter } = ((await third) as { details: { retryAfter: number } }).details;
    expect([120, 122]).toContain(retryAfter);
    await vi.advanceTimersByTimeAsync(70_000);
    expect(await second).toBe('page');
    expect(seen).toHaveLength(2);
  });

  it('refuses a call at once when a call of another address goes first and leaves it too little time', async () => {
    const { call } = openTimed(() => ({}), { callsPerMinute: 1 });
    await call({ fairnessKey: 'a' });
    const [first, again] = ['a', 'a'].map((fairnessKey) => call({ fairnessKey, leftMs: 130_000 }));
    await settle();
    const other = call({ fairnessKey: 'b', leftMs: 130_000 });
    await settle();
    expect(await again).toMatchObject(limited(expect.any(Number)));
    expect(Date.now()).toBe(0);
    await vi.advanceTimersByTimeAsync(130_000);
    expect(await Promise.all([first, other])).toEqual(['page', 'page']);
  });

  it('is given to addresses in turn', async () => {
    const order: string[] = [];
    const { call } = openTimed(() => ({}), { callsPerMinute: 1 });
    await call({ fairnessKey: 'z' });
    const calls = ['a', 'a', 'a', 'b', 'c'].map((fairnessKey) =>
      call({ fairnessKey }).then(() => order.push(fairnessKey)),
    );
    await vi.advanceTimersByTimeAsync(600_000);
    await Promise.all(calls);
    expect(order.join('')).toBe('abcaa');
  });

  it('is counted for each credential separately', async () => {
    const { call, seen } = openTimed(() => ({}), { callsPerMinute: 1 });
    const calls = [
      call({ credential: 'a' }),
      call({ credential: 'b' }),
      call({ credential: 'a', leftMs: 10 }),
    ];
    await settle();
    expect(await Promise.all(calls)).toEqual([
      'page',
      'page',
      expect.objectContaining({ code: 'RATE_LIMITED' }),
    ]);
    expect(seen).toHaveLength(2);
  });

  it('lets a caller leave the queue at once, and leaves no permit, timer or listener behind', async () => {
    const { client, call, seen } = openTimed(() => ({}), { callsPerMinute: 1 });
    await call();
    const leaving = new AbortController();
    const left = call({ signal: leaving.signal });
    await vi.advanceTimersByTimeAsync(10);
    leaving.abort('left');
    await settle();
    expect(await left).toBe('left');
    expect([client.waitingCalls(), vi.getTimerCount()]).toEqual([0, 0]);
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await call({ leftMs: 200 })).toBe('page');
    expect(seen).toHaveLength(2);
  });

  it('gives the permit of a call that left before it went out to the next at once', async () => {
    const { call, client, seen } = openTimed(() => ({ afterMs: 1000 }), {
      callsPerMinute: 2,
      maxConcurrency: 1,
    });
    const leaving = new AbortController();
    const first = call();
    await settle();
    const left = call({ signal: leaving.signal });
    await settle();
    expect(client.callsWaitingForSlot()).toBe(1);
    const next = call({ leftMs: 100_000 });
    leaving.abort('left');
    await vi.advanceTimersByTimeAsync(2000);
    expect(await Promise.all([first, left, next])).toEqual(['page', 'left', 'page']);
    expect(seen).toHaveLength(2);
  });

  it('leaves the last permit to the token call, so that a refused token is replaced at once', async () => {
    const { call, seen } = openTimed(
      ({ isToken, token }) => ({ status: !isToken && token === 't1' ? 401 : 200, afterMs: 50 }),
      { callsPerMinute: 5 },
      { credentials: login },
    );
    const calls = [call({ leftMs: 30_000 }), call({ leftMs: 30_000 })];
    await vi.advanceTimersByTimeAsync(1000);
    const outcomes = await Promise.all(calls);
    expect(outcomes).toContain('page');
    expect(outcomes).toContainEqual(expect.objectContaining({ code: 'RATE_LIMITED' }));
    expect(seen.filter(({ isToken }) => isToken)).toHaveLength(2);
    expect(seen).toHaveLength(5);
  });

  it.each([
    ['forwarded credentials', undefined],
    ['key and secret', login],
  ])('is never passed in any 60 s, retries, 429s and token calls counted: %s', async (_, credentials) => {
    const anyWish = fc.record({
      fairnessKey: fc.constantFrom('a', 'b', 'c'),
      afterMs: fc.nat(20_000),
      leftMs: fc.nat(150_000),
      answer: fc.record({
        status: fc.constantFrom(200, 200, 200, 503, 429, 401),
        afterMs: fc.nat(6000), // Longer than a call may take.
        retryAfter: fc.nat(20),
        ttlSeconds: fc.integer({ min: 1, max: 100 }),
      }),
    });
    const anyWishes = fc.array(anyWish, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 4 }), anyWishes, async (callsPerMinute, wishes) => {
        const { client, call, seen } = openTimed(
          (_call, number) => wishes[number % wishes.length]?.answer ?? {},
          { callsPerMinute, maxConcurrency: 2 },
          { retry, ...(credentials && { credentials }) },
        );
        const outcomes: Promise<unknown>[] = [];
        for (const { fairnessKey, afterMs, leftMs } of wishes) {
          await vi.advanceTimersByTimeAsync(afterMs);
          outcomes.push(call({ fairnessKey, leftMs }));
        }
        await vi.advanceTimersByTimeAsync(3_600_000);
        await Promise.all(outcomes);
        expect(mostInAMinute(seen)).toBeLessThanOrEqual(callsPerMinute);
        expect([client.waitingCalls(), client.callsWaitingForSlot()]).toEqual([0, 0]);
      }),
      { numRuns: 40 },
    );
  });
});
