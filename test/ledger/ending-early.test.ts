/** Lists that end early: they show what came, and going on loses nothing. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { FetchPage } from '../../src/upstream/page-request.ts';
import { anyHop, anyList } from './arbitraries.ts';
import { entriesOf, fullList, gappyList, type ModelList, modelPage, modelUpstream } from './model.ts';
import { numbersOf, readWindow, windowOf } from './reading.ts';
import { walk } from './walk.ts';

const directions = ['forward', 'backward'] as const;

describe('a list that ends early', () => {
  /** An upstream of which the calls numbered in `failing` fail, counted over the whole walk. */
  function brittleUpstream(list: ModelList, failing: ReadonlySet<number>): FetchPage {
    let count = 0;
    return async (request) => {
      count += 1;
      if (failing.has(count)) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The upstream is down');
      return modelPage(list, request);
    };
  }

  it.each(directions)(
    'shows what came and a cursor that moves, so that going on %s loses nothing',
    async (direction) => {
      const anyFailing = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(anyList, anyHop, anyFailing, async (list, hop, failing) => {
          const fetchPage = brittleUpstream(list, new Set(failing));
          expect(await walk(fetchPage, direction, [hop])).toEqual(entriesOf(list));
        }),
        { numRuns: 1500 },
      );
    },
  );

  it('stops at the cap on calls when a billion promised entries never come', async () => {
    const list = gappyList([], 1_000_000_000);
    for (const direction of directions) {
      const upstream = modelUpstream(list);
      const page = await readWindow(upstream.fetchPage, windowOf(direction, 10), { maxCalls: 7 });
      expect(upstream.calls).toHaveLength(7);
      expect(page.edges).toEqual([]);
      expect(direction === 'forward' ? page.hasNextPage : page.hasPreviousPage).toBe(true);
      expect(page.warnings.map(({ code }) => code)).toEqual(['LIST_INCOMPLETE']);
      expect(direction === 'forward' ? page.endMark : page.startMark).not.toBeNull();
    }
  });

  it('shows what came, though others wait for larger pages than the upstream gives', async () => {
    const upstream = modelUpstream(fullList(200), 3);
    const others = [{ limit: 100, pageNumber: 0 }];
    const mark = { kind: 'entry', start: 54, length: 1, shown: 1, index: 0, total: 200 } as const;
    const window = windowOf('forward', 100, mark);
    const inFlight = () => (upstream.calls.length === 0 ? [] : others);
    const page = await readWindow(upstream.fetchPage, window, { maxLimit: 100, inFlight });
    expect(upstream.calls).toHaveLength(15);
    expect(numbersOf(page)).toEqual(Array.from({ length: 41 }, (_, index) => 55 + index));
  });

  it('costs only what is missing to go on', async () => {
    const list = fullList(40);
    const fetchPage = brittleUpstream(list, new Set([3]));
    const page = await readWindow(fetchPage, windowOf('forward', 40));
    expect(numbersOf(page)).toEqual(entriesOf(list).slice(0, 20));
    const upstream = modelUpstream(list);
    const rest = await readWindow(upstream.fetchPage, windowOf('forward', 20, page.endMark));
    expect(numbersOf(rest)).toEqual(entriesOf(list).slice(20));
    expect(upstream.calls).toHaveLength(2);
  });

  it('is an error when not one call succeeded', async () => {
    const window = windowOf('forward', 10);
    await expect(readWindow(brittleUpstream(fullList(5), new Set([1])), window)).rejects.toThrow(
      expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }),
    );
  });
});
