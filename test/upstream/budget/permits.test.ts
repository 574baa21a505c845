/** Permits of a budget that breaks, or that others share and may overtake in; on a fake clock. */

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CallBudget } from '../../../src/upstream/budget/call-budget.ts';
import { createPermits, type PermitRequest } from '../../../src/upstream/budget/permits.ts';
import { createWindowBudget } from '../../../src/upstream/budget/window-budget.ts';

const now = () => Date.now();
const unlimited = createWindowBudget({ callsPerMinute: Number.POSITIVE_INFINITY, now });

/** Permits of a budget whose every question the test answers. */
const open = (take: CallBudget['take']) => {
  vi.useFakeTimers({ now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const permits = createPermits({ budget: { ...unlimited, take }, now, onWaited: () => undefined });
  const acquire = async (wish: Partial<PermitRequest> = {}) => {
    const { signal } = new AbortController();
    return permits.acquire({
      credential: 'c',
      fairnessKey: 's',
      deadlineAt: 30_000,
      signal,
      reserved: 0,
      ...wish,
    });
  };
  return { permits, acquire };
};

describe('a budget that breaks', () => {
  it('fails for all waiters, and serves later calls', async () => {
    let questions = 0;
    const { acquire } = open(async (...asked) => {
      questions += 1;
      if (questions === 2) throw new Error('broken');
      return questions === 1 ? { permits: [], waitsMs: [500, 500] } : unlimited.take(...asked);
    });
    const waiting = [acquire(), acquire()].map((each) => expect(each).rejects.toThrow('broken'));
    await vi.advanceTimersByTimeAsync(0);
    await Promise.all(waiting);
    await expect(acquire()).resolves.toBeDefined();
  });
});

describe('a budget that others share', () => {
  it('is asked one question at a time, and again within a second, because others may have changed it', async () => {
    let underWay = 0;
    let most = 0;
    const moments: number[] = [];
    const { acquire } = open(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      moments.push(now());
      await new Promise((resolve) => setTimeout(resolve, 50));
      underWay -= 1;
      return { permits: [], waitsMs: [20_000, 20_000, 20_000] };
    });
    const waiting = [1, 2, 3].map(() => acquire().catch(({ code }) => code));
    await vi.advanceTimersByTimeAsync(31_000);
    expect(await Promise.all(waiting)).toEqual(['RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(most).toBe(1);
    const pauses = moments.slice(2).map((moment, index) => moment - (moments[index + 1] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1050);
  });

  it('refuses a call that never gets a permit before its deadline, not after', async () => {
    const { acquire } = open(async () => ({ permits: [], waitsMs: [10] }));
    let refusedAt = 0;
    const refused = acquire({ deadlineAt: 5000 }).catch(({ code }) => {
      refusedAt = now();
      return code;
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(await refused).toBe('RATE_LIMITED');
    expect(refusedAt).toBeLessThan(5000);
  });

  it('gets permits back at once that it grants when nobody waits any more', async () => {
    const release = vi.fn();
    const { acquire } = open(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { permits: [{ release }], waitsMs: [] };
    });
    const leaving = new AbortController();
    const left = expect(acquire({ signal: leaving.signal })).rejects.toBe('left');
    await vi.advanceTimersByTimeAsync(10);
    leaving.abort('left');
    await left;
    await vi.advanceTimersByTimeAsync(50);
    expect(release.mock.calls).toEqual([[false]]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
