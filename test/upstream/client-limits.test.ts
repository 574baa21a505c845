/** An upstream that says 429, and a client that closes: nobody with the credential waits in vain, or calls. */

import { describe, expect, it, vi } from 'vitest';
import { openTimed, settle } from './timed-upstream.ts';

const retry = { retries: 2, random: () => 0.5 };

/** RATE_LIMITED with this wait. */
const limited = (retryAfter: unknown) => ({ code: 'RATE_LIMITED', details: { retryAfter } });

describe('a 429', () => {
  it('stops all calls of that credential for as long as it says, and refuses at once those without the time', async () => {
    const { call, seen } = openTimed((_, number) => (number === 1 ? { status: 429, retryAfter: 7 } : {}));
    expect(await call()).toMatchObject(limited(7));
    const late = call({ leftMs: 7050 });
    const patient = call({ leftMs: 7200 });
    expect(await call({ credential: 'other' })).toBe('page');
    await settle();
    expect(await late).toMatchObject(limited(7));
    expect(seen).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(7000);
    expect(await patient).toBe('page');
    expect(seen.map(({ at }) => at)).toEqual([0, 0, 7000]);
  });

  it('gives the call that it answered the longer of two waits: its own, or that for the next permit', async () => {
    const { call } = openTimed((_, number) => (number === 2 ? { status: 429, retryAfter: 3 } : {}), {
      callsPerMinute: 2,
    });
    await call();
    const { retryAfter } = ((await call()) as { details: { retryAfter: number } }).details;
    expect([60, 61]).toContain(retryAfter);
  });

  it('stops a call that waits for its slot, and gives its permit back', async () => {
    const { call, client, seen } = openTimed(
      (_, number) => (number === 1 ? { status: 429, retryAfter: 40, afterMs: 100 } : {}),
      { callsPerMinute: 10, maxConcurrency: 1 },
    );
    const calls = [call({ leftMs: 30_000 }), call({ leftMs: 30_000 }), call({ leftMs: 90_000 })];
    await settle();
    expect(client.callsWaitingForSlot()).toBe(2);
    await vi.advanceTimersByTimeAsync(100);
    expect(await Promise.all(calls.slice(0, 2))).toMatchObject([limited(40), limited(40)]);
    expect([seen.length, client.budget().credentials.blocked]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await calls[2]).toBe('page');
    expect(client.budget()).toMatchObject({ left: 8 });
  });

  it('makes a call that may be tried again wait, together with calls that wait already', async () => {
    const { call, seen } = openTimed(
      (_, number) => (number === 1 ? { status: 429, retryAfter: 5 } : {}),
      {},
      { retry },
    );
    const first = call();
    await vi.advanceTimersByTimeAsync(6000);
    expect(await first).toBe('page');
    expect(seen).toHaveLength(2);
    expect(seen[1]?.at).toBeGreaterThanOrEqual(5000);
  });
});

describe('a call that finds no free connection before its deadline', () => {
  it('does not go out, though its signal has not fired, and gives its permit back', async () => {
    const { call, client, seen } = openTimed(
      () => ({ afterMs: 40_000 }),
      { callsPerMinute: 2, maxConcurrency: 1 },
      { timeoutMs: 60_000 },
    );
    const first = call();
    const second = call({ leftMs: 30_000 });
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await first).toBe('page');
    expect(await second).toMatchObject({ code: 'RATE_LIMITED', sent: false });
    expect([seen.length, client.budget().left, client.callsWaitingForSlot()]).toEqual([1, 1, 0]);
  });
});

describe('a client that is closing', () => {
  it('refuses a call at once that waits for the budget beyond the shutdown deadline', async () => {
    const { client, call, seen } = openTimed(() => ({}), { callsPerMinute: 1 });
    await call();
    const waiting = call();
    await vi.advanceTimersByTimeAsync(100);
    client.closeAt(5000);
    await settle();
    expect(await waiting).toMatchObject({ code: 'RATE_LIMITED' });
    expect([Date.now(), seen.length, vi.getTimerCount()]).toEqual([100, 1, 0]);
  });
});
