/** What counts as a call saved. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RequestCosts, savingsOf } from '../../src/telemetry/savings.ts';

const costs = (over: Partial<RequestCosts> = {}): RequestCosts => ({
  price: 0,
  made: 0,
  shared: 0,
  kept: 0,
  calls: [],
  ...over,
});

describe('savings', () => {
  it('count two kept answers that stood for one call as one', () => {
    expect(savingsOf(costs({ price: 1, kept: 2 }), false)).toEqual({ shared: 0, kept: 1, planned: 0 });
  });

  it('are none where short pages cost more than the price, but for shared calls', () => {
    expect(savingsOf(costs({ price: 1, made: 2, shared: 1 }), false)).toEqual({
      shared: 1,
      kept: 0,
      planned: 0,
    });
  });

  it.each([
    ['an error', [], true],
    ['a failed call behind the data', [{ outcome: 'UPSTREAM_TIMEOUT' }], false],
  ])('are not planned away by %s', (_, calls, hasErrors) => {
    expect(savingsOf(costs({ price: 9, made: 1, calls }), hasErrors).planned).toBe(0);
  });

  it('and calls made never add up to more than the price, unless short pages or others did', () => {
    const count = fc.nat(60);
    fc.assert(
      fc.property(fc.record({ price: count, made: count, shared: count, kept: count }), (counts) => {
        const saved = savingsOf(costs(counts), false);
        const sum = counts.made + saved.shared + saved.kept + saved.planned;
        expect(sum).toBe(Math.max(counts.price, counts.made + counts.shared));
      }),
    );
  });
});
