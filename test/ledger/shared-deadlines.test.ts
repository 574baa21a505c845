/** A page that waits for a permit, for requests with different deadlines; on a fake clock. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { CallsInFlight, type FetchOutcome } from '../../src/ledger/source/calls-in-flight.ts';
import { createPageSource } from '../../src/ledger/source/page-source.ts';
import { createReceiptBook } from '../../src/ledger/source/receipt.ts';
import { createPermits } from '../../src/upstream/budget/permits.ts';
import { createWindowBudget } from '../../src/upstream/budget/window-budget.ts';
import type { FetchPage } from '../../src/upstream/page-request.ts';
import { fullList, modelPage } from './model.ts';
import { listOf } from './reading.ts';

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

/** The outcome of a request for a page, and when it came: `page`, or the code of the failure. */
async function outcomeOf(asked: Promise<FetchOutcome>): Promise<string> {
  const outcome = await asked;
  if (!(outcome instanceof GatewayError)) return `page at ${now()}`;
  const { code, details } = outcome;
  const wait = details.retryAfter === undefined ? '' : ` for ${details.retryAfter} s`;
  return `${code}${wait} at ${now()}`;
}

/** An upstream behind a budget that is blocked for `waitMs`, and requests that end at their deadlines. */
function open() {
  const budget = createWindowBudget({ callsPerMinute: 100, now });
  budget.block('credential', waitMs);
  const permits = createPermits({ budget, now, onWaited: () => undefined });
  const callsInFlight = new CallsInFlight();
  const callTimes: number[] = [];

  function ask(timeoutMs: number) {
    const until = now() + timeoutMs;
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(new GatewayError('UPSTREAM_TIMEOUT', 'The time is up')), timeoutMs);
    const fetchPage: FetchPage = async (page, signal) => {
      const wanted = { credential: 'credential', fairnessKey: 'first', reserved: 0 } as const;
      const request = { ...wanted, deadlineAt: until, signal };
      const permit = await permits.acquire(request);
      callTimes.push(now());
      permits.release(request, permit, true);
      return modelPage(fullList(3), page);
    };
    const sourceOf = createPageSource({
      fetchPage,
      deadlineAt: () => until,
      scope: 'scope',
      callsInFlight,
      cache: null,
      receipt: createReceiptBook(),
      now,
    });
    return outcomeOf(sourceOf(listOf(identifier, {})).fetch(block, leaving.signal));
  }
  return { budget, ask, callTimes };
}

describe('a page that must wait for 3 s', () => {
  it('is refused at once to a request that asked first and ends before the permit; a later request gets the page', async () => {
    const { ask, callTimes } = open();
    const shorter = ask(1000);
    const longer = ask(10_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await shorter).toBe('RATE_LIMITED for 3 s at 0');
    expect(await longer).toBe('page at 3000');
    expect(callTimes).toEqual([waitMs]);
  });

  it('times out for a request that joins and ends before the permit; the first request gets the page', async () => {
    const { ask, callTimes } = open();
    const longer = ask(10_000);
    await vi.advanceTimersByTimeAsync(500);
    const shorter = ask(2000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await shorter).toBe('UPSTREAM_TIMEOUT at 2500');
    expect(await longer).toBe('page at 3000');
    expect(callTimes).toEqual([waitMs]);
  });

  it('is refused to a request whose wait has grown beyond its deadline; requests with more time get the page', async () => {
    const { budget, ask, callTimes } = open();
    const asked = [5000, 20_000, 30_000].map(ask);
    await vi.advanceTimersByTimeAsync(100);
    budget.block('credential', 10_000);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await Promise.all(asked)).toEqual([
      'RATE_LIMITED for 10 s at 1000',
      'page at 10100',
      'page at 10100',
    ]);
    expect(callTimes).toEqual([10_100]);
  });
});
