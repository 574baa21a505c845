/** Lists that end early: the edges so far are data, and the cursor goes on at the price of the missing pages. */

import { describe, expect, it } from 'vitest';
import type { BalancePageFragment } from '../generated/graphql.ts';
import { balances } from '../operations.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { byMobile, categories } from './members.ts';
import { askPage, categoriesOf, type Direction, goOn } from './walk.ts';

const identifier = byMobile('1');
const down = { kind: 'server-error' } as const;
const directions = ['forward', 'backward'] as const;

const open = (length: number, gaps: number[] = [], env: Record<string, string> = {}, totalEntries = length) =>
  startHarness(
    { members: [numberedMember('1', { ledger: numberedLedger(length, gaps), totalEntries })] },
    env,
  );

/** A page that ended early, with a cursor to go on from. */
function expectIncomplete(page: BalancePageFragment, direction: Direction, cause: string): string {
  const retryable = cause !== 'OPERATION_TOO_EXPENSIVE';
  const retryAfter = cause === 'RATE_LIMITED' ? expect.any(Number) : null;
  const message = expect.stringContaining(cause);
  expect(page.warnings).toEqual([{ code: 'LIST_INCOMPLETE', message, cause, retryable, retryAfter }]);
  const [hasMore, cursor] = goOn(page, direction);
  expect([hasMore, typeof cursor]).toEqual([true, 'string']);
  return cursor ?? '';
}

describe('a page whose later call fails', () => {
  it('going forward ends before the failed page, and going on costs only the missing calls', async () => {
    const harness = await open(30);
    harness.sandbox.setFaults([{ ...down, pageNumber: 1 }]);
    const page = await askPage(harness, { identifier, direction: 'forward', size: 25 });
    expect(categoriesOf(page)).toEqual(categories(0, 10));
    const from = expectIncomplete(page, 'forward', 'UPSTREAM_UNAVAILABLE');
    expect(harness.sandbox.callCount()).toBe(3);

    harness.sandbox.reset();
    const rest = await askPage(harness, { identifier, direction: 'forward', size: 15, from });
    expect([categoriesOf(rest), rest.warnings]).toEqual([categories(10, 25), []]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('going backward ends after the failed page, and going on costs only the missing calls', async () => {
    const harness = await open(30);
    harness.sandbox.setFaults([{ ...down, pageNumber: 1 }]);
    const page = await askPage(harness, { identifier, direction: 'backward', size: 25 });
    expect(categoriesOf(page)).toEqual(categories(20, 30));
    const from = expectIncomplete(page, 'backward', 'UPSTREAM_UNAVAILABLE');

    harness.sandbox.reset();
    const rest = await askPage(harness, { identifier, direction: 'backward', size: 15, from });
    expect([categoriesOf(rest), rest.warnings]).toEqual([categories(5, 20), []]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('going backward from the end has a cursor without an edge when the last page fails', async () => {
    const harness = await open(30);
    harness.sandbox.setFaults([{ ...down, pageNumber: 2 }]);
    const page = await askPage(harness, { identifier, direction: 'backward', size: 15 });
    expect(page.edges).toEqual([]);
    const from = expectIncomplete(page, 'backward', 'UPSTREAM_UNAVAILABLE');

    harness.sandbox.reset();
    const rest = await askPage(harness, { identifier, direction: 'backward', size: 15, from });
    expect([categoriesOf(rest), rest.warnings]).toEqual([categories(15, 30), []]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it.each(directions)('going %s through short pages loses no entry over many failures', async (direction) => {
    const gaps = [1, 4, 5, 8, 12, 13, 19, 21, 27, 30, 31, 32];
    const harness = await open(37, gaps);
    harness.sandbox.setFaults([{ ...down, every: 3, skip: 1 }]);
    const seen: string[] = [];
    let from: string | null = null;
    for (let step = 0, hasMore = true; hasMore && step < 60; step += 1) {
      const window = direction === 'forward' ? { first: 9, after: from } : { last: 9, before: from };
      const result = await harness.ask(balances, { identifier, ...window });
      const page = result.data?.customer?.ledgerBalance;
      if (!page) continue; // Not one call succeeded: the same again.
      const shown = categoriesOf(page);
      if (direction === 'forward') seen.push(...shown);
      else seen.unshift(...shown);
      const last = goOn(page, direction);
      expect(last[0] && last[1] === from).toBe(false);
      [hasMore, from] = last;
    }
    expect(seen).toEqual(categories(0, 37, gaps));
    expect(harness.sandbox.callCount()).toBeGreaterThan(4);
  });

  it('names a rate limit as the cause, and the time to wait', async () => {
    const harness = await open(30);
    harness.sandbox.setFaults([{ kind: 'rate-limited', retryAfter: 9, skip: 1 }]);
    const page = await askPage(harness, { identifier, direction: 'forward', size: 25 });
    expectIncomplete(page, 'forward', 'RATE_LIMITED');
    expect(page.warnings[0]?.retryAfter).toBe(9);
    expect(harness.sandbox.callCount()).toBe(3);
  });

  it('does not affect other balances of the customer', async () => {
    const harness = await open(30);
    harness.sandbox.setFaults([{ ...down, pageNumber: 1, query: { pointCategoryType: false } }]);
    const result = await harness.ask<{ customer: Record<'a' | 'b', BalancePageFragment> }, object>(
      `{ customer(identifier: { name: MOBILE, value: "1" }) {
        a: ledgerBalance(first: 20) { nodes { pointsCategory } warnings { code } }
        b: ledgerBalance(first: 20, categoryType: REGULAR) { nodes { pointsCategory } warnings { code } }
      } }`,
    );
    expect(errorsOf(result)).toEqual([]);
    expect(result.data?.customer).toMatchObject({
      a: { nodes: { length: 10 }, warnings: [{ code: 'LIST_INCOMPLETE' }] },
      b: { nodes: { length: 20 }, warnings: [] },
    });
    expect(harness.sandbox.callCount()).toBe(4);
  });
});

describe('a page whose calls all fail', () => {
  it('after a cursor is null with the error, and so is a customer without details', async () => {
    const harness = await open(30);
    const start = await askPage(harness, { identifier, direction: 'forward', size: 10 });
    harness.sandbox.setFaults([down]);
    const after = start.pageInfo.endCursor;
    const result = await harness.ask(balances, { identifier, first: 10, after });
    expect([result.data, errorsOf(result)]).toEqual([
      { customer: null },
      [['UPSTREAM_UNAVAILABLE', 'customer']],
    ]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('is null, and a balance beside it is served', async () => {
    const harness = await open(30);
    const start = await askPage(harness, { identifier, direction: 'forward', size: 20 });
    harness.sandbox.reset();
    harness.sandbox.setFaults([{ ...down, pageNumber: 2 }]);
    const result = await harness.ask(
      `query ($after: String) { customer(identifier: { name: MOBILE, value: "1" }) {
        userId
        a: ledgerBalance(first: 10) { pageInfo { hasNextPage } }
        b: ledgerBalance(first: 10, after: $after) { pageInfo { hasNextPage } }
      } }`,
      { after: start.pageInfo.endCursor },
    );
    expect(result.data).toEqual({
      customer: { userId: '1', a: { pageInfo: { hasNextPage: true } }, b: null },
    });
    expect(errorsOf(result)).toEqual([['UPSTREAM_UNAVAILABLE', 'customer.b']]);
    expect(harness.sandbox.callCount()).toBe(2);
  });
});

describe('a list with a total of a billion and hardly any entries', () => {
  it.each(directions)('going %s may end early several times, each time further on', async (direction) => {
    const harness = await open(3, [1], { MAX_CALLS_PER_OPERATION: '7' }, 1_000_000_000);
    const cursors = new Set<string>();
    let from: string | null = null;
    for (let step = 0; step < 5; step += 1) {
      harness.sandbox.reset();
      const page: BalancePageFragment = await askPage(harness, { identifier, direction, size: 10, from });
      from = expectIncomplete(page, direction, 'OPERATION_TOO_EXPENSIVE');
      cursors.add(from);
      expect(categoriesOf(page)).toEqual(
        step === 0 && direction === 'forward' ? ['Category 0', 'Category 2'] : [],
      );
      expect(harness.sandbox.callCount()).toBe(7);
    }
    expect(cursors.size).toBe(5);
  });

  // Five times the price, which is a tenth of the size, and five; 50 is the cap on all calls of a request.
  it.each([
    [10, 10],
    [30, 20],
    [200, 50],
  ])('is answered at once with the default cap: %i entries by %i calls', async (size, calls) => {
    const harness = await open(3, [], {}, 1_000_000_000);
    const page = await askPage(harness, { identifier, direction: 'forward', size });
    expect(categoriesOf(page)).toEqual(categories(0, 3));
    expectIncomplete(page, 'forward', 'OPERATION_TOO_EXPENSIVE');
    expect(harness.sandbox.callCount()).toBe(calls);
  });

  it('costs each of two balances its own bound', async () => {
    const harness = await open(3, [], {}, 1_000_000_000);
    const result = await harness.ask<{ customer: Record<'a' | 'b', BalancePageFragment> }, object>(
      `{ customer(identifier: { name: MOBILE, value: "1" }) {
        a: ledgerBalance { edges { cursor } warnings { code } }
        b: ledgerBalance(tillId: "7") { edges { cursor } warnings { code } }
      } }`,
    );
    expect(errorsOf(result)).toEqual([]);
    const incomplete = [{ code: 'LIST_INCOMPLETE' }];
    expect(result.data?.customer).toMatchObject({ a: { warnings: incomplete }, b: { warnings: incomplete } });
    expect(harness.sandbox.callCount()).toBe(20);
  });
});

describe('short pages that need more calls than MAX_CALLS_PER_OPERATION', () => {
  const gaps = Array.from({ length: 60 }, (_, index) => index).filter((index) => index % 4 !== 0);

  it.each<[Direction, string]>([
    ['forward', '2'],
    ['forward', '3'],
    ['backward', '3'],
    ['backward', '4'],
  ])('end early and lose no entry, going %s under a cap of %s', async (direction, cap) => {
    const harness = await open(60, gaps, { MAX_CALLS_PER_OPERATION: cap });
    const seen: string[] = [];
    let from: string | null = null;
    for (let step = 0, hasMore = true; hasMore; step += 1) {
      harness.sandbox.reset();
      const page: BalancePageFragment = await askPage(harness, { identifier, direction, size: 10, from });
      if (direction === 'forward') seen.push(...categoriesOf(page));
      else seen.unshift(...categoriesOf(page));
      expect(harness.sandbox.callCount()).toBeLessThanOrEqual(Number(cap));
      const last = goOn(page, direction);
      expect(last[0] && last[1] === from).toBe(false);
      [hasMore, from] = last;
      expect(step).toBeLessThan(40);
    }
    expect(seen).toEqual(categories(0, 60, gaps));
  });

  it('do not take the calls that are reserved for another list', async () => {
    const harness = await open(60, gaps, { MAX_CALLS_PER_OPERATION: '4' });
    const result = await harness.ask<{ customer: Record<'a' | 'b', BalancePageFragment> }, object>(
      `{ customer(identifier: { name: MOBILE, value: "1" }) {
        a: ledgerBalance(first: 20) { edges { cursor } warnings { code } }
        b: ledgerBalance(first: 20, categoryType: REGULAR) { edges { cursor } warnings { code } }
      } }`,
    );
    expect(errorsOf(result)).toEqual([]);
    const { a, b } = result.data?.customer ?? {};
    expect([a?.edges.length, b?.edges.length]).toEqual([5, 5]);
    expect([a?.warnings, b?.warnings]).toEqual([
      [{ code: 'LIST_INCOMPLETE' }],
      [{ code: 'LIST_INCOMPLETE' }],
    ]);
    expect(harness.sandbox.callCount()).toBe(4);
  });
});
