/** Arguments as they arrive at the upstream: exact names, exact values, nothing else. */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { customerSources } from '../../src/upstream/page-request.ts';
import type { BalancesQueryVariables, CustomerIdentifierInput } from '../generated/graphql.ts';
import { balances } from '../operations.ts';
import { anyText } from '../upstream/unicode.ts';
import { type Harness, startHarness } from './harness.ts';
import { byMobile, mobileLiteral, mobiles, threeMembers } from './members.ts';

const always = {
  identifierName: 'mobile',
  identifierValue: mobiles.twelve,
  source: 'INSTORE',
  limit: '10',
  offset: '0',
};

function named(alternateCurrencyNames: string) {
  return { alternateCurrencyNames, includeAlternateCurrencies: 'false' };
}

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ members: threeMembers });
});

/** The query of the one call that the first page under these variables costs. */
async function sentFor(variables: Partial<BalancesQueryVariables>) {
  harness.sandbox.reset();
  await harness.ask(balances, { identifier: byMobile(mobiles.twelve), ...variables });
  expect(harness.sandbox.callCount()).toBe(1);
  return harness.sandbox.calls()[0]?.query;
}

describe('a call', () => {
  it('carries source, limit and offset always, and nothing else without filters', async () => {
    expect(await sentFor({})).toEqual(always);
  });

  it('omits every argument that is null, and an empty list of currencies', async () => {
    const nothing = {
      endDate: null,
      categoryType: null,
      ledgerEntryType: null,
      tillId: null,
      first: null,
      after: null,
      last: null,
      before: null,
    };
    const identifier = { ...byMobile(mobiles.twelve), accountId: null };
    expect(await sentFor({ ...nothing, currencies: [], identifier })).toEqual(always);
  });

  it('omits currencies that are null', async () => {
    expect(await sentFor({ currencies: null })).toEqual(always);
  });

  it.each<[string, Partial<BalancesQueryVariables>, Record<string, string>]>([
    ['endDate', { endDate: '2025-12-31T23:59:59' }, { endDate: '2025-12-31T23:59:59' }],
    ['endDate on a leap day', { endDate: '2024-02-29T00:00:00' }, { endDate: '2024-02-29T00:00:00' }],
    ['categoryType', { categoryType: 'REGULAR' }, { pointCategoryType: 'REGULAR' }],
    ['categoryType', { categoryType: 'PROMISED' }, { pointCategoryType: 'PROMISED' }],
    ['categoryType', { categoryType: 'TRIGGER_BASED' }, { pointCategoryType: 'TRIGGER_BASED' }],
    ['ledgerEntryType', { ledgerEntryType: 'CREDIT' }, { ledgerEntryType: 'CREDIT' }],
    ['ledgerEntryType', { ledgerEntryType: 'DEBIT' }, { ledgerEntryType: 'DEBIT' }],
    ['ledgerEntryType', { ledgerEntryType: 'OPENING_BALANCE' }, { ledgerEntryType: 'OPENING_BALANCE' }],
    ['all currencies', { includeAllCurrencies: true }, { includeAlternateCurrencies: 'true' }],
    ['all currencies: false', { includeAllCurrencies: false }, {}],
    ['tillId', { tillId: 'till.1 & "2"' }, { tillId: 'till.1 & "2"' }],
    ['concept events', { includeTillConceptEvents: true }, { includeTillConceptEvents: 'true' }],
    ['concept events: false', { includeTillConceptEvents: false }, {}],
    ['one currency', { currencies: ['Gold'] }, named('Gold')],
    ['currencies, sorted', { currencies: ['Stars', 'Gold', 'Miles'] }, named('Gold,Miles,Stars')],
    ['currencies, without repeats', { currencies: ['Gold', 'Stars', 'Gold'] }, named('Gold,Stars')],
    ['currencies that differ by case', { currencies: ['gold', 'Gold'] }, named('Gold,gold')],
    ['a currency with spaces', { currencies: ['Green Leaves & co+'] }, named('Green Leaves & co+')],
    ['a currency instead of a list', { currencies: 'Gold' }, named('Gold')],
    [
      'no currencies, but all',
      { currencies: [], includeAllCurrencies: true },
      { includeAlternateCurrencies: 'true' },
    ],
  ])('carries %s: %j', async (_, variables, sent) => {
    expect(await sentFor(variables)).toEqual({ ...always, ...sent });
  });

  it.each<[CustomerIdentifierInput['name'], string]>([
    ['MOBILE', 'mobile'],
    ['EMAIL', 'email'],
    ['EXTERNAL_ID', 'externalId'],
    ['CARD_NUMBER', 'cardnumber'],
    ['CARD_EXTERNAL_ID', 'cardExternalId'],
    ['ID', 'id'],
  ])('names the identifier %s as %s', async (name, identifierName) => {
    const sent = await sentFor({ identifier: { name, value: '1' } });
    expect(sent).toEqual({ ...always, identifierName, identifierValue: '1' });
  });

  it.each(customerSources)('spells the source %s like the schema', async (source) => {
    const sent = await sentFor({ identifier: { ...byMobile(mobiles.twelve), source } });
    expect(sent).toEqual({ ...always, source });
  });

  it('carries the account', async () => {
    const identifier = { name: 'EXTERNAL_ID', value: 'x', source: 'LINE', accountId: 'line-japan' } as const;
    expect(await sentFor({ identifier })).toEqual({
      ...always,
      identifierName: 'externalId',
      identifierValue: 'x',
      source: 'LINE',
      accountId: 'line-japan',
    });
  });

  it.each([
    '+44 7700 900012',
    'a&b=c&limit=99',
    '100%25 #1?/',
    ' leading and trailing ',
    `O'Neil "the" <b>`,
    'zoë+søn@例え.テスト',
    '🎁 👩‍👩‍👧',
    'tab\tnewline\nnul\u0000',
    '\u202eright to left',
    'é and e\u0301 are not the same',
  ])('carries the identifier %j unchanged', async (value) => {
    expect(await sentFor({ identifier: { name: 'EXTERNAL_ID', value } })).toMatchObject({
      identifierValue: value,
    });
  });

  it('carries any Unicode text unchanged', async () => {
    const texts = anyText({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== '');
    const wholeText = fc.record({ value: texts, accountId: texts, tillId: texts });
    await fc.assert(
      fc.asyncProperty(wholeText, async ({ value, accountId, tillId }) => {
        const sent = await sentFor({ identifier: { name: 'EXTERNAL_ID', value, accountId }, tillId });
        expect(sent).toMatchObject({ identifierValue: value, accountId, tillId });
      }),
      { numRuns: 100 },
    );
  });

  it('is the same for literals and for variables', async () => {
    const sent = await sentFor({ currencies: ['b', 'a'], tillId: '7', last: null, first: 10 });
    harness.sandbox.reset();
    await harness.ask(
      `{ customer(identifier: ${mobileLiteral(mobiles.twelve)}) {
        ledgerBalance(currencies: ["b", "a"], tillId: 7, last: null, first: 10) { totalCount }
      } }`,
    );
    expect(harness.sandbox.callCount()).toBe(1);
    expect(harness.sandbox.calls()[0]?.query).toEqual(sent);
  });

  it('carries every filter at once', async () => {
    const filters = {
      endDate: '2025-12-31T23:59:59',
      categoryType: 'REGULAR',
      ledgerEntryType: 'CREDIT',
      tillId: 'till.1',
      includeTillConceptEvents: true,
      includeAllCurrencies: true,
    } as const;
    const identifier = { ...byMobile(mobiles.twelve), source: 'ALL' } as const;
    expect(await sentFor({ ...filters, identifier })).toEqual({
      ...always,
      source: 'ALL',
      endDate: '2025-12-31T23:59:59',
      pointCategoryType: 'REGULAR',
      ledgerEntryType: 'CREDIT',
      tillId: 'till.1',
      includeTillConceptEvents: 'true',
      includeAlternateCurrencies: 'true',
    });
  });
});
