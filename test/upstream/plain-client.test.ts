/** A client with neither budget nor listeners, as the check of an upstream uses it: all stages work without them. */

import { describe, expect, it } from 'vitest';
import { createBreaker } from '../../src/upstream/breaker.ts';
import { unlimitedBudget } from '../../src/upstream/budget/call-budget.ts';
import { ignoredEvents } from '../../src/upstream/observe.ts';

describe('a budget without an end', () => {
  it('gives every permit at once, and heeds no block', () => {
    unlimitedBudget.block('c', 60_000);
    expect(unlimitedBudget.take('c', 3, 1)).toMatchObject({ permits: [{}, {}, {}], waitsMs: [] });
    expect(unlimitedBudget.blockedMs('c')).toBe(0);
    expect(unlimitedBudget.read()).toMatchObject({ limit: Number.POSITIVE_INFINITY });
  });
});

describe('without listeners', () => {
  it('ignores refusals of the breaker and all other events', () => {
    const breaker = createBreaker(() => 0);
    for (let index = 0; index < 10; index += 1) {
      const asked = { fairnessKey: 'c', requestId: `r${index}`, question: `q${index}` };
      breaker.end(asked, breaker.begin(asked), 'upstream');
    }
    expect(() => breaker.refuseIfOpen({ fairnessKey: 'c', requestId: 'r', question: 'q' })).toThrow(
      'failing',
    );
    expect([
      ignoredEvents.onWaited('granted', 0),
      ignoredEvents.onRepeat(),
      ignoredEvents.onBreakerRefusal('page'),
    ]).toEqual([undefined, undefined, undefined]);
  });
});
