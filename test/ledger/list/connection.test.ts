/** The cursors of a page. */

import { expect, it, vi } from 'vitest';
import { type BalancePage, pageCursors } from '../../../src/ledger/list/connection.ts';
import type { CursorMark } from '../../../src/ledger/list/window.ts';
import { fullList, modelPage } from '../model.ts';
import { readWindow, windowOf } from '../reading.ts';

/** A page of three entries. */
function threeEntries(): Promise<BalancePage> {
  return readWindow(async (request) => modelPage(fullList(7), request), windowOf('forward', 3));
}

/** Gives each mark the text of its numbers. */
const seal = vi.fn((marks: readonly CursorMark[]) => marks.map((mark) => JSON.stringify(mark)));

it('seals the cursors of a page together, once, when the first one is asked for', async () => {
  const page = await threeEntries();
  const marks = page.edges;
  seal.mockClear();
  const cursors = pageCursors(page, seal);
  expect(seal).not.toHaveBeenCalled();
  const edges = marks.map((mark) => JSON.stringify(mark));
  for (const _ of [1, 2]) expect(cursors()).toEqual({ edges, start: edges[0], end: edges[2] });
  expect(seal.mock.calls).toEqual([[marks]]);
});

it('seals where a page ends early, in either direction, and whether it has edges or not', async () => {
  const page = await threeEntries();
  const gap: CursorMark = { kind: 'gap', position: 5, skip: 0, total: 7 };
  const cursor = JSON.stringify(gap);
  expect(pageCursors({ ...page, endMark: gap }, seal)()).toMatchObject({ end: cursor });
  expect(pageCursors({ ...page, startMark: gap }, seal)()).toMatchObject({ start: cursor });
  const empty = { ...page, edges: [], startMark: null, endMark: gap };
  expect(pageCursors(empty, seal)()).toMatchObject({ start: null, end: cursor });
});
