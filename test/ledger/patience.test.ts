/** A page that must wait for the budget, wanted by two who cannot wait equally long; on a fake clock. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createFlights } from '../../src/ledger/flights.ts';
import { createPageSource } from '../../src/ledger/page-source.ts';
import { createReceiptBook } from '../../src/ledger/receipt.ts';
import { createInProcessBudget } from '../../src/store/in-process-budget.ts';
import { createBudgetGate } from '../../src/upstream/budget-gate.ts';
import type { FetchPage } from '../../src/upstream/page-request.ts';
import { fullList, modelPage } from './model.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const now = () => Date.now();
const identifier = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;
const block = { limit: 10, pageNumber: 0 };
const waitMs = 3000;

/** What comes of a page that was asked for: `page`, or the code of the failure. */
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'page',
    ({ code }: GatewayError) => code,
  );

/** An upstream behind a budget that takes no call for `waitMs`, and callers who give up when their time is up. */
function open() {
  const budget = createInProcessBudget({ callsPerMinute: 100, now });
  budget.block('credential', waitMs);
  const gate = createBudgetGate(budget, now);
  const flights = createFlights();
  const callTimes: number[] = [];

  function ask(patienceMs: number) {
    const until = now() + patienceMs;
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(new GatewayError('UPSTREAM_TIMEOUT', 'The time is up')), patienceMs);
    const callUntil =
      (deadlineAt: () => number): FetchPage =>
      (page, signal) =>
        gate.pass({ credential: 'credential', subject: 'first', deadlineAt, signal }, async ({ onSent }) => {
          onSent();
          callTimes.push(now());
          return modelPage(fullList(3), page);
        });
    const sourceOf = createPageSource({
      callUntil,
      deadlineAt: () => until,
      scope: 'scope',
      flights,
      keeping: null,
      receipt: createReceiptBook(),
      now,
    });
    const code = codeOf(sourceOf(identifier, {}).fetch(block, giveUp.signal));
    return { code, leave: () => giveUp.abort(new GatewayError('UPSTREAM_TIMEOUT', 'The client went away')) };
  }
  return { ask, callTimes };
}

describe('a page that must wait for 3 s', () => {
  it('is got by one who can wait, though the one who asked first cannot', async () => {
    const { ask, callTimes } = open();
    const hasty = ask(1000);
    const patient = ask(10_000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await hasty.code).toMatch(/^(RATE_LIMITED|UPSTREAM_TIMEOUT)$/);
    await vi.advanceTimersByTimeAsync(waitMs);
    expect(await patient.code).toBe('page');
    expect(callTimes).toEqual([waitMs]);
  });

  it('is waited for no longer when the one who could wait has left: who stays is told that it is in vain', async () => {
    const { ask, callTimes } = open();
    const hasty = ask(2500);
    const patient = ask(10_000);
    await vi.advanceTimersByTimeAsync(500);
    patient.leave();
    expect(await patient.code).toBe('UPSTREAM_TIMEOUT');
    await vi.advanceTimersByTimeAsync(1500);
    expect(await hasty.code).toBe('RATE_LIMITED'); // Half a second before its time is up.
    await vi.advanceTimersByTimeAsync(10_000);
    expect(callTimes).toEqual([]);
  });
});
