import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsUpTo } from '../../src/ledger/block.ts';
import { createCallAllowance } from '../../src/ledger/call-allowance.ts';
import { type BalancePage, buildConnection } from '../../src/ledger/connection.ts';
import type { CursorMark } from '../../src/ledger/cursor-mark.ts';
import { readList } from '../../src/ledger/read-list.ts';
import type { Window } from '../../src/ledger/window.ts';
import type { FetchPage } from '../../src/upstream/page-request.ts';
import { entriesOf, gappyList, type ModelList, modelUpstream } from './model.ts';

type Hop = { readonly size: number; readonly maxLimit: number };

async function readWindow(fetchPage: FetchPage, window: Window, maxLimit: number, maxCalls = 10_000) {
  const allowance = createCallAllowance(maxCalls);
  const reading = await readList({
    identifier: { name: 'MOBILE', value: '1', source: 'INSTORE' },
    filter: {},
    windows: [window],
    limits: limitsUpTo(maxLimit, false),
    share: allowance.share(1),
    maxCalls,
    fetchPage,
    signal: new AbortController().signal,
  });
  return buildConnection(reading.known, window, reading.endings.get(window));
}

function numbersOf(page: BalancePage): number[] {
  return page.edges.map(({ node }) => Number(node.programId));
}

function windowOf(direction: Window['direction'], size: number, from: CursorMark | null): Window {
  return from === null ? { direction, size } : { direction, size, from };
}

async function walk(
  list: ModelList,
  direction: Window['direction'],
  hops: readonly Hop[],
): Promise<number[]> {
  const seen: number[] = [];
  let from: CursorMark | null = null;
  for (let step = 0; ; step += 1) {
    const { size, maxLimit } = hops[step % hops.length] ?? { size: 10, maxLimit: 10 };
    const upstream = modelUpstream(list);
    const page: BalancePage = await readWindow(upstream.fetchPage, windowOf(direction, size, from), maxLimit);
    const isForward = direction === 'forward';
    const numbers = numbersOf(page);
    if (isForward) seen.push(...numbers);
    else seen.unshift(...numbers);
    const hasMore = isForward ? page.hasNextPage : page.hasPreviousPage;
    if (!hasMore) return seen;
    expect(numbers.length).toBe(size);
    from = isForward ? page.endMark : page.startMark;
    expect(from).not.toBeNull();
    expect(step).toBeLessThan(500);
  }
}

const lists = fc
  .record({
    density: fc.constantFrom(1, 0.95, 0.6, 0.1),
    seeds: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 60 }),
    extra: fc.constantFrom(0, 0, 3, 25),
  })
  .map(({ density, seeds, extra }) =>
    gappyList(
      seeds.map((seed) => seed < density),
      seeds.length + extra,
    ),
  );
const hopLists = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 25 }),
    maxLimit: fc.constantFrom(1, 3, 7, 10, 10, 10, 23, 100),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('readList', () => {
  for (const direction of ['forward', 'backward'] as const) {
    it(`walks any list ${direction}, with any sizes and limits, to exactly its entries`, async () => {
      await fc.assert(
        fc.asyncProperty(lists, hopLists, async (list, hops) => {
          expect(await walk(list, direction, hops)).toEqual(entriesOf(list));
        }),
        { numRuns: 3000 },
      );
    });
  }
});
