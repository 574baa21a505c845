/** A page that must wait for the budget, wanted by two who cannot wait equally long; on a fake clock. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createFlights } from '../../src/ledger/flights.ts';
import { createPageSource } from '../../src/ledger/page-source.ts';
import { createReceiptBook } from '../../src/ledger/receipt.ts';
import { createInProcessBudget } from '../../src/store/in-process-budget.ts';
import { createBudgetGate } from '../../src/upstream/budget-gate.ts';
import type { DelayObserver } from '../../src/upstream/budget-refusals.ts';
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

/** What comes of a page that was asked for, and when: `page`, or the code of the failure. */
const outcomeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => `page at ${now()}`,
    ({ code, details }: GatewayError) => {
      const wait = details.retryAfter === undefined ? '' : ` for ${details.retryAfter} s`;
      return `${code}${wait} at ${now()}`;
    },
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
      (deadlineAt: () => number, onDelay: DelayObserver): FetchPage =>
      (page, signal) =>
        gate.pass(
          { credential: 'credential', subject: 'first', deadlineAt, onDelay, signal },
          async ({ onSent }) => {
            onSent();
            callTimes.push(now());
            return modelPage(fullList(3), page);
          },
        );
    const sourceOf = createPageSource({
      callUntil,
      deadlineAt: () => until,
      scope: 'scope',
      flights,
      keeping: null,
      receipt: createReceiptBook(),
      now,
    });
    const outcome = outcomeOf(sourceOf(identifier, {}).fetch(block, giveUp.signal));
    return {
      outcome,
      leave: () => giveUp.abort(new GatewayError('UPSTREAM_TIMEOUT', 'The client went away')),
    };
  }
  return { budget, ask, callTimes };
}

describe('a page that must wait for 3 s', () => {
  it('is got by one who can wait, and who asked first and cannot is told so at once', async () => {
    const { ask, callTimes } = open();
    const hasty = ask(1000);
    const patient = ask(10_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await hasty.outcome).toBe('RATE_LIMITED for 3 s at 0');
    expect(await patient.outcome).toBe('page at 3000');
    expect(callTimes).toEqual([waitMs]);
  });

  it('is refused within a second to one who joins and cannot wait, and goes on for the other', async () => {
    const { ask, callTimes } = open();
    const patient = ask(10_000);
    await vi.advanceTimersByTimeAsync(500);
    const hasty = ask(2000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await hasty.outcome).toBe('RATE_LIMITED for 2 s at 1000');
    expect(await patient.outcome).toBe('page at 3000');
    expect(callTimes).toEqual([waitMs]);
  });

  it('is refused, when the wait grows, to each whose time that exceeds, and to nobody else', async () => {
    const { budget, ask, callTimes } = open();
    const asked = [5000, 8000, 20_000, 30_000].map(ask);
    await vi.advanceTimersByTimeAsync(100);
    budget.block('credential', 10_000);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await Promise.all(asked.map(({ outcome }) => outcome))).toEqual([
      'RATE_LIMITED for 10 s at 1000',
      'RATE_LIMITED for 10 s at 1000',
      'page at 10100',
      'page at 10100',
    ]);
    expect(callTimes).toEqual([10_100]);
  });

  it('is waited for no longer when the one who could wait has left: who stays is told that it is in vain', async () => {
    const { budget, ask, callTimes } = open();
    const hasty = ask(5500);
    const patient = ask(10_000);
    await vi.advanceTimersByTimeAsync(500);
    budget.block('credential', 5500);
    patient.leave();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await patient.outcome).toBe('UPSTREAM_TIMEOUT at 500');
    expect(await hasty.outcome).toBe('RATE_LIMITED for 5 s at 1000');
    expect(callTimes).toEqual([]);
  });
});
