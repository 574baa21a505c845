/** For how many credentials calls are counted, and that nobody gets a fresh budget by being forgotten. */

import { describe, expect, it } from 'vitest';
import { createPermits } from '../../../src/upstream/budget/permits.ts';
import { createWindowBudget } from '../../../src/upstream/budget/window-budget.ts';

/** A budget of one credential's calls, with room for some accounts. Calls count for 61 s. */
const startBudget = (mostAccounts = 8, callsPerMinute = 100) => {
  const clock = { now: 0 };
  const budget = createWindowBudget({ callsPerMinute, mostAccounts, now: () => clock.now });
  /** Begins a call, or returns the wait until there is room for its account. */
  const begin = (credential: string, fairnessKey: string) =>
    budget.openAccount(credential, fairnessKey) ?? budget.countCall(credential);
  const call = (credential: string, fairnessKey: string) => {
    const begun = begin(credential, fairnessKey);
    if (typeof begun === 'number') return begun;
    begun.release(true);
    return 'made';
  };
  /** Opens an account for two credentials of each of four addresses. */
  const fill = () => {
    for (const fairnessKey of ['a', 'b', 'c', 'd'])
      for (const name of ['1', '2']) expect(call(fairnessKey + name, fairnessKey)).toBe('made');
  };
  return { clock, budget, begin, call, fill, count: () => budget.read().accounts };
};

describe('the accounts of a budget', () => {
  it('have no room for one credential too many until another is idle, and the wait is exact', () => {
    const { clock, call, fill } = startBudget();
    fill();
    clock.now = 12_500;
    expect(call('e1', 'e')).toBe(48_500);
    clock.now = 61_000;
    expect(call('e1', 'e')).toBe('made');
  });

  it('take calls of known credentials, however full they are, from any address', () => {
    const { call, fill, count } = startBudget();
    fill();
    for (let times = 0; times < 10; times += 1) expect(call('a1', 'z')).toBe('made');
    expect(count()).toBe(8);
  });

  it('give one address a quarter, so that made-up credentials take room from nobody else', () => {
    const { call } = startBudget();
    call('a1', 'a');
    call('a2', 'a');
    for (let junk = 0; junk < 100; junk += 1) expect(call(`junk ${junk}`, 'a')).toBeTypeOf('number');
    expect(call('b1', 'b')).toBe('made');
    expect(call('a1', 'a')).toBe('made');
  });

  it('are remembered while calls are in flight or count, and forgotten then', () => {
    const { clock, begin, call, fill, count } = startBudget();
    fill();
    const slow = begin('a1', 'a');
    clock.now = 61_000;
    for (const name of ['1', '2', '3']) expect(call(name, name)).toBe('made');
    clock.now = 122_000;
    if (typeof slow === 'object') slow.release(true);
    clock.now = 183_000;
    for (const name of ['4', '5', '6', '7', '8']) expect(call(name, name)).toBe('made');
    expect(count()).toBe(5);
  });

  it('are remembered without a limit only while calls are in flight, or the upstream blocks them', () => {
    const { clock, budget, begin, call, count } = startBudget(8, Number.POSITIVE_INFINITY);
    call('a', 'a');
    expect(count()).toBe(0);
    const slow = begin('b', 'b');
    budget.block('b', 5000);
    budget.block('b', 1000);
    if (typeof slow === 'object') slow.release(true);
    clock.now = 4999;
    call('b', 'b');
    expect(count()).toBe(1);
    clock.now = 5000;
    call('b', 'b');
    expect(count()).toBe(0);
  });

  it('are forgotten as others come, long before they are full', () => {
    const { clock, call, count } = startBudget(1_000_000);
    for (let number = 0; number < 50_000; number += 1) {
      clock.now += 100;
      call(String(number), 'a');
    }
    expect(count()).toBeLessThan(2000); // Six hundred a minute.
  });
});

describe('a permit', () => {
  it('is refused to a credential beyond the bound on accounts, and the refusal is reported', () => {
    const outcomes: string[] = [];
    const budget = createWindowBudget({ callsPerMinute: 2, mostAccounts: 4, now: () => 0 });
    const permits = createPermits({
      budget,
      now: () => 0,
      onWaited: (outcome) => outcomes.push(outcome),
    });
    const { signal } = new AbortController();
    const acquire = (credential: string) => {
      const request = { credential, fairnessKey: 's', deadlineAt: 1000, signal, reserved: 0 } as const;
      const permit = permits.acquire(request);
      if (permit instanceof Promise) throw new Error('Expected a permit at once');
      permits.release(request, permit, true);
    };
    acquire('one');
    expect(() => acquire('two')).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfter: 61 } }),
    );
    acquire('one');
    expect(outcomes).toEqual(['granted', 'refused', 'granted']);
    expect(budget.read().accounts).toBe(1);
  });
});
