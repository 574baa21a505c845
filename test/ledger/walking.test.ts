/** A walk over any list gives exactly its entries, with short and empty pages too. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BalancePage } from '../../src/ledger/list/connection.ts';
import type { CursorMark, Window } from '../../src/ledger/list/window.ts';
import type { FetchPage } from '../../src/upstream/page-request.ts';
import { anyHop, anyList } from './arbitraries.ts';
import { entriesOf, fullList, modelPage, modelUpstream } from './model.ts';
import { isIncomplete, numbersOf, readWindow, windowOf } from './reading.ts';
import { walk } from './walk.ts';

type Direction = Window['direction'];

const directions: readonly Direction[] = ['forward', 'backward'];
const anyDirection = fc.constantFrom(...directions);
const anyHops = fc.tuple(anyHop, anyHop, anyHop);

describe('walking a list', () => {
  it.each(directions)(
    'gives exactly its entries, in order, going %s with any sizes and limits',
    async (direction) => {
      await fc.assert(
        fc.asyncProperty(anyList, anyHops, async (list, hops) => {
          expect(await walk(modelUpstream(list).fetchPage, direction, hops)).toEqual(entriesOf(list));
        }),
        { numRuns: 2000 },
      );
    },
  );

  it.each(directions)(
    'is exact going %s over an upstream that gives smaller pages than asked',
    async (direction) => {
      await fc.assert(
        fc.asyncProperty(anyList, anyHop, fc.integer({ min: 1, max: 12 }), async (list, hop, upstreamMax) => {
          const { fetchPage } = modelUpstream(list, upstreamMax);
          expect(await walk(fetchPage, direction, [{ ...hop, isFixed: false }])).toEqual(entriesOf(list));
        }),
        { numRuns: 500 },
      );
    },
  );

  it('is exact over an upstream that ignores the limit, as long as its pages are full', async () => {
    const list = fullList(57);
    const fetchPage: FetchPage = async (request) => modelPage(list, { ...request, limit: 10 });
    for (const size of [1, 7, 10, 25]) {
      expect(await walk(fetchPage, 'forward', [{ size, maxLimit: 7 }])).toEqual(entriesOf(list));
    }
  });

  it('shows every list of up to 60 entries on one page, from either end, for every size', async () => {
    for (let length = 0; length <= 60; length += 1) {
      for (let size = 1; size <= 60; size += 7) {
        const { fetchPage } = modelUpstream(fullList(length));
        const numbers = entriesOf(fullList(length));
        expect(numbersOf(await readWindow(fetchPage, windowOf('forward', size)))).toEqual(
          numbers.slice(0, size),
        );
        expect(numbersOf(await readWindow(fetchPage, windowOf('backward', size)))).toEqual(
          numbers.slice(-size),
        );
      }
    }
  });
});

describe('a cursor', () => {
  it('goes on exactly in both directions, also when the limit has changed since it was made', async () => {
    const anyTurn = fc.record({ hop: anyHop, direction: anyDirection, at: fc.nat(59) });
    await fc.assert(
      fc.asyncProperty(anyList, fc.array(anyTurn, { minLength: 2, maxLength: 8 }), async (list, turns) => {
        const { fetchPage } = modelUpstream(list);
        const entries = entriesOf(list);
        let from: CursorMark | null = null;
        let place = 0; // Of the entry that `from` marks, among all entries.
        for (const { hop, direction, at } of turns) {
          const page = await readWindow(fetchPage, windowOf(direction, hop.size, from), hop);
          const full = sliceFrom(entries, from === null ? undefined : place, direction, hop.size);
          const expected = shownOf(full, page, direction);
          expect(numbersOf(page)).toEqual(expected);
          if (expected.length === 0) return;
          const index = at % expected.length;
          from = page.edges[index] ?? null;
          place = entries.indexOf(expected[index] ?? -1);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

/** What a page shows of its full window: the entries nearest to its start, when it ends early. */
function shownOf(full: readonly number[], page: BalancePage, direction: Direction): readonly number[] {
  const count = isIncomplete(page) ? page.edges.length : full.length;
  return direction === 'forward' ? full.slice(0, count) : full.slice(full.length - count);
}

function sliceFrom(
  entries: readonly number[],
  place: number | undefined,
  direction: Direction,
  size: number,
) {
  if (direction === 'forward') {
    const start = place === undefined ? 0 : place + 1;
    return entries.slice(start, start + size);
  }
  const end = place ?? entries.length;
  return entries.slice(Math.max(0, end - size), end);
}
