/** The success body, read strictly where it matters and kindly where nobody documents it. */

import { describe, expect, it } from 'vitest';
import { decodePage as decodePageWith } from '../../../src/upstream/rest/page.ts';
import type { JsonObject } from '../../../src/upstream/rest/shape.ts';
import { entryBody, successBody } from '../bodies.ts';

const decodePage = (body: JsonObject) => decodePageWith(body, {});

const badResponse = (message: string | RegExp) =>
  expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE', message: expect.stringMatching(message) });

const entryOf = (members: Record<string, unknown>) =>
  decodePage(successBody({ ledgerClosingBalance: [entryBody(members)] })).entries[0];

describe('decodePage', () => {
  it('reads a whole page', () => {
    const gold = entryBody({
      pointsCategory: 'Gold_PointCategory',
      closingBalance: '150.000',
      alternateCurrency: 'Gold',
      alternateCurrencyCategory: 'REGULAR',
    });
    const ledger = { pageNumber: 1, totalEntries: 17, ledgerClosingBalance: [entryBody(), gold] };
    expect(decodePage(successBody(ledger))).toEqual({
      details: {
        userId: '502522264',
        externalId: 'ext-1',
        firstName: null,
        lastName: null,
        entityType: 'CUSTOMER',
      },
      pageNumber: 1,
      pageSize: 10,
      totalEntries: 17,
      entries: [
        {
          pointsCategory: 'Main',
          programId: '1568',
          programName: 'Default Program',
          closingBalance: '30000.000',
          alternateCurrency: null,
          alternateCurrencyCategory: null,
        },
        {
          pointsCategory: 'Gold_PointCategory',
          programId: '1568',
          programName: 'Default Program',
          closingBalance: '150.000',
          alternateCurrency: 'Gold',
          alternateCurrencyCategory: 'REGULAR',
        },
      ],
      warnings: [],
    });
  });

  it('takes counts and ids as strings too, ids of any size', () => {
    const ledger = { pageNumber: '0', pageSize: '10', totalEntries: '17', ledgerClosingBalance: [] };
    const page = decodePage(successBody(ledger, { userId: '123456789012345678901234567890' }));
    expect(page).toMatchObject({ pageNumber: 0, pageSize: 10, totalEntries: 17, entries: [] });
    expect(page.details.userId).toBe('123456789012345678901234567890');
    expect(entryOf({ programId: '-9007199254740993' })?.programId).toBe('-9007199254740993');
  });

  it('reads absent, null and empty names as null, and a number as its text', () => {
    const page = decodePage(
      successBody({}, { externalId: undefined, firstName: null, lastName: '', entityType: 5 }),
    );
    expect(page.details).toMatchObject({
      externalId: null,
      firstName: null,
      lastName: null,
      entityType: '5',
    });
    expect(entryOf({ programName: undefined })?.programName).toBeNull();
  });

  it('takes a balance as a number or a string, and expands exponents exactly', () => {
    expect(entryOf({ closingBalance: 12.5 })?.closingBalance).toBe('12.5');
    expect(entryOf({ closingBalance: '-0.000' })?.closingBalance).toBe('-0.000');
    expect(entryOf({ closingBalance: '3E+4' })?.closingBalance).toBe('30000');
  });

  it('accepts up to as many entries as positions, and ignores undocumented members', () => {
    const entries = Array.from({ length: 10 }, () => entryBody({ extra: {} }));
    expect(decodePage(successBody({ ledgerClosingBalance: entries })).entries).toHaveLength(10);
    expect(decodePage(successBody({ ledgerClosingBalance: [], totalEntries: 1e9 })).totalEntries).toBe(1e9);
  });

  it.each([
    ['customerDetails', successBody({}, {}, { customerDetails: undefined })],
    ['customerDetails', successBody({}, {}, { customerDetails: [] })],
    ['ledgerDetails', successBody({}, {}, { ledgerDetails: null })],
    ['userId', successBody({}, { userId: undefined })],
    ['userId', successBody({}, { userId: '12a' })],
    ['userId', successBody({}, { userId: 1.5 })],
    ['userId', successBody({}, { userId: true })],
    ['firstName', successBody({}, { firstName: {} })],
    ['externalId', successBody({}, { externalId: false })],
    ['pageNumber', successBody({ pageNumber: -1 })],
    ['pageNumber', successBody({ pageNumber: undefined })],
    ['pageSize', successBody({ pageSize: 0 })],
    ['pageSize', successBody({ pageSize: '1e1' })],
    ['at most 100', successBody({ pageSize: 101 })],
    ['positions up to 2147483647', successBody({ totalEntries: 2 ** 31 })],
    ['positions up to 2147483647', successBody({ pageNumber: 2 ** 40 })],
    ['totalEntries', successBody({ totalEntries: '9007199254740992' })],
    ['totalEntries', successBody({ totalEntries: 1.5 })],
    ['totalEntries', successBody({ totalEntries: null })],
    ['totalEntries', successBody({ totalEntries: '' })],
    ['ledgerClosingBalance', successBody({ ledgerClosingBalance: {} })],
    ['ledgerClosingBalance', successBody({ ledgerClosingBalance: null })],
    ['at most 1 entries', successBody({ pageSize: 1, ledgerClosingBalance: [entryBody(), entryBody()] })],
    ['entry 1', successBody({ ledgerClosingBalance: [entryBody(), null] })],
    ['entry 0', successBody({ ledgerClosingBalance: ['x'] })],
    ['pointsCategory', successBody({ ledgerClosingBalance: [entryBody({ pointsCategory: null })] })],
    ['pointsCategory', successBody({ ledgerClosingBalance: [entryBody({ pointsCategory: 5 })] })],
    ['programId', successBody({ ledgerClosingBalance: [entryBody({ programId: '' })] })],
    ['closingBalance', successBody({ ledgerClosingBalance: [entryBody({ closingBalance: 'NaN' })] })],
    ['closingBalance', successBody({ ledgerClosingBalance: [entryBody({ closingBalance: null })] })],
    ['closingBalance', successBody({ ledgerClosingBalance: [entryBody({ closingBalance: '1,000.00' })] })],
    ['closingBalance', successBody({ ledgerClosingBalance: [entryBody({ closingBalance: '1e999' })] })],
    ['warnings', successBody({}, {}, { warnings: 'x' })],
  ])('refuses a wrong %s and names it', (place, body) => {
    expect(() => decodePage(body)).toThrow(badResponse(place));
  });

  it('says what kind of value it got, never the value', () => {
    const secret = '0049 170 1234567';
    const kinds = [undefined, null, [secret], { secret }, secret, true].map((userId) => {
      try {
        return decodePage(successBody({}, { userId }));
      } catch (error) {
        return String(error);
      }
    });
    expect(kinds.map((text) => /got (.*)\.$/.exec(String(text))?.[1])).toEqual([
      'nothing',
      'null',
      'an array',
      'an object',
      'another string',
      'another boolean',
    ]);
    expect(kinds.join()).not.toContain(secret);
  });
});

describe('warnings', () => {
  const warningsOf = (warnings: unknown) => decodePage(successBody({}, {}, { warnings })).warnings;

  it('are none when absent, null or empty', () => {
    expect([undefined, null, []].map(warningsOf)).toEqual([[], [], []]);
  });

  it('come as objects with a code or without, and as plain strings', () => {
    expect(
      warningsOf([
        { status: false, code: 123, message: 'a' },
        { code: '77', message: 'b' },
        { message: 'c' },
        'd',
      ]),
    ).toEqual([
      { code: '123', message: 'a' },
      { code: '77', message: 'b' },
      { code: null, message: 'c' },
      { code: null, message: 'd' },
    ]);
  });

  it('keep a neutral text where there is none that can be shown', () => {
    const message = 'The upstream sent a warning whose text cannot be shown.';
    expect(warningsOf([{ code: 1 }, '<b>', { code: '', message: 'see http://x' }])).toEqual([
      { code: '1', message },
      { code: null, message },
      { code: null, message },
    ]);
  });

  it('are dropped if their form is unknown, and never cost the page', () => {
    expect(warningsOf([null, 5, [], {}, { text: 'x' }])).toEqual([]);
  });
});
