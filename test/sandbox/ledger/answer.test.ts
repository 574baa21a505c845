/** Pages are cut from positions, so a hidden position never shifts another. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPage } from '../../../src/sandbox/ledger/answer.ts';

const positions = Array.from({ length: 25 }, (_, index) => index);

describe('cutPage', () => {
  it('takes the offset as a number of pages', () => {
    expect(cutPage(positions, 10, 1).entries).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(cutPage(positions, 7, 1).entries).toEqual([7, 8, 9, 10, 11, 12, 13]);
  });

  it('counts positions in the total whatever the limit, and pages by the limit', () => {
    expect(cutPage(positions, 10, 0)).toMatchObject({ totalEntries: 25, pageCount: 3, pageSize: 10 });
    expect(cutPage(positions, 7, 2)).toMatchObject({ totalEntries: 25, pageCount: 4, pageNumber: 2 });
  });

  it('is empty past the end', () => {
    expect(cutPage(positions, 10, 3).entries).toEqual([]);
    expect(cutPage(positions, 10, 2_147_483_647).entries).toEqual([]);
  });

  it('has no page for an empty ledger', () => {
    expect(cutPage([], 10, 0)).toMatchObject({ totalEntries: 0, pageCount: 0, entries: [] });
  });

  it('claims another total if it must', () => {
    expect(cutPage([1, 2], 10, 0, 60)).toMatchObject({ totalEntries: 60, pageCount: 6, entries: [1, 2] });
  });

  it('shows each entry on exactly one page, in order, for any gaps and any limit', () => {
    const ledger = fc.array(fc.option(fc.nat(), { nil: null }), { maxLength: 60 });
    fc.assert(
      fc.property(ledger, fc.integer({ min: 1, max: 100 }), (list, limit) => {
        const { pageCount } = cutPage(list, limit, 0);
        const pages = Array.from({ length: pageCount }, (_, page) => cutPage(list, limit, page).entries);
        expect(pages.flat()).toEqual(list.filter((entry) => entry !== null));
      }),
    );
  });
});
