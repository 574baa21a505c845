/** A hostile upstream: whatever it claims about its pages, an operation ends within its calls and is never a fault. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import { errorsOf, expectClientForm } from '../gateway/client-form.ts';
import { type Harness, openHarness } from '../gateway/harness.ts';
import { balances } from '../operations.ts';

const cap = 12;
let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ members: [] });
});
afterAll(() => harness.close());

/** A new gateway for each case, because the breaker remembers failures. */
const fresh = () => harness.restart({ MAX_CALLS_PER_OPERATION: String(cap) });

/** What a page claims about itself, true or not. */
type Claim = {
  readonly pageNumber: unknown;
  readonly pageSize: unknown;
  readonly totalEntries: unknown;
  readonly entries: number;
};

const entry = (n: number) => ({
  pointsCategory: `C${n}`,
  programId: 1,
  programName: 'P',
  closingBalance: '1.000',
});

function pageText({ entries, ...claimed }: Claim, details: unknown = { userId: 7 }): string {
  const ledgerClosingBalance = Array.from({ length: entries }, (_, index) => entry(index));
  return JSON.stringify({
    customerDetails: details,
    ledgerDetails: { ...claimed, pageCount: 1, ledgerClosingBalance },
    warnings: [],
  });
}

const count = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }) },
  fc.constantFrom<unknown>(-1, 1e9, 2 ** 31, 2 ** 53, 1e300, 1.5, '10', '', 'x', null, true, [], {}),
);
const claims = fc.record({
  pageNumber: count,
  pageSize: fc.oneof({ weight: 3, arbitrary: fc.constant(10) }, count),
  totalEntries: count,
  entries: fc.integer({ min: 0, max: 12 }),
});
const windows = fc.constantFrom<{ first: number } | { last: number }>(
  { first: 10 },
  { first: 25 },
  { first: 0 },
  { last: 10 },
  { last: 25 },
);

/** Asks, asks once more from the page's cursor, and checks what must hold for any answer. */
async function askUnder(faults: readonly Fault[], window: { first: number } | { last: number }) {
  harness.sandbox.reset();
  harness.sandbox.setFaults(faults);
  const identifier = { name: 'MOBILE', value: '1' } as const;
  const { ask, logLines } = fresh();
  const result = await ask(balances, { identifier, ...window });
  expectClientForm(result);
  expect(harness.sandbox.callCount()).toBeLessThanOrEqual(cap);
  expect(logLines.filter(({ level }) => level === 'error')).toEqual([]);
  const page = result.data?.customer?.ledgerBalance;
  if (!page) return;
  expect(page.edges.length).toBeLessThanOrEqual(Math.max(...Object.values(window)));
  expect(page.pageInfo.hasNextPage && page.pageInfo.endCursor === null).toBe(false);
  const from = 'first' in window ? { after: page.pageInfo.endCursor } : { before: page.pageInfo.startCursor };
  const next = await ask(balances, { identifier, ...window, ...from });
  expectClientForm(next);
  expect((next.errors ?? []).map(({ extensions }) => extensions['code'])).not.toContain('BAD_USER_INPUT');
  expect(harness.sandbox.callCount()).toBeLessThanOrEqual(2 * cap);
}

describe('an upstream', () => {
  it('that claims anything about its pages causes an answer or an error, and never a fault', async () => {
    const pages = fc.array(fc.tuple(fc.option(fc.integer({ min: 0, max: 3 })), claims), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(pages, claims, windows, async (some, rest, window) => {
        const faults = some.map(([pageNumber, claim]) => ({
          kind: 'other-shape' as const,
          text: pageText(claim),
          ...(pageNumber !== null && { pageNumber }),
        }));
        await askUnder([...faults, { kind: 'other-shape', text: pageText(rest) }], window);
        expect(harness.sandbox.callCount()).toBeGreaterThan(0);
      }),
      { numRuns: 120 },
    );
  });

  it('that sends any JSON causes an answer or an error, and never a fault', async () => {
    const texts = fc.json({ maxDepth: 3 });
    const statuses = fc.constantFrom(200, 200, 400, 404, 500);
    await fc.assert(
      fc.asyncProperty(texts, statuses, windows, async (text, status, window) => {
        await askUnder([{ kind: 'other-shape', text, status }], window);
        expect(harness.sandbox.callCount()).toBe(1);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['claims a total beyond any Int', { pageNumber: 0, totalEntries: 2 ** 31 }, 'customer'],
    ['sends a page from beyond any Int', { pageNumber: 1e9, totalEntries: 20 }, 'customer'],
  ])('that %s is UPSTREAM_BAD_RESPONSE', async (_, claim, path) => {
    harness.sandbox.reset();
    const text = pageText({ pageSize: 10, entries: 10, ...claim });
    harness.sandbox.setFaults([{ kind: 'other-shape', text }]);
    const result = await fresh().ask(
      '{ customer(identifier: { name: MOBILE, value: "1" }) { userId ledgerBalance { totalCount } } }',
    );
    expect(errorsOf(result)).toEqual([['UPSTREAM_BAD_RESPONSE', path]]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('that sends the first page again and again gets a bounded number of calls', async () => {
    const text = pageText({ pageNumber: 0, pageSize: 10, totalEntries: 1000, entries: 10 });
    for (const window of [{ first: 200 }, { last: 200 }]) {
      const enough = harness.restart({ MAX_CALLS_PER_OPERATION: '50' });
      harness.sandbox.reset();
      harness.sandbox.setFaults([{ kind: 'other-shape', text }]);
      const identifier = { name: 'MOBILE', value: '1' } as const;
      const { data } = await enough.ask(balances, { identifier, ...window });
      const page = data?.customer?.ledgerBalance;
      expect(page?.warnings.map(({ code }) => code)).toContain('LIST_INCOMPLETE');
      expect(harness.sandbox.callCount()).toBeLessThanOrEqual(50);
    }
  });
});
