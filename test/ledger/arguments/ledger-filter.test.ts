/** Filters in their one spelling, and what is refused before any call. */

import { describe, expect, it } from 'vitest';
import { type FilterArguments, filterFromArguments } from '../../../src/ledger/arguments/ledger-filter.ts';

const read = (given: FilterArguments) => filterFromArguments(given);

describe('filterFromArguments', () => {
  it('leaves out what restricts nothing', () => {
    const nulls = {
      endDate: null,
      categoryType: null,
      ledgerEntryType: null,
      currencies: null,
      includeAllCurrencies: null,
      tillId: null,
      includeTillConceptEvents: null,
    };
    expect(read({})).toEqual({});
    expect(read(nulls)).toEqual({});
    expect(read({ currencies: [] })).toEqual({});
    expect(read({ currencies: [], includeAllCurrencies: true })).toEqual({ includeAllCurrencies: true });
    expect(read({ includeAllCurrencies: false, includeTillConceptEvents: false })).toEqual({});
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

  it.each<[FilterArguments, argument: string]>([
    [{ currencies: ['Silver', 'Gold,Silver'] }, 'currencies[1]'],
    [{ currencies: [''] }, 'currencies[0]'],
    [{ currencies: [' '] }, 'currencies[0]'],
    [{ currencies: ['Gold'], includeAllCurrencies: true }, 'currencies'],
    [{ currencies: Array.from({ length: 101 }, (_, index) => `c${index}`) }, 'currencies'],
    [{ currencies: ['\ud800'] }, 'currencies[0]'],
    [{ tillId: '' }, 'tillId'],
    [{ tillId: 'x'.repeat(1001) }, 'tillId'],
  ])('refuses %j and names `%s`', (given, argument) => {
    expect(() => read(given)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: { argument } }),
    );
  });
});
