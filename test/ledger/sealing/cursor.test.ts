/** Cursors open for their own list, and for nothing else. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createListRecords } from '../../../src/ledger/arguments/ledger-list.ts';
import type { CursorMark } from '../../../src/ledger/list/window.ts';
import { deriveKeys } from '../../../src/ledger/sealing/secret-keys.ts';
import type { CustomerIdentifier, LedgerFilter } from '../../../src/upstream/page-request.ts';

const secret = 'a secret for tests that is long enough';
const keys = deriveKeys(secret).cursors;
const listOf = createListRecords(keys);
const customer: CustomerIdentifier = { name: 'EMAIL', value: 'amara@example.test', source: 'INSTORE' };
const mark: CursorMark = { kind: 'entry', place: { start: 10, length: 10, shown: 6, index: 5 }, total: 57 };

const anyNumber = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const anyMark: fc.Arbitrary<CursorMark> = fc.oneof(
  fc.record({
    kind: fc.constant('entry' as const),
    place: fc.record({ start: anyNumber, length: anyNumber, shown: anyNumber, index: anyNumber }),
    total: anyNumber,
  }),
  fc.record({ kind: fc.constant('gap' as const), position: anyNumber, skip: anyNumber, total: anyNumber }),
);

const otherLists: readonly (readonly [string, Partial<CustomerIdentifier>, LedgerFilter])[] = [
  ['another value', { value: 'kofi@example.test' }, {}],
  ['another kind of identifier', { name: 'EXTERNAL_ID' }, {}],
  ['another source', { source: 'ALL' }, {}],
  ['an account', { accountId: '7' }, {}],
  ['an end date', {}, { endDate: '2026-01-01T00:00:00' }],
  ['a category', {}, { categoryType: 'REGULAR' }],
  ['an entry type', {}, { ledgerEntryType: 'DEBIT' }],
  ['currencies', {}, { currencies: ['Gold'] }],
  ['all currencies', {}, { includeAllCurrencies: true }],
  ['a till', {}, { tillId: '7' }],
  ['concept events', {}, { includeTillConceptEvents: true }],
];

describe('a cursor', () => {
  it('opens to the mark that it was made from', () => {
    const codec = listOf(customer, {}).cursors;
    fc.assert(
      fc.property(anyMark, (any) => {
        expect(codec.open('after', codec.seal(any))).toEqual(any);
      }),
    );
  });

  it('keeps the form that clients have stored', () => {
    expect(listOf(customer, {}).cursors.seal(mark)).toBe('AQoKBgU5JGoG57wiRz_xwVuR');
  });

  it.each(otherLists)('does not open for %s', (_, otherCustomer, filter) => {
    const cursor = listOf(customer, {}).cursors.seal(mark);
    const other = listOf({ ...customer, ...otherCustomer }, filter).cursors;
    expect(() => other.open('after', cursor)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: { argument: 'after' } }),
    );
  });

  it('does not open with a character changed, left out or added, or when it is something else', () => {
    const codec = listOf(customer, {}).cursors;
    const cursor = codec.seal(mark);
    const damaged = [...cursor].flatMap((character, index) => [
      `${cursor.slice(0, index)}${character === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`,
      cursor.slice(0, index) + cursor.slice(index + 1),
      `${cursor.slice(0, index)}=${cursor.slice(index)}`,
    ]);
    for (const text of [...damaged, '', ' ', cursor.repeat(40), 'YXJyYXljb25uZWN0aW9uOjA=', '\u0000']) {
      expect(() => codec.open('after', text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    }
  });

  it('is the same whatever the order in which a filter was written', () => {
    const one = listOf(customer, { tillId: '7', endDate: '2026-01-01T00:00:00' }).cursors;
    const two = listOf(customer, { endDate: '2026-01-01T00:00:00', tillId: '7' }).cursors;
    expect(one.seal(mark)).toBe(two.seal(mark));
  });

  it('opens after its secret has become the previous one; new cursors are sealed with the new secret', () => {
    const cursor = listOf(customer, {}).cursors.seal(mark);
    const renewed = createListRecords(deriveKeys('another secret that is long enough', secret).cursors)(
      customer,
      {},
    ).cursors;
    expect(renewed.open('after', cursor)).toEqual(mark);
    expect(renewed.seal(mark)).not.toBe(cursor);
  });
});
