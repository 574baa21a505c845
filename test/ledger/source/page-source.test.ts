/** What requests share: calls in flight at the same time, cached answers one after the other. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsUpTo } from '../../../src/ledger/list/block.ts';
import { buildConnection } from '../../../src/ledger/list/connection.ts';
import type { Window } from '../../../src/ledger/list/window.ts';
import { createCallAllowance, reserveCalls } from '../../../src/ledger/reading/call-limits.ts';
import { readList } from '../../../src/ledger/reading/read-list.ts';
import { CallsInFlight } from '../../../src/ledger/source/calls-in-flight.ts';
import { type AnswerCache, createPageSource } from '../../../src/ledger/source/page-source.ts';
import { createReceiptBook, type Receipt, readReceipt } from '../../../src/ledger/source/receipt.ts';
import { createAnswerStore } from '../../../src/store/answer-cache.ts';
import type { FetchPage, LedgerFilter } from '../../../src/upstream/page-request.ts';
import { anyList, anyMaxLimit } from '../arbitraries.ts';
import { entriesOf, fullList, type ModelList, modelPage } from '../model.ts';
import { listOf, numbersOf, windowOf } from '../reading.ts';

/** What requests of one process share, and a clock. */
function openProcess(ttlMs = 1000) {
  const clock = { now: 0 };
  const { read, write } = createAnswerStore(() => clock.now, 100_000_000);
  const cache: AnswerCache = { read, write: (list, _, answer) => write(list, answer, ttlMs) };
  return { clock, cache, callsInFlight: new CallsInFlight() };
}

type Shared = { readonly callsInFlight: CallsInFlight; readonly cache: AnswerCache | null };
type Asked = { readonly scope?: string; readonly filter?: LedgerFilter; readonly maxLimit?: number };

/** One request for some windows of a list, and what it cost. */
async function request(
  { callsInFlight, cache }: Shared,
  fetchPage: FetchPage,
  windows: readonly Window[],
  { scope = 'caller', filter = {}, maxLimit = 10 }: Asked = {},
): Promise<{ shown: number[][]; hasEnded: boolean[]; receipt: Receipt }> {
  const receipt = createReceiptBook();
  const sourceOf = createPageSource({
    fetchPage,
    deadlineAt: () => Number.POSITIVE_INFINITY,
    scope,
    callsInFlight,
    cache,
    receipt,
    now: () => 0,
  });
  const { pages, cachedAnswers } = await readList({
    source: sourceOf(listOf({ name: 'MOBILE', value: '1', source: 'INSTORE' }, filter)),
    windows,
    limits: limitsUpTo(maxLimit, false),
    calls: reserveCalls(createCallAllowance(1000), 0),
    signal: new AbortController().signal,
  });
  receipt.kept += cachedAnswers;
  const shown = windows.map((window) => numbersOf(buildConnection(pages, window)));
  const hasEnded = pages.windows.map(({ ending }) => ending !== undefined);
  return { shown, hasEnded, receipt: readReceipt(receipt) };
}

/** An upstream that answers a turn later, and counts. */
function slowUpstream(list: ModelList) {
  const blocks: string[] = [];
  const fetchPage: FetchPage = async (page, _signal, count = { tries: 0 }) => {
    count.tries += 1;
    blocks.push(`${page.limit}:${page.pageNumber}`);
    await new Promise((resolve) => setImmediate(resolve));
    return modelPage(list, page);
  };
  return { blocks, fetchPage };
}

describe('requests at the same time', () => {
  it('share calls, also when their windows merely overlap', async () => {
    const shared = { ...openProcess(), cache: null };
    const { blocks, fetchPage } = slowUpstream(fullList(30));
    const windows = [windowOf('forward', 3), windowOf('forward', 10), windowOf('backward', 30)];
    const answers = await Promise.all(windows.map((window) => request(shared, fetchPage, [window])));
    expect(blocks).toHaveLength(3);
    expect(answers.map(({ shown }) => shown[0]?.length)).toEqual([3, 10, 30]);
    expect(answers.map(({ receipt }) => [receipt.made, receipt.shared])).toEqual([
      [1, 0],
      [0, 1],
      [2, 1],
    ]);
  });

  it('show what each would show alone, for any list and windows', async () => {
    const anyWindow = fc.tuple(
      fc.constantFrom('forward' as const, 'backward' as const),
      fc.integer({ min: 0, max: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(
        anyList,
        fc.array(anyWindow, { minLength: 2, maxLength: 5 }),
        anyMaxLimit,
        async (list, shapes, maxLimit) => {
          const shared = { ...openProcess(), cache: null };
          const { blocks, fetchPage } = slowUpstream(list);
          const answers = await Promise.all(
            shapes.map(([direction, size]) =>
              request(shared, fetchPage, [windowOf(direction, size)], { maxLimit }),
            ),
          );
          const entries = entriesOf(list);
          for (const [index, [direction, size]] of shapes.entries()) {
            const { shown: [shown = []] = [], hasEnded: [hasEnded] = [] } = answers[index] ?? {};
            // A window that came to its own bound shows a part, next to where it began.
            const count = Math.min(entries.length, hasEnded ? shown.length : size);
            const expected =
              direction === 'forward' ? entries.slice(0, count) : entries.slice(entries.length - count);
            expect(shown).toEqual(expected);
          }
          expect(answers.reduce((sum, { receipt }) => sum + receipt.made, 0)).toBe(blocks.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never share across scopes, nor across filters', async () => {
    const shared = openProcess();
    const { blocks, fetchPage } = slowUpstream(fullList(5));
    const window = windowOf('forward', 5);
    const asked: Asked[] = [{}, { scope: 'other' }, { filter: { tillId: '7' } }];
    await Promise.all(asked.map((one) => request(shared, fetchPage, [window], one)));
    expect(blocks).toHaveLength(3);
  });
});

describe('requests one after the other', () => {
  it('make no call for a window that cached pages cover, and call for what a window lacks', async () => {
    const shared = openProcess();
    const { blocks, fetchPage } = slowUpstream(fullList(30));
    await request(shared, fetchPage, [windowOf('forward', 20)]);
    expect(blocks).toHaveLength(2);
    const covered = await request(shared, fetchPage, [windowOf('forward', 15)]);
    expect(covered.receipt).toMatchObject({ made: 0, kept: 2 });
    const partly = await request(shared, fetchPage, [windowOf('backward', 15)]);
    expect(partly.receipt).toMatchObject({ made: 1, kept: 2 });
    expect(partly.shown[0]).toEqual(entriesOf(fullList(30)).slice(15));
    expect(blocks).toHaveLength(3);
  });

  it('call again when a cached answer has expired', async () => {
    const shared = openProcess(1000);
    const { blocks, fetchPage } = slowUpstream(fullList(5));
    await request(shared, fetchPage, [windowOf('forward', 5)]);
    shared.clock.now = 1000;
    await request(shared, fetchPage, [windowOf('forward', 5)]);
    expect(blocks).toHaveLength(2);
  });

  it('drop cached pages when a page counts another total, so that no answer mixes two states of a list', async () => {
    const shared = openProcess();
    await request(shared, slowUpstream(fullList(20)).fetchPage, [windowOf('forward', 10)]);
    const changed = slowUpstream(fullList(21));
    const { shown, receipt } = await request(shared, changed.fetchPage, [windowOf('forward', 21)]);
    expect(shown[0]).toEqual(entriesOf(fullList(21)));
    expect(changed.blocks).toHaveLength(3);
    expect(receipt).toMatchObject({ made: 3, kept: 0 });
  });

  it('cache no failure', async () => {
    const shared = openProcess();
    const { blocks, fetchPage } = slowUpstream(fullList(5));
    const failing: FetchPage = () => Promise.reject(new Error('down'));
    await expect(request(shared, failing, [windowOf('forward', 5)])).rejects.toThrow();
    await request(shared, fetchPage, [windowOf('forward', 5)]);
    expect(blocks).toHaveLength(1);
  });

  it('show the whole list whatever is cached of it, and then cost no call', async () => {
    const anySizes = fc.array(
      fc.tuple(fc.constantFrom('forward' as const, 'backward' as const), fc.nat(40)),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(anyList, anySizes, anyMaxLimit, async (list, shapes, maxLimit) => {
        const shared = openProcess();
        const { fetchPage } = slowUpstream(list);
        for (const [direction, size] of shapes)
          await request(shared, fetchPage, [windowOf(direction, size)], { maxLimit });
        const whole = await request(shared, fetchPage, [windowOf('forward', 60)], { maxLimit });
        expect(whole.shown[0]).toEqual(entriesOf(list));
        const again = await request(shared, fetchPage, [windowOf('forward', 60)], { maxLimit });
        expect(again.receipt.made).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
