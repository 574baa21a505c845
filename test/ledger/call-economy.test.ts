/** How many calls a window costs, in a few plain cases and for windows anywhere. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyMaxLimit } from './arbitraries.ts';
import { entriesOf, fullList, modelUpstream } from './model.ts';
import { numbersOf, readWindow, windowOf } from './reading.ts';

describe('the calls for a window', () => {
  it('are as few as any choice of blocks allows, while pages are full', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60),
        fc.nat(60),
        fc.integer({ min: 1, max: 60 }),
        anyMaxLimit,
        async (length, start, size, maxLimit) => {
          fc.pre(start < length);
          const list = fullList(length);
          const place = { start: Math.max(0, start - 1), length: 1, shown: 1, index: 0 };
          const from = start === 0 ? null : ({ kind: 'entry', place, total: length } as const);
          const upstream = modelUpstream(list);
          const page = await readWindow(upstream.fetchPage, windowOf('forward', size, from), { maxLimit });
          expect(numbersOf(page)).toEqual(entriesOf(list).slice(start, start + size));
          expect(upstream.calls).toHaveLength(fewestCalls(start, Math.min(length, start + size), maxLimit));
        },
      ),
      { numRuns: 1500 },
    );
  });

  /** Breadth-first over the positions up to which all is covered; shares nothing with the planner. */
  function fewestCalls(start: number, end: number, maxLimit: number): number {
    let reached = start;
    let calls = 0;
    while (reached < end) {
      const ends = Array.from({ length: maxLimit }, (_, index) => index + 1).map(
        (limit) => Math.ceil((reached + 1) / limit) * limit,
      );
      reached = Math.max(...ends);
      calls += 1;
    }
    return calls;
  }

  it('are two for the first 50 of twelve entries', async () => {
    const upstream = modelUpstream(fullList(12));
    const page = await readWindow(upstream.fetchPage, windowOf('forward', 50));
    expect(page.edges).toHaveLength(12);
    expect(upstream.calls).toHaveLength(2);
  });

  it('are one for no entries at all', async () => {
    const upstream = modelUpstream(fullList(12));
    const page = await readWindow(upstream.fetchPage, windowOf('forward', 0));
    expect(page).toMatchObject({
      edges: [],
      hasNextPage: false,
      hasPreviousPage: false,
      startMark: null,
      endMark: null,
      totalCount: 12,
    });
    expect(upstream.calls).toHaveLength(1);
  });
});
