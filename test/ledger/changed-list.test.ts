/** Lists that have changed since a cursor was made, or an answer was cached. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { buildConnection } from '../../src/ledger/list/connection.ts';
import type { CursorMark } from '../../src/ledger/list/window.ts';
import { anyList, anyMaxLimit } from './arbitraries.ts';
import { entriesOf, fullList, gappyList, modelUpstream } from './model.ts';
import { numbersOf, readWindow, readWindows, windowOf } from './reading.ts';

const anyDirection = fc.constantFrom('forward' as const, 'backward' as const);
const anySize = fc.integer({ min: 1, max: 25 });

/** The cursor of an entry that was seen in a short block. */
const markInShortBlock: CursorMark = {
  kind: 'entry',
  start: 10,
  length: 10,
  shown: 8,
  index: 6,
  total: 23,
};

/** 23 positions; those in `gaps` have no entry. */
function listLacking(...gaps: number[]) {
  return gappyList(Array.from({ length: 23 }, (_, position) => !gaps.includes(position)));
}

describe('a cursor whose page has changed since', () => {
  it.each(['forward', 'backward'] as const)(
    'still goes on %s, with the warning LIST_CHANGED',
    async (direction) => {
      const upstream = modelUpstream(listLacking(11, 13, 15));
      const page = await readWindow(upstream.fetchPage, windowOf(direction, 3, markInShortBlock));
      expect(page.warnings.map(({ code }) => code)).toEqual(['LIST_CHANGED']);
      expect(page.edges).toHaveLength(3);
      expect(upstream.calls.length).toBeLessThanOrEqual(2);
    },
  );

  it.each([
    { positions: 4, total: 29, missing: 2, length: 3, index: 1, size: 2, maxLimit: 3 },
    { positions: 15, total: 18, missing: 7, length: 10, index: 5, size: 12, maxLimit: 10 },
  ])('shows no entry twice, though its block still fits the pages, without entry $missing', async (now) => {
    const { positions, total, missing, length, index, size, maxLimit } = now;
    const pattern = Array.from({ length: positions }, (_, position) => position !== missing);
    const list = gappyList(pattern, total);
    const mark: CursorMark = { kind: 'entry', start: 0, length, shown: length, index, total };
    const page = await readWindow(modelUpstream(list).fetchPage, windowOf('forward', size, mark), {
      maxLimit,
    });
    const after = entriesOf(list).filter((number) => number > index);
    expect(numbersOf(page)).toEqual(after.slice(0, size));
  });

  it('does not change the other windows of the list', async () => {
    const list = fullList(20);
    const stale: CursorMark = {
      kind: 'entry',
      start: 0,
      length: 10,
      shown: 7,
      index: 6,
      total: 20,
    };
    const windows = [windowOf('forward', 20), windowOf('forward', 2, stale)];
    const { pages } = await readWindows(modelUpstream(list).fetchPage, windows);
    const [whole, beside] = windows.map((window) => buildConnection(pages, window));
    expect(whole && numbersOf(whole)).toEqual(entriesOf(list));
    expect(whole?.warnings).toEqual([]);
    expect(beside?.warnings.map(({ code }) => code)).toEqual(['LIST_CHANGED']);
  });

  it('always moves, and never fails, whatever the list is now', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(anyList, anyList),
        fc.tuple(anyDirection, anyDirection),
        fc.tuple(anySize, anySize),
        anyMaxLimit,
        async ([before, after], [first, second], [size, next], maxLimit) => {
          const seen = await readWindow(modelUpstream(before).fetchPage, windowOf(first, size), { maxLimit });
          const from = first === 'forward' ? seen.endMark : seen.startMark;
          const { fetchPage } = modelUpstream(after);
          const page = await readWindow(fetchPage, windowOf(second, next, from), { maxLimit });
          const isForward = second === 'forward';
          const hasMore = isForward ? page.hasNextPage : page.hasPreviousPage;
          const mark = isForward ? page.endMark : page.startMark;
          if (hasMore) expect(mark).not.toBeNull();
          if (hasMore) expect(mark).not.toEqual(from);
          const numbers = numbersOf(page);
          expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('a failure of the caller', () => {
  it.each(['RATE_LIMITED', 'UNAUTHENTICATED', 'FORBIDDEN', 'UPSTREAM_UNAUTHORIZED'] as const)(
    'with the code %s ends all windows after the first call',
    async (code) => {
      let calls = 0;
      const failing = () => {
        calls += 1;
        return Promise.reject(new GatewayError(code, 'no'));
      };
      const far: CursorMark = {
        kind: 'entry',
        start: 40,
        length: 10,
        shown: 10,
        index: 0,
        total: 99,
      };
      await readWindows(failing, [windowOf('forward', 10), windowOf('forward', 10, far)]);
      expect(calls).toBe(1);
    },
  );
});
