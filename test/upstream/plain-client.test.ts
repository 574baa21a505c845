/** A client with neither budget nor listeners, as the check of an upstream uses it: all stages work without them. */

import { describe, expect, it } from 'vitest';
import { createBreaker } from '../../src/upstream/breaker.ts';
import { createBudgetGate } from '../../src/upstream/budget-gate.ts';
import { unlimitedBudget } from '../../src/upstream/call-budget.ts';
import { unheardEvents } from '../../src/upstream/client-events.ts';

describe('a budget without an end', () => {
  it('gives every place at once, and heeds no block', async () => {
    unlimitedBudget.block('c', 60_000);
    const grant = await unlimitedBudget.take('c');
    expect(grant).toMatchObject({ ok: true });
    expect(await unlimitedBudget.waitsMs('c', 3)).toEqual([0, 0, 0]);
    expect(unlimitedBudget.read()).toMatchObject({ limit: Number.POSITIVE_INFINITY });
  });
});

describe('without listeners', () => {
  it('a gate lets calls through', async () => {
    const gate = createBudgetGate(unlimitedBudget, () => 0);
    const { signal } = new AbortController();
    const request = { credential: 'c', subject: 's', deadlineAt: () => 1, signal };
    expect(await gate.pass(request, async () => 'made')).toBe('made');
  });

  it('a breaker refuses, and events go by', async () => {
    const breaker = createBreaker(() => 0);
    const failing = (index: number) =>
      breaker
        .run(
          { caller: 'c', requestId: `r${index}`, question: `q${index}` },
          () => Promise.reject(new Error('down')),
          () => 'failing',
        )
        .catch(() => 'failed');
    for (let index = 0; index < 10; index += 1) await failing(index);
    expect(() => breaker.refuseIfOpen({ caller: 'c', requestId: 'r', question: 'q' })).toThrow('failing');
    expect([
      unheardEvents.onWaited('granted', 0),
      unheardEvents.onRepeat(),
      unheardEvents.onBreakerRefusal('page'),
    ]).toEqual([undefined, undefined, undefined]);
  });
});
