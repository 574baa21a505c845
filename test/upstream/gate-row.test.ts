/** Places of calls that count in two budgets, or that were given up. */

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createInProcessBudget } from '../../src/store/in-process-budget.ts';
import { createBudgetGate } from '../../src/upstream/budget-gate.ts';
import { passRow } from '../../src/upstream/gate-row.ts';

const request = { subject: 's', deadlineAt: () => 1000, signal: new AbortController().signal };

describe('a call that was given up', () => {
  it.each([
    ['left by its caller', new Error('left'), true],
    ['timed out', new GatewayError('UPSTREAM_TIMEOUT', 'm'), false],
  ])(
    'keeps its place two seconds longer, for it may still arrive, and says so at once: %s',
    async (_, error, isLeft) => {
      vi.useFakeTimers({ now: 0 });
      onTestFinished(() => void vi.useRealTimers());
      const budget = createInProcessBudget({ callsPerMinute: 1, now: () => Date.now() });
      const gate = createBudgetGate(budget, () => Date.now());
      const leaving = new AbortController();
      const call = gate.pass({ ...request, credential: 'c', signal: leaving.signal }, async ({ onSent }) => {
        onSent();
        if (isLeft) leaving.abort(error);
        throw error;
      });
      await expect(call).rejects.toBe(error);
      expect(await budget.waitsMs('c', 1)).toEqual([62_000]);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await budget.waitsMs('c', 1)).toEqual([52_000]);
    },
  );
});

describe('an upstream’s 429 to a call that counts in two budgets', () => {
  it.each([[['spent', 'free']], [['free', 'spent']]] as const)(
    'stops each for as long as the upstream says, and is told with the longest wait: %j',
    async (credentials) => {
      const budget = createInProcessBudget({ callsPerMinute: 2, now: () => 0 });
      const gate = createBudgetGate(budget, () => 0);
      await gate.pass({ ...request, credential: 'spent' }, async ({ onSent }) => onSent());
      const refused = passRow(gate, { ...request, credentials }, async ({ onSent }) => {
        onSent();
        throw new GatewayError('RATE_LIMITED', 'm', { retryAfter: 3 });
      });
      await expect(refused).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 60 } });
      expect(await budget.waitsMs('free', 1)).toEqual([3000]);
      expect(await budget.waitsMs('spent', 1)).toEqual([60_000]);
    },
  );
});
