/** No window costs more calls than the fewest possible: proved for all small cases, and for a sample of larger ones. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CursorMark } from '../../src/ledger/list/window.ts';
import type { FetchPage } from '../../src/upstream/page-request.ts';
import { fullList, modelPage, modelUpstream } from './model.ts';
import { readWindow, windowOf } from './reading.ts';

const maxima = [1, 3, 7, 10, 100];

/** Every list up to this length is tried: four pages of ten, and more of every other size but the largest. */
const longestOfAll = 40;

/** Lists up to this length are sampled: more than one page of any size. */
const longest = 120;
const samples = 4000;

/**
 * The fewest calls that show all positions from `start` up to each end. A breadth-first search over all sets of blocks:
 * one block of every set shows the first position that is not shown yet, so it tries every such block in every state.
 * Shares no code with the planner.
 */
function fewestFrom(start: number, maxLimit: number): number[] {
  const fewest: number[] = [];
  let states = new Set([start]);
  for (let calls = 0; fewest.length <= longest; calls += 1) {
    const furthest = Math.max(...states);
    for (let end = fewest.length; end <= Math.min(furthest, longest); end += 1) fewest.push(calls);
    states = new Set([...states].flatMap((position) => endsOfBlocks(position, maxLimit)));
  }
  return fewest;
}

/** The ends of all blocks that show a position, found by trying every offset, not by dividing. */
function endsOfBlocks(position: number, maxLimit: number): number[] {
  const ends: number[] = [];
  for (let limit = 1; limit <= maxLimit; limit += 1) {
    let end = limit;
    while (end <= position) end += limit;
    ends.push(end);
  }
  return ends;
}

/** The cursor of the entry before `position`; none before the first. */
function markBefore(position: number, total: number): CursorMark | null {
  if (position === 0) return null;
  return { kind: 'entry', start: position - 1, length: 1, shown: 1, index: 0, total };
}

/** The cursor of the entry at `position`; none behind the last. */
function markAt(position: number, total: number): CursorMark | null {
  if (position === total) return null;
  return { kind: 'entry', start: position, length: 1, shown: 1, index: 0, total };
}

const lists = Array.from({ length: longest + 1 }, (_, total) => fullList(total));

/** An upstream that counts calls, and rounds: calls made before any answer came are one round. */
function countingUpstream(total: number) {
  const list = lists[total] ?? fullList(total);
  const count = { calls: 0, rounds: 0, isOpen: false };
  const fetchPage: FetchPage = async (request) => {
    count.calls += 1;
    if (!count.isOpen) count.rounds += 1;
    count.isOpen = true;
    await undefined;
    count.isOpen = false;
    return modelPage(list, request);
  };
  return { count, fetchPage };
}

type Case = { readonly total: number; readonly place: number; readonly size: number };

/** Every total, every place in it, every size. */
function* everyCase(): Generator<Case> {
  for (let total = 0; total <= longestOfAll; total += 1) {
    for (let place = 0; place <= total; place += 1) {
      for (let size = 1; size <= longestOfAll; size += 1) yield { total, place, size };
    }
  }
}

/** Any total, any place in it, any size. The seed makes it the same sample each time. */
function sampledCases(): Case[] {
  const upToLongest = fc.integer({ min: 0, max: longest });
  const anyCase = fc
    .tuple(upToLongest, upToLongest, fc.integer({ min: 1, max: longest }))
    .map(([one, other, size]) => ({ total: Math.max(one, other), place: Math.min(one, other), size }));
  return fc.sample(anyCase, { seed: 1, numRuns: samples });
}

const collections: readonly [string, () => Iterable<Case>][] = [
  [`for all totals, places and sizes up to ${longestOfAll}`, everyCase],
  [`for a sample of those up to ${longest}`, sampledCases],
];

describe.each(maxima)('with a largest limit of %i', (maxLimit) => {
  const tables = Array.from({ length: longest + 1 }, (_, start) => fewestFrom(start, maxLimit));
  const fewest = (start: number, end: number) => Math.max(1, tables[start]?.[end] ?? Number.NaN);

  it.each(collections)(
    'a window after a cursor costs the fewest calls, in two rounds at most, %s',
    async (_, cases) => {
      for (const { total, place, size } of cases()) {
        const { count, fetchPage } = countingUpstream(total);
        await readWindow(fetchPage, windowOf('forward', size, markBefore(place, total)), { maxLimit });
        const expected = fewest(place, Math.min(total, place + size));
        // An assertion for each of 40,000 windows would take longer than reading them.
        if (count.calls !== expected || count.rounds > 2)
          expect({ total, place, size, ...count }).toBe(expected);
      }
    },
    120_000,
  );

  it.each(collections)(
    'a window before a cursor costs the fewest calls, and from the end at most one more, %s',
    async (_, cases) => {
      for (const { total, place, size } of cases()) {
        const { count, fetchPage } = countingUpstream(total);
        await readWindow(fetchPage, windowOf('backward', size, markAt(place, total)), { maxLimit });
        const most = fewest(Math.max(0, place - size), place) + (place === total ? 1 : 0);
        if (count.calls > most || count.rounds > 2) expect({ total, place, size, ...count }).toBe(most);
      }
    },
    120_000,
  );
});

it('the first 50 of twelve entries cost two calls', async () => {
  const upstream = modelUpstream(fullList(12));
  const page = await readWindow(upstream.fetchPage, windowOf('forward', 50));
  expect(page.edges).toHaveLength(12);
  expect(upstream.calls).toHaveLength(2);
});

it('no entries at all cost one call', async () => {
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
