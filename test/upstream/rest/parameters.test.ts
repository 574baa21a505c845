/** The query that a page request becomes, name by name and in order. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import {
  customerSources,
  type IdentifierName,
  type LedgerFilter,
  ledgerEntryTypes,
  pointCategoryTypes,
} from '../../../src/upstream/page-request.ts';
import { buildQuery } from '../../../src/upstream/rest/parameters.ts';
import { pageRequest } from '../bodies.ts';
import { anyText } from '../unicode.ts';

const base = 'identifierName=mobile&identifierValue=919900000001&source=INSTORE';
const queryWith = (filter: LedgerFilter) => buildQuery(pageRequest({ filter }));

describe('buildQuery', () => {
  it('sends identifier, source, limit and offset and nothing else when nothing else is asked', () => {
    expect(buildQuery(pageRequest())).toBe(`${base}&limit=10&offset=0`);
  });

  it('sends the page number as offset', () => {
    expect(buildQuery(pageRequest({ limit: 7, pageNumber: 3 }))).toBe(`${base}&limit=7&offset=3`);
  });

  it.each<[IdentifierName, string]>([
    ['MOBILE', 'mobile'],
    ['EMAIL', 'email'],
    ['EXTERNAL_ID', 'externalId'],
    ['CARD_NUMBER', 'cardnumber'],
    ['CARD_EXTERNAL_ID', 'cardExternalId'],
    ['ID', 'id'],
  ])('spells %s as %s', (name, spelled) => {
    const query = buildQuery(pageRequest({ identifier: { name, value: 'v', source: 'ALL' } }));
    expect(query).toBe(`identifierName=${spelled}&identifierValue=v&source=ALL&limit=10&offset=0`);
  });

  it.each(customerSources)('sends the source %s as it is spelled here', (source) => {
    const query = buildQuery(pageRequest({ identifier: { name: 'ID', value: 'v', source } }));
    expect(new URLSearchParams(query).get('source')).toBe(source);
  });

  it('spells WEB_ENGAGE in full', () => {
    const query = buildQuery(pageRequest({ identifier: { name: 'ID', value: 'v', source: 'WEB_ENGAGE' } }));
    expect(query).toContain('source=WEB_ENGAGE&');
  });

  it('sends the account after the source', () => {
    const identifier = { name: 'ID', value: 'v', source: 'WECHAT', accountId: 'a/1' } as const;
    expect(buildQuery(pageRequest({ identifier }))).toContain('source=WECHAT&accountId=a%2F1&limit');
  });

  it('sends every filter in one fixed order, whatever the order of the members', () => {
    const filter = {
      includeTillConceptEvents: true,
      tillId: 'till 1',
      currencies: ['Gold', 'Silver'],
      ledgerEntryType: 'CREDIT',
      categoryType: 'TRIGGER_BASED',
      endDate: '2026-11-22T10:20:30',
    } as const;
    expect(queryWith(filter)).toBe(
      `${base}&endDate=2026-11-22T10%3A20%3A30&pointCategoryType=TRIGGER_BASED&ledgerEntryType=CREDIT` +
        '&alternateCurrencyNames=Gold%2CSilver&includeAlternateCurrencies=false' +
        '&tillId=till%201&includeTillConceptEvents=true&limit=10&offset=0',
    );
  });

  it('asks for every alternate currency with true and without names', () => {
    expect(queryWith({ includeAllCurrencies: true })).toBe(
      `${base}&includeAlternateCurrencies=true&limit=10&offset=0`,
    );
  });

  it.each(pointCategoryTypes)('sends the category type %s', (categoryType) => {
    expect(queryWith({ categoryType })).toContain(`&pointCategoryType=${categoryType}&`);
  });

  it.each(ledgerEntryTypes)('sends the entry type %s', (ledgerEntryType) => {
    expect(queryWith({ ledgerEntryType })).toContain(`&ledgerEntryType=${ledgerEntryType}&`);
  });

  it('leaves out what the filter does not say', () => {
    expect(Array.from(new URLSearchParams(queryWith({ tillId: 't' })).keys())).toEqual([
      'identifierName',
      'identifierValue',
      'source',
      'tillId',
      'limit',
      'offset',
    ]);
  });

  it('encodes plus, ampersand, space, quotes and percent so that no decoder can mistake them', () => {
    const identifier = { name: 'EMAIL', value: '+1 &"%41#?=;', source: 'ALL' } as const;
    expect(buildQuery(pageRequest({ identifier }))).toContain('Value=%2B1%20%26%22%2541%23%3F%3D%3B&');
  });

  it('refuses half a surrogate pair as bad input', () => {
    const identifier = { name: 'EMAIL', value: '\ud83d', source: 'ALL' } as const;
    expect(() => buildQuery(pageRequest({ identifier }))).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
    expect(() => buildQuery(pageRequest({ identifier }))).toThrow(GatewayError);
  });

  it('is read back by a standard decoder as it was given, for any Unicode', () => {
    const text = anyText({ minLength: 1 });
    const names = fc.uniqueArray(anyText({ minLength: 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(text, text, text, names, (value, accountId, tillId, currencies) => {
        const identifier = { name: 'EXTERNAL_ID', value, source: 'ALL', accountId } as const;
        const read = new URLSearchParams(
          buildQuery(pageRequest({ identifier, filter: { tillId, currencies } })),
        );
        expect(read.get('identifierValue')).toBe(value);
        expect(read.get('accountId')).toBe(accountId);
        expect(read.get('tillId')).toBe(tillId);
        expect(read.get('alternateCurrencyNames')).toBe(currencies.join(','));
      }),
    );
  });
});
