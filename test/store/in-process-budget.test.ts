/** The window of calls: never one too many, at whatever moment of its life each call was counted; and never stingy. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInProcessBudget } from '../../src/store/in-process-budget.ts';
import { budgetWindowMs, type CallBudget } from '../../src/upstream/call-budget.ts';

const openBudget = (callsPerMinute: number) => {
  const clock = { now: 0 };
  return { clock, budget: createInProcessBudget({ callsPerMinute, now: () => clock.now }) };
};

const takePlace = async (budget: CallBudget, credential = 'c') => {
  const grant = await budget.take(credential);
  if (!grant.ok) throw new Error(`Expected a place, got a wait of ${grant.retryAfterMs} ms`);
  return grant.release;
};

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'take' }
  | { readonly kind: 'end'; readonly which: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 59_999, 60_000, 7000, 30_000) }),
  fc.record({ kind: fc.constant('take' as const) }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(9) }),
);

type MadeCall = { readonly start: number; end: number; readonly release: (wasSent: boolean) => void };

/** Every call that a schedule comes to; one that is still under way ends at Infinity. */
const callsOf = async (allowed: number, steps: readonly Step[]): Promise<readonly MadeCall[]> => {
  const { clock, budget } = openBudget(allowed);
  const calls: MadeCall[] = [];
  const end = (which: number) => {
    const open = calls.filter((call) => call.end === Number.POSITIVE_INFINITY);
    const ended = open[which % open.length];
    if (ended === undefined) return;
    ended.end = clock.now;
    ended.release(true);
  };
  const take = async () => {
    const grant = await budget.take('c');
    if (grant.ok) calls.push({ start: clock.now, end: Number.POSITIVE_INFINITY, release: grant.release });
    else expect(grant.retryAfterMs).toBeGreaterThan(0);
  };
  for (const step of steps) {
    if (step.kind === 'wait') clock.now += step.ms;
    else if (step.kind === 'take') await take();
    else end(step.which);
  }
  return calls;
};

describe('the in-process budget', () => {
  it('never has more calls in any 60 s than allowed, whenever between start and end each arrived', async () => {
    const schedule = fc.array(anyStep, { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), schedule, async (allowed, steps) => {
        const calls = await callsOf(allowed, steps);
        for (const moment of calls.flatMap(({ start, end }) => [start, end])) {
          // All calls that overlap the window may have been counted within it.
          const overlapping = calls.filter(
            ({ start, end }) => end >= moment && start < moment + budgetWindowMs,
          );
          expect(overlapping.length).toBeLessThanOrEqual(allowed);
        }
      }),
    );
  });

  it('frees a place 60 s after its call ended, and says exactly when', async () => {
    const { clock, budget } = openBudget(1);
    const release = await takePlace(budget);
    expect(await budget.take('c')).toEqual({ ok: false, retryAfterMs: 60_000 });
    clock.now = 5000;
    release(true);
    clock.now = 5001;
    expect(await budget.take('c')).toEqual({ ok: false, retryAfterMs: 59_999 });
    clock.now = 64_999;
    expect(await budget.take('c')).toEqual({ ok: false, retryAfterMs: 1 });
    clock.now = 65_000;
    await takePlace(budget);
  });

  it('frees the place of a call that was never sent at once, and no place twice', async () => {
    const { budget } = openBudget(1);
    const release = await takePlace(budget);
    release(false);
    release(false);
    await takePlace(budget);
    expect((await budget.take('c')).ok).toBe(false);
  });

  it('keeps credentials apart', async () => {
    const { budget } = openBudget(1);
    await takePlace(budget, 'a');
    await takePlace(budget, 'b');
    expect((await budget.take('a')).ok).toBe(false);
  });

  it('tells the waits of the next places, a window later for those beyond the budget', async () => {
    const { clock, budget } = openBudget(3);
    const release = await takePlace(budget);
    await takePlace(budget);
    release(true);
    clock.now = 10_000;
    expect(await budget.waitsMs('c', 5)).toEqual([0, 50_000, 60_000, 60_000, 110_000]);
  });

  it('tells them for however many there are', async () => {
    const { budget } = openBudget(1);
    await takePlace(budget);
    const waits = await budget.waitsMs('c', 20_000);
    expect([waits.length, waits[0], waits.at(-1)]).toEqual([20_000, 60_000, 20_000 * 60_000]);
  });

  it('obeys a block, the longest of several, even without a limit of its own', async () => {
    const { clock, budget } = openBudget(Number.POSITIVE_INFINITY);
    budget.block('c', 9000);
    budget.block('c', 3000);
    expect(await budget.take('c')).toEqual({ ok: false, retryAfterMs: 9000 });
    expect(await budget.waitsMs('c', 2)).toEqual([9000, 9000]);
    await takePlace(budget, 'other');
    clock.now = 9000;
    await takePlace(budget);
  });

  it('tells the limit, the places of who has the fewest, and how many credentials are in each state', async () => {
    const { clock, budget } = openBudget(2);
    const none = { free: 0, spent: 0, blocked: 0 };
    expect(budget.read()).toEqual({ limit: 2, left: 2, credentials: none });
    const release = await takePlace(budget, 'a');
    expect(budget.read()).toEqual({ limit: 2, left: 1, credentials: { ...none, free: 1 } });
    await takePlace(budget, 'b');
    await takePlace(budget, 'b');
    budget.block('c', 5000);
    expect(budget.read()).toEqual({ limit: 2, left: 0, credentials: { free: 1, spent: 1, blocked: 1 } });
    release(true);
    clock.now = 5000; // The block is over, a's call still counts, b's are under way.
    await takePlace(budget, 'd');
    expect(budget.read()).toEqual({ limit: 2, left: 0, credentials: { free: 2, spent: 1, blocked: 0 } });
    clock.now = 60_000;
    expect(budget.read().credentials).toEqual({ free: 1, spent: 1, blocked: 0 });
  });

  it('counts a blocked credential as blocked even when it is spent, and as having no place even without a limit', async () => {
    const { budget } = openBudget(Number.POSITIVE_INFINITY);
    const left = Number.POSITIVE_INFINITY;
    expect(budget.read()).toMatchObject({ limit: left, left });
    const release = await takePlace(budget);
    expect(budget.read()).toMatchObject({ left, credentials: { free: 1, spent: 0, blocked: 0 } });
    budget.block('c', 1000);
    expect(budget.read()).toMatchObject({ left: 0, credentials: { free: 0, spent: 0, blocked: 1 } });
    const limited = openBudget(1).budget;
    await takePlace(limited);
    limited.block('c', 1000);
    expect(limited.read().credentials).toEqual({ free: 0, spent: 0, blocked: 1 });
    release(true);
  });

  it('remembers nothing of a call that has ended where there is no limit', async () => {
    const { budget } = openBudget(Number.POSITIVE_INFINITY);
    (await takePlace(budget))(true);
    expect(budget.read().credentials).toEqual({ free: 0, spent: 0, blocked: 0 });
  });

  it('remembers an account while it matters, however many others come', async () => {
    const { budget } = openBudget(1);
    await takePlace(budget, 'kept');
    for (let index = 0; index < 100; index += 1) (await takePlace(budget, `other ${index}`))(false);
    expect((await budget.take('kept')).ok).toBe(false);
  });
});
