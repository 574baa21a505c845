/** Windows of one list that are read together, and their price. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsUpTo } from '../../src/ledger/list/block.ts';
import { buildConnection } from '../../src/ledger/list/connection.ts';
import type { Window } from '../../src/ledger/list/window.ts';
import { priceOf } from '../../src/ledger/reading/call-limits.ts';
import { anyList, anyMaxLimit } from './arbitraries.ts';
import { entriesOf, fullList, modelUpstream } from './model.ts';
import { isIncomplete, numbersOf, readWindow, readWindows, windowOf } from './reading.ts';

/** A window that starts behind the entry at `position` of a list without gaps. */
function windowAfter(position: number, size: number, total: number): Window {
  return windowOf('forward', size, { kind: 'entry', start: position, length: 1, shown: 1, index: 0, total });
}

describe('windows of one list that are read together', () => {
  it('each show at least what they would show alone, and cost no more together', async () => {
    const anySize = fc.integer({ min: 0, max: 40 });
    const anyWindow = fc.tuple(fc.constantFrom('forward' as const, 'backward' as const), anySize);
    const anyWindows = fc.array(anyWindow, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(anyList, anyWindows, anyMaxLimit, async (list, shapes, maxLimit) => {
        const windows = shapes.map(([direction, size]) => windowOf(direction, size));
        const together = modelUpstream(list);
        const { pages } = await readWindows(together.fetchPage, windows, { maxLimit });
        let callsAlone = 0;
        for (const window of windows) {
          const alone = modelUpstream(list);
          const page = await readWindow(alone.fetchPage, window, { maxLimit });
          callsAlone += alone.calls.length;
          const shown = numbersOf(buildConnection(pages, window));
          // One that ends early alone may come further on the calls of the others.
          const count = isIncomplete(page) ? page.edges.length : shown.length;
          const same = window.direction === 'forward' ? shown.slice(0, count) : shown.slice(-count);
          expect(count === 0 ? [] : same).toEqual(numbersOf(page));
        }
        expect(together.calls.length).toBeLessThanOrEqual(callsAlone);
      }),
      { numRuns: 1000 },
    );
  });

  it('cost one call when one page holds them all', async () => {
    const { fetchPage, calls } = modelUpstream(fullList(10));
    const windows = [3, 10, 0].map((size) => windowOf('forward', size));
    await readWindows(fetchPage, [...windows, windowOf('backward', 4), windowAfter(4, 3, 10)]);
    expect(calls).toHaveLength(1);
  });
});

describe('the price', () => {
  const limits = limitsUpTo(10, false);

  it.each([
    [[windowOf('forward', 0)], 1],
    [[windowOf('forward', 10)], 1],
    [[windowOf('forward', 11)], 2],
    [[windowOf('forward', 50)], 5],
    [[windowOf('forward', 10), windowOf('forward', 50)], 5],
    [[windowAfter(6, 7, 100)], 1],
    [[windowAfter(6, 8, 100)], 2],
    [[windowOf('backward', 1)], 2],
    [[windowOf('forward', 10), windowOf('backward', 1)], 2],
    [[], 1],
  ])('of %j is %i', (windows, price) => {
    expect(priceOf(windows, limits)).toBe(price);
  });

  it('counts whole pages where only whole pages are asked for', () => {
    expect(priceOf([windowAfter(6, 7, 100)], limitsUpTo(10, true))).toBe(2);
  });

  it('is never less than what full pages cost, and exact for a long list', async () => {
    const anyWindows = fc.array(
      fc.tuple(fc.constantFrom('forward' as const, 'backward' as const), fc.nat(60)),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(300), anyWindows, anyMaxLimit, async (length, shapes, maxLimit) => {
        const windows = shapes.map(([direction, size]) => windowOf(direction, size));
        const { fetchPage, calls } = modelUpstream(fullList(length));
        await readWindows(fetchPage, windows, { maxLimit });
        const price = priceOf(windows, limitsUpTo(maxLimit, false));
        expect(calls.length).toBeLessThanOrEqual(price);
        const isForward = windows.every(({ direction }) => direction === 'forward');
        if (isForward && length >= 60) expect(calls).toHaveLength(price);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a list that changes while it is read', () => {
  it('is read as far as it can be, with a warning', async () => {
    const lists = [fullList(25), fullList(24)];
    const upstreams = lists.map((list) => modelUpstream(list));
    let count = 0;
    const page = await readWindow(
      (request, signal) => {
        const upstream = upstreams[count];
        count = 1;
        return upstream?.fetchPage(request, signal) ?? Promise.resolve(null);
      },
      windowOf('forward', 25),
    );
    expect(page.warnings.map(({ code }) => code)).toEqual(['LIST_CHANGED']);
    expect(numbersOf(page)).toEqual(entriesOf(fullList(24)));
  });
});

describe('warnings of the upstream', () => {
  it('are shown in the order of the calls, equal ones once, 25 at most', async () => {
    const list = fullList(20);
    const { fetchPage } = modelUpstream(list);
    const page = await readWindow(
      async (request, signal) => {
        const answer = await fetchPage(request, signal);
        const own = Array.from({ length: 150 }, (_, index) => ({
          code: null,
          message: `${request.pageNumber}/${index}`,
        }));
        return answer && { ...answer, warnings: [{ code: '1', message: 'both' }, ...own] };
      },
      windowOf('forward', 20),
    );
    expect(page.warnings).toHaveLength(25);
    expect(page.warnings.slice(0, 2)).toEqual([
      { code: '1', message: 'both' },
      { code: null, message: '0/0' },
    ]);
  });
});
