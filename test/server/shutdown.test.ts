/** The timetable of a stop, whatever time it has. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planShutdown } from '../../src/server/shutdown.ts';

describe('planShutdown', () => {
  it('has the moments of the default timeout', () => {
    expect(planShutdown(10_000, 0)).toEqual({
      holdsAt: 100,
      socketClosesBy: 1100,
      idleEndsAfterMs: 100,
      idleEndsBy: 2100,
      operationsEndAt: 8550,
      cutOffAt: 9500,
      spansMs: 2000,
      spansEndBy: 9700,
      operatorsMs: 250,
      logMs: 250,
      logEndsBy: 9975,
      endsAt: 10_000,
    });
  });

  it.each([
    { timeoutMs: 20_500, openRequests: 0, operationsEndAt: 19_000, cutOffAt: 20_000 },
    { timeoutMs: 10_500, openRequests: 100, operationsEndAt: 8700, cutOffAt: 10_000 },
    { timeoutMs: 2500, openRequests: 200, operationsEndAt: 1200, cutOffAt: 2000 },
    { timeoutMs: 1500, openRequests: 0, operationsEndAt: 900, cutOffAt: 1000 },
    { timeoutMs: 1500, openRequests: 200, operationsEndAt: 300, cutOffAt: 1000 },
    { timeoutMs: 1500, openRequests: 1e6, operationsEndAt: 100, cutOffAt: 1000 },
    { timeoutMs: 800, openRequests: 200, operationsEndAt: 40, cutOffAt: 400 },
    { timeoutMs: 1, openRequests: 0, operationsEndAt: 0.9, cutOffAt: 1 },
  ])(
    'reserves 3 ms for each open request, and leaves operations a tenth of the time: %j',
    ({ timeoutMs, openRequests, ...moments }) => {
      expect(planShutdown(timeoutMs, openRequests)).toMatchObject(moments);
    },
  );

  it('keeps the order of its moments, and ends in time', () => {
    const ms = fc.integer({ min: 1, max: 600_000 });
    fc.assert(
      fc.property(ms, fc.nat(100_000), fc.nat(600_000), (timeoutMs, openRequests, delayMs) => {
        const plan = planShutdown(timeoutMs, openRequests, delayMs);
        const inOrder = [
          [0, plan.holdsAt, plan.socketClosesBy, plan.idleEndsBy, plan.cutOffAt],
          [0, plan.operationsEndAt, plan.cutOffAt],
          [plan.cutOffAt, plan.spansEndBy, plan.spansEndBy + plan.operatorsMs, plan.logEndsBy, plan.endsAt],
        ];
        for (const moments of inOrder) expect(moments).toEqual([...moments].sort((a, b) => a - b));
        expect(plan.endsAt).toBe(timeoutMs);
      }),
    );
  });
});
