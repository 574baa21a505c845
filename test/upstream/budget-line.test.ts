/** The line before a budget that takes its time to answer, that others share, or that breaks. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBudgetLine } from '../../src/upstream/budget-line.ts';
import type { DelayObserver } from '../../src/upstream/budget-refusals.ts';
import type { CallBudget } from '../../src/upstream/call-budget.ts';
import { unlimitedBudget } from '../../src/upstream/call-budget.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const now = () => Date.now();
const afterMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A budget kept 100 ms away, with so many places; `waitMs` tells when there will be more. */
const openFarBudget = (places: number) => {
  const far = { places, waitMs: 60_000, underWay: 0, mostUnderWay: 0, unsent: 0 };
  const budget: CallBudget = {
    ...unlimitedBudget,
    async take() {
      far.underWay += 1;
      far.mostUnderWay = Math.max(far.mostUnderWay, far.underWay);
      await afterMs(50);
      const isFree = far.places > 0;
      if (isFree) far.places -= 1;
      await afterMs(50);
      far.underWay -= 1;
      if (!isFree) return { ok: false, retryAfterMs: far.waitMs };
      return {
        ok: true,
        release(wasSent) {
          if (wasSent) return;
          far.places += 1;
          far.unsent += 1;
        },
      };
    },
    async waitsMs(_, count) {
      await afterMs(100);
      return Array.from({ length: count }, (_, index) => (index < far.places ? 0 : far.waitMs));
    },
  };
  return { far, line: createBudgetLine(budget, 'c', now) };
};

/** Who wants a place until `deadlineAt`, and what came of it when. */
const stand = (
  line: ReturnType<typeof createBudgetLine>,
  deadlineAt: () => number = () => 1e9,
  signal = new AbortController().signal,
) => {
  const outcome: { code?: unknown; at?: number } = {};
  const told = (code: unknown) => Object.assign(outcome, { code, at: now() });
  line.wait({ subject: 's', deadlineAt, signal }).then(
    () => told('place'),
    (error: { code?: unknown }) => told(error.code ?? error),
  );
  return outcome;
};

describe('a line before a budget that is kept elsewhere', () => {
  it('asks for many places side by side, never more than 64, so that distance costs no throughput', async () => {
    const { far, line } = openFarBudget(200);
    const outcomes = Array.from({ length: 200 }, () => stand(line));
    await vi.advanceTimersByTimeAsync(500);
    expect(outcomes.filter(({ code }) => code === 'place')).toHaveLength(200);
    expect([far.mostUnderWay, far.places, far.unsent]).toEqual([64, 0, 0]);
  });

  it('gives back at once, as not used, the places of those who have left meanwhile', async () => {
    const { far, line } = openFarBudget(3);
    const leaving = new AbortController();
    const outcomes = Array.from({ length: 3 }, () => stand(line, () => 1e9, leaving.signal));
    await vi.advanceTimersByTimeAsync(60);
    leaving.abort('left');
    await vi.advanceTimersByTimeAsync(100);
    expect(outcomes.map(({ code }) => code)).toEqual(['left', 'left', 'left']);
    expect([far.places, far.unsent, vi.getTimerCount()]).toEqual([3, 3, 0]);
  });

  it('asks for one place after a refusal, then for ever more, and tells at once who waits in vain', async () => {
    const { far, line } = openFarBudget(1);
    const outcomes = Array.from({ length: 6 }, (_, index) => stand(line, () => (index < 4 ? 1e9 : 50_000)));
    await vi.advanceTimersByTimeAsync(200);
    expect(outcomes.map(({ code }) => code)).toEqual([
      'place',
      ...Array(3).fill(undefined),
      ...Array(2).fill('RATE_LIMITED'),
    ]);
    Object.assign(far, { places: 9, mostUnderWay: 0 });
    await vi.advanceTimersByTimeAsync(1300);
    expect(outcomes.map(({ code }) => code).filter((code) => code === 'place')).toHaveLength(4);
    expect([far.mostUnderWay, far.places]).toEqual([2, 6]);
  });

  it('learns within about a second that others have stopped all calls, or have given a place back', async () => {
    const { far, line } = openFarBudget(0);
    far.waitMs = 5000;
    const hopeful = stand(line, () => 6000);
    const patient = stand(line);
    await vi.advanceTimersByTimeAsync(300);
    expect(hopeful).toEqual({});
    far.waitMs = 30_000; // The upstream's own 429, told to another replica.
    await vi.advanceTimersByTimeAsync(1200);
    expect(hopeful).toEqual({ code: 'RATE_LIMITED', at: expect.any(Number) });
    far.places = 1;
    await vi.advanceTimersByTimeAsync(1300);
    expect(patient).toEqual({ code: 'place', at: expect.any(Number) });
  });

  it('spares who could be served no sooner than a tenth of a second before his time is up', async () => {
    const { far, line } = openFarBudget(0);
    far.waitMs = 5000;
    const [late, inTime] = [stand(line, () => 5299), stand(line, () => 5300)];
    await vi.advanceTimersByTimeAsync(200);
    expect([late.code, inTime.code]).toEqual(['RATE_LIMITED', undefined]);
  });

  it('sleeps no longer than until a place is free, whichever of many refusals comes first', async () => {
    let isFree = false;
    let refusals = 0;
    const budget: CallBudget = {
      ...unlimitedBudget,
      // The book of this process, which takes places that were only asked for as taken for a minute.
      take: async (credential) =>
        isFree
          ? unlimitedBudget.take(credential)
          : { ok: false, retryAfterMs: refusals++ === 0 ? 60_000 : 200 },
      waitsMs: async (_, count) => Array.from({ length: count }, () => 200),
    };
    setTimeout(() => {
      isFree = true;
    }, 200);
    const line = createBudgetLine(budget, 'c', now);
    const outcomes = [stand(line, () => 900), stand(line, () => 900), stand(line, () => 900)];
    await vi.advanceTimersByTimeAsync(210);
    expect(outcomes).toEqual(Array(3).fill({ code: 'place', at: 200 }));
  });

  it('does not ask in a loop when it is refused a place that is free by the waits', async () => {
    const budget: CallBudget = {
      ...unlimitedBudget,
      take: vi.fn(async () => ({ ok: false, retryAfterMs: 5 }) as const),
    };
    const line = createBudgetLine(budget, 'c', now);
    stand(line, () => 1e9, AbortSignal.timeout(1e9));
    await vi.advanceTimersByTimeAsync(1000);
    expect(vi.mocked(budget.take).mock.calls.length).toBeLessThanOrEqual(101);
  });

  it('tells one who waits for several at every look how soon an answer can come, and what to tell who has less time', async () => {
    const { far, line } = openFarBudget(0);
    far.waitMs = 5000;
    const told: unknown[] = [];
    const onDelay: DelayObserver = (answeredNoSoonerThan, refusal) =>
      told.push([answeredNoSoonerThan, refusal().details.retryAfter]);
    const { signal } = new AbortController();
    void line.wait({ subject: 's', deadlineAt: () => 1e9, signal, onDelay });
    await vi.advanceTimersByTimeAsync(300);
    expect(told).toEqual([[200 + 5000 + 100, 5]]);
    far.waitMs = 30_000;
    await vi.advanceTimersByTimeAsync(1200);
    expect(told[1]).toEqual([1400 + 30_000 + 100, 30]);
  });

  it('tells who waits for a place that never comes, before his time is up', async () => {
    const { far, line } = openFarBudget(0);
    far.waitMs = 10; // As when another replica is always the first to ask.
    const [hasty, patient] = [stand(line, () => 5000), stand(line, () => 5555)];
    await vi.advanceTimersByTimeAsync(6000);
    expect([hasty, patient].map(({ code }) => code)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    expect(hasty.at).toBeLessThan(5000);
    expect(patient.at).toBeLessThan(5555);
  });

  it('goes by how long a place is of use now, not by how long it was when one came', async () => {
    const { line } = openFarBudget(0);
    let deadlineAt = 1000;
    const joined = stand(line, () => deadlineAt);
    deadlineAt = 1e9;
    await vi.advanceTimersByTimeAsync(300);
    expect(joined).toEqual({});
    deadlineAt = 2000;
    await vi.advanceTimersByTimeAsync(1300);
    expect(joined.code).toBe('RATE_LIMITED');
  });
});

describe('a line before a budget that breaks', () => {
  it('tells everybody who waits, and serves who comes after', async () => {
    let isBroken = true;
    const broken: CallBudget = {
      ...unlimitedBudget,
      take: (credential) =>
        isBroken ? Promise.reject(new Error('broken')) : unlimitedBudget.take(credential),
    };
    const line = createBudgetLine(broken, 'c', now);
    const outcomes = [stand(line), stand(line)];
    await vi.advanceTimersByTimeAsync(0);
    expect(outcomes.map(({ code }) => code)).toEqual([new Error('broken'), new Error('broken')]);
    isBroken = false;
    const next = stand(line);
    await vi.advanceTimersByTimeAsync(0);
    expect([next.code, line.length()]).toEqual(['place', 0]);
  });

  it('is none the less at work when what breaks is the look at the waits', async () => {
    let places = 0;
    const broken: CallBudget = {
      ...unlimitedBudget,
      take: async (credential) =>
        places > 0 ? unlimitedBudget.take(credential) : { ok: false, retryAfterMs: 1000 },
      waitsMs: () => Promise.reject(new Error('broken')),
    };
    const line = createBudgetLine(broken, 'c', now);
    const first = stand(line);
    await vi.advanceTimersByTimeAsync(0);
    expect(first.code).toEqual(new Error('broken'));
    places = 1;
    const next = stand(line);
    await vi.advanceTimersByTimeAsync(0);
    expect(next.code).toBe('place');
  });
});
