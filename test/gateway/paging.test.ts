/** Every entry of every list, once and in order, through the running gateway. */

import { describe, expect, it } from 'vitest';
import type { Member } from '../../src/sandbox/ledger/member.ts';
import type { SandboxOptions } from '../../src/sandbox/server.ts';
import { balances, balancesByNode } from '../operations.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { startHarness } from './harness.ts';
import { byMobile, categories } from './members.ts';
import { askPage, categoriesOf, type Direction, walk } from './walk.ts';

const directions = ['forward', 'backward'] as const;
const sparse = [0, 1, 2, 3, 4, 5, 6, 8, 9, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 28, 29];
const middle = Array.from({ length: 15 }, (_, index) => index + 8);

/** Lists by what is special about them: length, gaps, and the total that the upstream claims. */
const lists: Readonly<Record<string, [length: number, gaps?: readonly number[], total?: number]>> = {
  'no entry': [0],
  'one entry': [1],
  'a full page': [10],
  'a full page and one': [11],
  'three pages and a bit': [33],
  'gaps on every page': [31, [1, 4, 5, 8, 12, 13, 19, 21, 27, 30]],
  'hardly an entry': [30, sparse],
  'an empty page in the middle': [34, middle],
  'gaps at both ends': [25, [0, 1, 2, 22, 23, 24]],
  'nothing but gaps': [12, Array.from({ length: 12 }, (_, index) => index)],
  'a total that never comes true': [14, [3], 40],
};

const identifier = byMobile('1');

function memberWith(length: number, gaps: readonly number[] = [], totalEntries?: number): Member {
  const total = totalEntries === undefined ? {} : { totalEntries };
  return numberedMember('1', { ledger: numberedLedger(length, gaps), ...total });
}

describe.each(Object.entries(lists))('a list with %s', (_, [length, gaps = [], total]) => {
  const members = [memberWith(length, gaps, total)];

  it.each<[Direction, number[]]>(
    directions.flatMap((direction): [Direction, number[]][] => [
      [direction, [1]],
      [direction, [4]],
      [direction, [10]],
      [direction, [200]],
      [direction, [3, 1, 12, 7]],
    ]),
  )('is walked %s by %j without losing or doubling an entry', async (direction, sizes) => {
    const harness = await startHarness({ members });
    expect(await walk([harness], identifier, direction, sizes)).toEqual(categories(0, length, gaps));
    expect(harness.sandbox.callCount()).toBeGreaterThan(0);
  });

  it.each(directions)('is walked %s while UPSTREAM_MAX_LIMIT changes at every step', async (direction) => {
    const harness = await startHarness({ members, maxLimit: 100 });
    const gateways = ['10', '7', '100', '3', '1', '25'].map((UPSTREAM_MAX_LIMIT) =>
      harness.restart({ UPSTREAM_MAX_LIMIT, UPSTREAM_FIXED_PAGES: String(UPSTREAM_MAX_LIMIT === '25') }),
    );
    expect(await walk(gateways, identifier, direction, [4, 3, 5])).toEqual(categories(0, length, gaps));
    expect(harness.sandbox.callCount()).toBeGreaterThan(0);
  });

  it('has the upstream’s count as its totalCount', async () => {
    const harness = await startHarness({ members });
    const page = await askPage(harness, { identifier, direction: 'forward', size: 0 });
    expect(page.totalCount).toBe(total ?? length);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('an upstream whose largest page is smaller than UPSTREAM_MAX_LIMIT', () => {
  const members = [memberWith(33, [1, 4, 12])];
  const smaller: SandboxOptions = { members, maxLimit: 4 };

  it.each(directions)(
    'is walked %s when its pages are smaller than the limit asked for',
    async (direction) => {
      const harness = await startHarness({ ...smaller, overLimit: 'cap' });
      expect(await walk([harness], identifier, direction, [3, 8])).toEqual(categories(0, 33, [1, 4, 12]));
      expect(harness.sandbox.callCount()).toBeGreaterThan(0);
    },
  );

  it('gives UPSTREAM_REJECTED when it refuses larger pages', async () => {
    const harness = await startHarness({ ...smaller, overLimit: 'reject' });
    const { data, errors } = await harness.ask(balances, { identifier, first: 10 });
    expect(data).toEqual({ customer: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_REJECTED', upstreamCode: 400 });
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('a walk over full pages', () => {
  it.each([
    ['forward', 10, 4],
    ['forward', 5, 7],
    ['forward', 33, 4],
    ['backward', 10, 8],
  ] as const)('%s by %i costs %i calls for 33 entries', async (direction, size, calls) => {
    const harness = await startHarness({ members: [memberWith(33)] });
    await walk([harness], identifier, direction, [size]);
    expect(harness.sandbox.callCount()).toBe(calls);
  });

  it('asks for entries 8 to 14 with one call', async () => {
    const harness = await startHarness({ members: [memberWith(33)] });
    const start = await askPage(harness, { identifier, direction: 'forward', size: 7 });
    harness.sandbox.reset();
    const from = start.pageInfo.endCursor;
    const next = await askPage(harness, { identifier, direction: 'forward', size: 7, from });
    expect(categoriesOf(next)).toEqual(categories(7, 14));
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('a page', () => {
  it.each([
    ['forward', 10, 10],
    ['forward', 12, 10],
    ['backward', 10, 10],
    ['forward', 1, 1],
  ] as const)('%s of %i of all %i entries says that there is no more', async (direction, size, length) => {
    const harness = await startHarness({ members: [memberWith(length)] });
    const { pageInfo, edges } = await askPage(harness, { identifier, direction, size });
    expect([edges.length, pageInfo.hasNextPage, pageInfo.hasPreviousPage]).toEqual([length, false, false]);
    expect(harness.sandbox.callCount()).toBe(direction === 'forward' ? 1 : harness.sandbox.calls().length);
  });

  it('after the last entry, or before the first, has no edges, no cursors and no further pages', async () => {
    const harness = await startHarness({ members: [memberWith(12)] });
    const all = await askPage(harness, { identifier, direction: 'forward', size: 12 });
    const { startCursor, endCursor } = all.pageInfo;
    const nothing = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
    const after = await askPage(harness, { identifier, direction: 'forward', size: 5, from: endCursor });
    const before = await askPage(harness, { identifier, direction: 'backward', size: 5, from: startCursor });
    expect([after, before]).toMatchObject([
      { edges: [], pageInfo: nothing },
      { edges: [], pageInfo: nothing },
    ]);
    expect(harness.sandbox.callCount()).toBe(4);
  });
});

describe('UPSTREAM_FIXED_PAGES', () => {
  const gaps = [1, 4, 12, 29, 30];

  it.each(directions)('asks only for whole pages going %s, and loses no entry', async (direction) => {
    const harness = await startHarness({ members: [memberWith(43, gaps)] }, { UPSTREAM_FIXED_PAGES: 'true' });
    expect(await walk([harness], identifier, direction, [7, 3])).toEqual(categories(0, 43, gaps));
    const limits = harness.sandbox.calls().map(({ query }) => query['limit']);
    expect(new Set(limits)).toEqual(new Set(['10']));
    expect(harness.sandbox.callCount()).toBe(limits.length);
  });
});

describe('UPSTREAM_MAX_CONCURRENCY', () => {
  it('bounds the calls in flight', async () => {
    const harness = await startHarness({ members: [memberWith(95)] }, { UPSTREAM_MAX_CONCURRENCY: '2' });
    harness.sandbox.setFaults([{ kind: 'latency', ms: 5 }]);
    const page = await askPage(harness, { identifier, direction: 'forward', size: 95 });
    expect(categoriesOf(page)).toEqual(categories(0, 95));
    expect(harness.sandbox.callCount()).toBe(10);
    expect(Math.max(...harness.sandbox.calls().map(({ concurrency }) => concurrency))).toBe(2);
  });
});

describe('a cursor', () => {
  it('of every edge goes on in both directions, and `endCursor` is that of the last edge', async () => {
    const harness = await startHarness({ members: [memberWith(13, [2, 5])] });
    const all = categories(0, 13, [2, 5]);
    const page = await askPage(harness, { identifier, direction: 'forward', size: 200 });
    for (const [index, { cursor }] of page.edges.entries()) {
      const after = await askPage(harness, { identifier, direction: 'forward', size: 3, from: cursor });
      const before = await askPage(harness, { identifier, direction: 'backward', size: 3, from: cursor });
      expect(categoriesOf(after)).toEqual(all.slice(index + 1, index + 4));
      expect(categoriesOf(before)).toEqual(all.slice(Math.max(0, index - 3), index));
      expect(after.pageInfo.hasPreviousPage || after.edges.length === 0).toBe(true);
      expect(before.pageInfo.hasNextPage || before.edges.length === 0).toBe(true);
    }
    expect(harness.sandbox.callCount()).toBeLessThan(60);
  });

  it("of `customer` goes on under `node` with the customer's id", async () => {
    const harness = await startHarness({ members: [memberWith(13)] });
    const { data } = await harness.ask(balances, { identifier, first: 10 });
    const { id = '', ledgerBalance } = data?.customer ?? {};
    const after = ledgerBalance?.pageInfo.endCursor;
    const next = await harness.ask(balancesByNode, { id, first: 10, after });
    expect(next.errors).toBeUndefined();
    expect(next.data?.node).toMatchObject({
      id,
      ledgerBalance: { edges: categories(10, 13).map((pointsCategory) => ({ node: { pointsCategory } })) },
    });
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('past the end of a list that has shrunk gives an empty page and LIST_CHANGED', async () => {
    const harness = await startHarness({ members: [memberWith(30)] });
    const page = await askPage(harness, { identifier, direction: 'forward', size: 20 });
    harness.sandbox.setMembers([memberWith(5)]);
    const from = page.pageInfo.endCursor;
    const next = await askPage(harness, { identifier, direction: 'forward', size: 10, from });
    expect(next).toMatchObject({ edges: [], totalCount: 5, warnings: [{ code: 'LIST_CHANGED' }] });
    expect(next.pageInfo).toMatchObject({ hasNextPage: false, startCursor: null, endCursor: null });
    expect(harness.sandbox.callCount()).toBe(3);
  });
});
