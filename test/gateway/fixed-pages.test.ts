/** UPSTREAM_FIXED_PAGES=true: the same lists, from whole pages and nothing else. */

import { describe, expect, it } from 'vitest';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { type Harness, startHarness } from './harness.ts';
import { byMobile, categories } from './members.ts';
import { askPage, categoriesOf, goOn, walk } from './walk.ts';

const directions = ['forward', 'backward'] as const;
const identifier = byMobile('1');
const everyThird = [1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31];

/** Lists by what is special about them: length, gaps, and the total that the upstream claims. */
const lists: Readonly<Record<string, [length: number, gaps?: readonly number[], total?: number]>> = {
  'no entry': [0],
  'one entry': [1],
  'exactly two pages': [20],
  'three pages and a bit': [33],
  'every third position empty': [33, everyThird],
  'an empty page in the middle': [34, Array.from({ length: 15 }, (_, index) => index + 8)],
  'gaps at both ends': [25, [0, 1, 2, 22, 23, 24]],
  'nothing but gaps': [12, Array.from({ length: 12 }, (_, index) => index)],
  'a total that never comes true': [14, [3], 40],
};

const sizes = [[4], [200], [3, 1, 12, 7]];

function membersWith(length: number, gaps: readonly number[] = [], totalEntries?: number) {
  const total = totalEntries === undefined ? {} : { totalEntries };
  return [numberedMember('1', { ledger: numberedLedger(length, gaps), ...total })];
}

/** The limits that were asked for, each once. */
function limitsAsked({ sandbox }: Harness): (string | undefined)[] {
  return [...new Set(sandbox.calls().map(({ query }) => query['limit']))];
}

describe.each(Object.entries(lists))('a list with %s', (_, [length, gaps = [], total]) => {
  const members = membersWith(length, gaps, total);

  it.each(directions.flatMap((direction) => ['3', '10', '100'].map((limit) => [direction, limit] as const)))(
    'is walked %s in steps of any size from whole pages of %s',
    async (direction, limit) => {
      const harness = await startHarness(
        { members, maxLimit: 100 },
        { UPSTREAM_FIXED_PAGES: 'true', UPSTREAM_MAX_LIMIT: limit, MAX_CALLS_PER_OPERATION: '300' },
      );
      for (const size of sizes) {
        expect(await walk([harness], identifier, direction, size)).toEqual(categories(0, length, gaps));
      }
      expect(limitsAsked(harness)).toEqual([limit]);
      expect(harness.sandbox.callCount()).toBeGreaterThan(0);
    },
  );

  it.each(directions)('is walked %s while the setting changes at every step', async (direction) => {
    const harness = await startHarness({ members });
    const gateways = [harness, harness.restart({ UPSTREAM_FIXED_PAGES: 'true' })];
    const all = categories(0, length, gaps);
    expect(await walk(gateways, identifier, direction, [3, 4])).toEqual(all);
    expect(await walk(gateways.toReversed(), identifier, direction, [7, 2, 5])).toEqual(all);
    expect(harness.sandbox.callCount()).toBeGreaterThan(0);
  });
});

describe('a window over full pages', () => {
  it.each([
    [{ first: 7 }, 1],
    [{ first: 11 }, 2],
    [{ first: 33 }, 4],
    [{ last: 3 }, 2],
    [{ last: 5 }, 3],
  ])('%j costs %i calls, each for a whole page', async (window, calls) => {
    const harness = await startHarness({ members: membersWith(33) }, { UPSTREAM_FIXED_PAGES: 'true' });
    const [size, direction] =
      'first' in window ? [window.first, directions[0]] : [window.last, directions[1]];
    const page = await askPage(harness, { identifier, direction, size });
    expect(page.edges).toHaveLength(size);
    expect([harness.sandbox.callCount(), limitsAsked(harness)]).toEqual([calls, ['10']]);
  });

  it('that begins inside a page costs one call for each page that it touches', async () => {
    const harness = await startHarness({ members: membersWith(33) }, { UPSTREAM_FIXED_PAGES: 'true' });
    const [, from] = goOn(await askPage(harness, { identifier, direction: 'forward', size: 7 }), 'forward');
    harness.sandbox.reset();
    const page = await askPage(harness, { identifier, direction: 'forward', size: 7, from });
    expect(categoriesOf(page)).toEqual(categories(7, 14));
    expect([harness.sandbox.callCount(), limitsAsked(harness)]).toEqual([2, ['10']]);
  });
});

describe('a cursor from a page that is not aligned to whole pages', () => {
  /** Asks for entries from the second block of seven on, which comes short, so that its cursor stands there. */
  async function cursorInside() {
    const harness = await startHarness({ members: membersWith(33, [8]) }, { UPSTREAM_MAX_LIMIT: '7' });
    const page = await askPage(harness, { identifier, direction: 'forward', size: 10 });
    const fixed = harness.restart({ UPSTREAM_FIXED_PAGES: 'true' });
    harness.sandbox.reset();
    return { harness, fixed, from: page.pageInfo.endCursor, seen: categoriesOf(page) };
  }

  it.each(directions)(
    'goes on %s at the same entry, with a smaller limit where only that fits',
    async (direction) => {
      const { harness, fixed, from, seen } = await cursorInside();
      const page = await askPage(fixed, { identifier, direction, size: 30, from });
      const all = categories(0, 33, [8]);
      expect(categoriesOf(page)).toEqual(direction === 'forward' ? all.slice(10) : seen.slice(0, 9));
      expect(limitsAsked(harness)).toContain('7');
      expect(harness.sandbox.callCount()).toBeGreaterThan(1);
    },
  );
});
