/** Filters in their one spelling, and what is refused before any call. */

import { describe, expect, it } from 'vitest';
import { type FilterArguments, filterFromArguments } from '../../src/ledger/ledger-filter.ts';

const none: FilterArguments = { includeAllCurrencies: false, includeTillConceptEvents: false };
const read = (given: Partial<FilterArguments>) => filterFromArguments({ ...none, ...given });

describe('filterFromArguments', () => {
  it('leaves out what restricts nothing', () => {
    const nulls = {
      endDate: null,
      categoryType: null,
      ledgerEntryType: null,
      currencies: null,
      tillId: null,
    };
    expect(read({})).toEqual({});
    expect(read(nulls)).toEqual({});
    expect(read({ currencies: [] })).toEqual({});
  });

  it('keeps everything that was given', () => {
    const given = {
      endDate: '2026-01-31T23:59:59',
      categoryType: 'PROMISED',
      ledgerEntryType: 'DEBIT',
      includeAllCurrencies: true,
      tillId: '7',
      includeTillConceptEvents: true,
    } as const;
    expect(read(given)).toEqual(given);
  });

  it('sorts currencies and drops repeats, so that one list has one spelling', () => {
    expect(read({ currencies: ['Silver', 'Gold', 'Silver', 'bronze'] })).toEqual({
      currencies: ['Gold', 'Silver', 'bronze'],
    });
  });

  it.each<Partial<FilterArguments>>([
    { currencies: ['Gold,Silver'] },
    { currencies: [''] },
    { currencies: [' '] },
    { currencies: ['Gold'], includeAllCurrencies: true },
    { currencies: Array.from({ length: 101 }, (_, index) => `c${index}`) },
    { currencies: ['\ud800'] },
    { tillId: '' },
    { tillId: 'x'.repeat(1001) },
  ])('refuses %j', (given) => {
    expect(() => read(given)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
