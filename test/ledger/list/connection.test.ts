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
  const marks = page.edges.map(({ mark }) => mark);
  seal.mockClear();
  const cursorOf = pageCursors(page, seal);
  expect(seal).not.toHaveBeenCalled();
  const asked = [...marks, page.startMark, page.endMark, ...marks].flatMap((mark) => mark ?? []);
  expect(asked.map(cursorOf)).toEqual(asked.map((mark) => JSON.stringify(mark)));
  expect(seal.mock.calls).toEqual([[marks]]);
});

it('seals where a page ends early, in either direction, and whether it has edges or not', async () => {
  const page = await threeEntries();
  const gap: CursorMark = { kind: 'gap', position: 5, skip: 0, total: 7 };
  const early = [
    { ...page, endMark: gap },
    { ...page, startMark: gap },
    { ...page, edges: [], startMark: null, endMark: gap },
  ];
  for (const each of early) expect(pageCursors(each, seal)(gap)).toBe(JSON.stringify(gap));
});
