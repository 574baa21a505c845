/** The bound on the calls of one window, over lists that promise more entries than they have. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsUpTo } from '../../../src/ledger/list/block.ts';
import { buildConnection } from '../../../src/ledger/list/connection.ts';
import type { CursorMark, Window } from '../../../src/ledger/list/window.ts';
import { priceOf } from '../../../src/ledger/reading/call-limits.ts';
import { anyHop, anyList } from '../arbitraries.ts';
import { entriesOf, gappyList, type ModelList, modelUpstream } from '../model.ts';
import {
  isIncomplete,
  numbersOf,
  type ReadingOptions,
  readWindow,
  readWindows,
  windowOf,
} from '../reading.ts';
import { checkStep, nextMark, walk } from '../walk.ts';

const directions = ['forward', 'backward'] as const;
const boundOf = (window: Window, { maxLimit = 10, isFixed = false }: ReadingOptions = {}) =>
  5 * priceOf([window], limitsUpTo(maxLimit, isFixed)) + 5;

describe('a window over a list that promises a billion entries and has none', () => {
  it.each([
    ['forward', 10, 10],
    ['forward', 25, 20],
    ['forward', 200, 105],
    ['backward', 10, 20],
  ] as const)('going %s for %i entries ends after %i calls', async (direction, size, calls) => {
    const upstream = modelUpstream(gappyList([], 1_000_000_000));
    const page = await readWindow(upstream.fetchPage, windowOf(direction, size));
    expect(upstream.calls).toHaveLength(calls);
    expect(isIncomplete(page)).toBe(true);
    expect(nextMark(page, direction)).toBeDefined();
  });

  it('does not use up the calls of another window', async () => {
    const list = gappyList([], 1_000_000_000);
    const upstream = modelUpstream(list);
    const far: CursorMark = { kind: 'gap', position: 500_000, skip: 0, total: list.total };
    const windows = [windowOf('forward', 10), windowOf('forward', 10, far)];
    const { pages } = await readWindows(upstream.fetchPage, windows);
    expect(upstream.calls).toHaveLength(20);
    for (const window of windows) {
      const page = buildConnection(pages, window);
      expect([isIncomplete(page), nextMark(page, 'forward')]).toEqual([
        true,
        expect.objectContaining({ kind: 'gap', position: (window.from === undefined ? 0 : 500_000) + 100 }),
      ]);
    }
  });

  it('costs its calls once for two equal windows', async () => {
    const upstream = modelUpstream(gappyList([], 1_000_000_000));
    await readWindows(upstream.fetchPage, [windowOf('forward', 10), windowOf('forward', 10)]);
    expect(upstream.calls).toHaveLength(10);
  });
});

/** Lists with far more positions than entries. */
const anySparseList = fc
  .record({ entries: fc.uniqueArray(fc.nat(400), { maxLength: 12 }), missing: fc.constantFrom(0, 30, 300) })
  .map(({ entries, missing }) => {
    const length = Math.max(-1, ...entries) + 1;
    const pattern = Array.from({ length }, (_, position) => entries.includes(position));
    return gappyList(pattern, length + missing);
  });

describe('a walk over a list that ends early again and again', () => {
  it.each(directions)('going %s loses and doubles nothing', async (direction) => {
    await fc.assert(
      fc.asyncProperty(anySparseList, anyHop, async (list, hop) => {
        expect(await walk(modelUpstream(list).fetchPage, direction, [hop])).toEqual(entriesOf(list));
      }),
      { numRuns: 400 },
    );
  });

  it('in both directions at once keeps each window within its bound', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyList, anySparseList), anyHop, anyHop, async (list, hop, { size }) => {
        const seen = await walkBothWays(list, { ...hop, isFixed: false }, [hop.size, size]);
        expect(seen).toEqual([entriesOf(list), entriesOf(list)]);
      }),
      { numRuns: 600 },
    );
  });
});

/** Walks a list forward and backward in the same readings. @returns what each walk has seen. */
async function walkBothWays(list: ModelList, options: ReadingOptions, sizes: readonly [number, number]) {
  const walks = directions.map((direction, index) => ({
    direction,
    size: sizes[index] ?? 1,
    from: null as CursorMark | null,
    seen: [] as number[],
    isOver: false,
  }));
  for (let open = walks; open.length > 0; open = walks.filter(({ isOver }) => !isOver)) {
    const upstream = modelUpstream(list);
    const windows = open.map(({ direction, size, from }) => windowOf(direction, size, from));
    const { pages } = await readWindows(upstream.fetchPage, windows, options);
    const bounds = windows.map((window) => boundOf(window, options));
    expect(upstream.calls.length).toBeLessThanOrEqual(bounds.reduce((sum, bound) => sum + bound, 0));
    for (const [index, one] of open.entries()) {
      const window = windows[index] ?? windowOf('forward', 1);
      const page = buildConnection(pages, window);
      const shown = numbersOf(page);
      one.seen = one.direction === 'forward' ? [...one.seen, ...shown] : [...shown, ...one.seen];
      const next = nextMark(page, one.direction);
      if (next !== undefined) checkStep(page, one.size, one.from, next);
      Object.assign(one, { from: next ?? null, isOver: next === undefined });
    }
  }
  return walks.map(({ seen }) => seen);
}
