/** Reading parameters: the reference's codes for missing and wrong ones, defaults for those left out. */

import { describe, expect, it } from 'vitest';
import { findRefusal, type PageBounds, readQuestion } from '../../../src/sandbox/ledger/question.ts';
import type { Query } from '../../../src/sandbox/wire/request.ts';

const bounds: PageBounds = { maxLimit: 10, overLimit: 'cap' };
const base: Query = { identifierName: 'mobile', identifierValue: '1', source: 'INSTORE' };

describe('findRefusal', () => {
  it.each([
    ['all three empty', { identifierName: '', identifierValue: '', source: '' }, 11013],
    ['no value', { ...base, identifierValue: '' }, 11013],
    ['no name', { ...base, identifierName: '' }, 8013],
    ['a wrong name', { ...base, identifierName: 'phone' }, 8013],
    ['a name in another case', { ...base, identifierName: 'MOBILE' }, 8013],
    ['no source', { ...base, source: '' }, 8003],
    ['a wrong source', { ...base, source: 'MOON' }, 8003],
    ['the source that the OpenAPI file misspells', { ...base, source: 'WEB_ENGAG' }, 8003],
    ['an empty currency name', { ...base, alternateCurrencyNames: 'Gold,,Miles' }, 9005],
    ['no currency name', { ...base, alternateCurrencyNames: '' }, 9005],
    ['limit 0', { ...base, limit: '0' }, 400],
    ['limit ten', { ...base, limit: 'ten' }, 400],
    ['offset −1', { ...base, offset: '-1' }, 400],
    ['an offset beyond 32 bits', { ...base, offset: '2147483648' }, 400],
    ['an impossible date', { ...base, endDate: '2025-02-30T00:00:00' }, 400],
    ['a date with a zone', { ...base, endDate: '2025-02-20T00:00:00Z' }, 400],
    ['an hour that is none', { ...base, endDate: '2025-02-20T25:00:00' }, 400],
    ['a wrong category type', { ...base, pointCategoryType: 'OTHER' }, 400],
    ['a wrong entry type', { ...base, ledgerEntryType: 'credit' }, 400],
    ['a wrong boolean', { ...base, includeAlternateCurrencies: 'yes' }, 400],
    ['another wrong boolean', { ...base, includeTillConceptEvents: '1' }, 400],
  ])('refuses %s with its code', (_, query, code) => {
    expect(findRefusal(query, bounds)?.code).toBe(code);
  });

  it.each(['mobile', 'email', 'externalId', 'cardnumber', 'cardExternalId', 'id'])(
    'takes the name %s',
    (name) => {
      expect(findRefusal({ ...base, identifierName: name }, bounds)).toBeUndefined();
    },
  );

  it('refuses a limit above the maximum under `reject`, and takes it under `cap`', () => {
    const query = { ...base, limit: '11' };
    expect(findRefusal(query, { maxLimit: 10, overLimit: 'reject' })?.code).toBe(400);
    expect(findRefusal(query, bounds)).toBeUndefined();
    expect(readQuestion(query, bounds).limit).toBe(10);
  });

  it('ignores currency names when all currencies are included', () => {
    const query = { ...base, includeAlternateCurrencies: 'true', alternateCurrencyNames: '' };
    expect(findRefusal(query, bounds)).toBeUndefined();
    expect(readQuestion(query, bounds).filter).not.toHaveProperty('alternateCurrencyNames');
  });
});

describe('readQuestion', () => {
  it('fills in the defaults of the reference', () => {
    expect(readQuestion(base, { maxLimit: 100, overLimit: 'cap' })).toEqual({
      ...base,
      filter: { includeAlternateCurrencies: false, includeTillConceptEvents: false },
      limit: 10,
      offset: 0,
    });
  });

  it('reads every parameter', () => {
    const query: Query = {
      ...base,
      accountId: 'a1',
      tillId: 't1',
      limit: '7',
      offset: '3',
      endDate: '2024-02-29T23:59:59',
      includeTillConceptEvents: 'true',
      ledgerEntryType: 'DEBIT',
      pointCategoryType: 'PROMISED',
      alternateCurrencyNames: 'Gold, Green Leaves',
      includeAlternateCurrencies: 'false',
    };
    expect(readQuestion(query, bounds)).toEqual({
      ...base,
      accountId: 'a1',
      limit: 7,
      offset: 3,
      filter: {
        tillId: 't1',
        endDate: '2024-02-29T23:59:59',
        includeTillConceptEvents: true,
        ledgerEntryType: 'DEBIT',
        pointCategoryType: 'PROMISED',
        alternateCurrencyNames: ['Gold', 'Green Leaves'],
        includeAlternateCurrencies: false,
      },
    });
  });

  it('lowers the default limit to a smaller maximum', () => {
    expect(readQuestion(base, { maxLimit: 3, overLimit: 'reject' }).limit).toBe(3);
  });
});
