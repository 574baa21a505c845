/** The window of calls: never one too many, at whatever moment of its life each call was counted; and never stingy. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetWindowMs } from '../../../src/upstream/budget/call-budget.ts';
import { createWindowBudget, type WindowBudget } from '../../../src/upstream/budget/window-budget.ts';

const openBudget = (callsPerMinute: number) => {
  const clock = { now: 0 };
  return { clock, budget: createWindowBudget({ callsPerMinute, now: () => clock.now }) };
};

const takeOne = (budget: WindowBudget, credential = 'c') => {
  const { permits, waitsMs } = budget.take(credential, 1, 0);
  if (permits[0] === undefined) throw new Error(`Expected a permit, got a wait of ${waitsMs} ms`);
  return permits[0];
};

/** The waits of the next permits, when none is free. */
const waitsOf = (budget: WindowBudget, count: number) => {
  const { permits, waitsMs } = budget.take('c', count, 0);
  expect(permits).toEqual([]);
  return waitsMs;
};

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'take' }
  | { readonly kind: 'end'; readonly which: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 60_999, 61_000, 7000, 30_000) }),
  fc.record({ kind: fc.constant('take' as const) }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(9) }),
);

type MadeCall = { readonly start: number; end: number; readonly release: (wasSent: boolean) => void };

/** Every call that a schedule comes to; one that is still under way ends at Infinity. */
const callsOf = (allowed: number, steps: readonly Step[]): readonly MadeCall[] => {
  const { clock, budget } = openBudget(allowed);
  const calls: MadeCall[] = [];
  const end = (which: number) => {
    const open = calls.filter((call) => call.end === Number.POSITIVE_INFINITY);
    const ended = open[which % open.length];
    if (ended === undefined) return;
    ended.end = clock.now;
    ended.release(true);
  };
  const take = () => {
    const { permits, waitsMs } = budget.take('c', 1, 0);
    for (const { release } of permits)
      calls.push({ start: clock.now, end: Number.POSITIVE_INFINITY, release });
    for (const waitMs of waitsMs) expect(waitMs).toBeGreaterThan(0);
  };
  for (const step of steps) {
    if (step.kind === 'wait') clock.now += step.ms;
    else if (step.kind === 'take') take();
    else end(step.which);
  }
  return calls;
};

describe('the budget of one process', () => {
  it('never has more calls in any 60 s than allowed, whenever between start and end each arrived', () => {
    const schedule = fc.array(anyStep, { maxLength: 80 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), schedule, (allowed, steps) => {
        const calls = callsOf(allowed, steps);
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

  it('frees a permit one window after its call ended, and says exactly when', () => {
    const { clock, budget } = openBudget(1);
    const { release } = takeOne(budget);
    expect(waitsOf(budget, 1)).toEqual([61_000]);
    clock.now = 5000;
    release(true);
    clock.now = 5001;
    expect(waitsOf(budget, 1)).toEqual([60_999]);
    clock.now = 65_999;
    expect(waitsOf(budget, 1)).toEqual([1]);
    clock.now = 66_000;
    takeOne(budget);
  });

  it('frees the permit of a call that was never sent at once, and no permit twice', () => {
    const { budget } = openBudget(1);
    const { release } = takeOne(budget);
    release(false);
    release(false);
    takeOne(budget);
    expect(waitsOf(budget, 1)).toHaveLength(1);
  });

  it('keeps credentials apart', () => {
    const { budget } = openBudget(1);
    takeOne(budget, 'a');
    takeOne(budget, 'b');
    expect(budget.take('a', 1, 0).permits).toEqual([]);
  });

  it('answers with permits and the waits of all others, a window later for those beyond the budget', () => {
    const { clock, budget } = openBudget(3);
    const { release } = takeOne(budget);
    takeOne(budget);
    release(true);
    clock.now = 10_000;
    const { permits, waitsMs } = budget.take('c', 5, 0);
    expect(permits).toHaveLength(1);
    expect(waitsMs).toEqual([51_000, 61_000, 61_000, 112_000]);
  });

  it('leaves permits to others, but lets one call go whatever its limit', () => {
    const { budget } = openBudget(3);
    expect(budget.take('c', 3, 1).permits).toHaveLength(2);
    expect(budget.take('c', 1, 1)).toMatchObject({ permits: [], waitsMs: [61_000] });
    expect(budget.take('c', 2, 0)).toMatchObject({ permits: [{}], waitsMs: [61_000] });
    expect(openBudget(1).budget.take('c', 2, 1).permits).toHaveLength(1);
  });

  it('obeys a block, the longest of several, even without a limit of its own', () => {
    const { clock, budget } = openBudget(Number.POSITIVE_INFINITY);
    expect(budget.blockedMs('c')).toBe(0);
    budget.block('c', 9000);
    budget.block('c', 3000);
    expect(budget.take('c', 2, 0)).toEqual({ permits: [], waitsMs: [9000, 9000] });
    expect(budget.blockedMs('c')).toBe(9000);
    takeOne(budget, 'other');
    clock.now = 9000;
    takeOne(budget);
  });

  it('reads the limit, the permits left to the credential with the fewest, and how many credentials are in each state', () => {
    const { clock, budget } = openBudget(2);
    const none = { free: 0, spent: 0, blocked: 0 };
    expect(budget.read()).toEqual({ limit: 2, left: 2, credentials: none, accounts: 0 });
    const { release } = takeOne(budget, 'a');
    expect(budget.read()).toMatchObject({ limit: 2, left: 1, credentials: { ...none, free: 1 } });
    takeOne(budget, 'b');
    takeOne(budget, 'b');
    budget.block('c', 5000);
    expect(budget.read()).toMatchObject({
      limit: 2,
      left: 0,
      credentials: { free: 1, spent: 1, blocked: 1 },
    });
    release(true);
    clock.now = 5000; // The block is over, a's call still counts, b's are under way.
    takeOne(budget, 'd');
    expect(budget.read()).toMatchObject({
      limit: 2,
      left: 0,
      credentials: { free: 2, spent: 1, blocked: 0 },
    });
    clock.now = 61_000;
    expect(budget.read().credentials).toEqual({ free: 1, spent: 1, blocked: 0 });
  });

  it('counts a blocked credential as blocked even when it is spent, and as having no permit even without a limit', () => {
    const { budget } = openBudget(Number.POSITIVE_INFINITY);
    const left = Number.POSITIVE_INFINITY;
    expect(budget.read()).toMatchObject({ limit: left, left });
    const { release } = takeOne(budget);
    expect(budget.read()).toMatchObject({ left, credentials: { free: 1, spent: 0, blocked: 0 } });
    budget.block('c', 1000);
    expect(budget.read()).toMatchObject({ left: 0, credentials: { free: 0, spent: 0, blocked: 1 } });
    const limited = openBudget(1).budget;
    takeOne(limited);
    limited.block('c', 1000);
    expect(limited.read().credentials).toEqual({ free: 0, spent: 0, blocked: 1 });
    release(true);
  });

  it('remembers no ended call if there is no limit', () => {
    const { budget } = openBudget(Number.POSITIVE_INFINITY);
    takeOne(budget).release(true);
    expect(budget.read().credentials).toEqual({ free: 0, spent: 0, blocked: 0 });
  });

  it('remembers an account while its calls count, however many others come', () => {
    const { budget } = openBudget(1);
    takeOne(budget, 'kept');
    for (let index = 0; index < 100; index += 1) takeOne(budget, `other ${index}`).release(false);
    expect(budget.take('kept', 1, 0).permits).toEqual([]);
  });
});
