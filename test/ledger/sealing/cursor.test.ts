/** Cursors open for their own list, and for nothing else. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createListRecords } from '../../../src/ledger/arguments/ledger-list.ts';
import type { CursorMark } from '../../../src/ledger/list/window.ts';
import type { CursorCodec } from '../../../src/ledger/sealing/cursor.ts';
import { deriveKeys } from '../../../src/ledger/sealing/secret-keys.ts';
import type { CustomerIdentifier, LedgerFilter } from '../../../src/upstream/page-request.ts';

const secret = 'a secret for tests that is long enough';
const keys = deriveKeys(secret).cursors;
const listOf = createListRecords(keys);
const customer: CustomerIdentifier = { name: 'EMAIL', value: 'amara@example.test', source: 'INSTORE' };
const { cursors: codec } = listOf(customer, {});
const seal: CursorCodec['seal'] = (marks) => codec.seal(marks);
const open: CursorCodec['open'] = (...given) => codec.open(...given);

const mark: CursorMark = { kind: 'entry', start: 10, length: 10, shown: 6, index: 5, total: 57 };
const gap: CursorMark = { kind: 'gap', position: 20, skip: 3, total: 57 };
const most = Number.MAX_SAFE_INTEGER;
const vastMark: CursorMark = {
  kind: 'entry',
  start: most,
  length: 10,
  shown: 10,
  index: 5,
  total: most,
};

/** Cursors that clients have stored, of the forms of every release. */
const stored: readonly (readonly [string, CursorMark, string])[] = [
  ['an entry', mark, 'AwoKBgU5Rmxeo5UfIBmPyjKO'],
  ['a gap', gap, 'BBQDOXB9-yjXsFR4OOniuQ'],
  ['an entry of a vast list', vastMark, 'Af________8PCgoF_________w8snXY2oK-eKngfLsA'],
  ['an entry, in the first form', mark, 'AQoKBgU5JGoG57wiRz_xwVuR'],
  ['a gap, in the first form', gap, 'AhQDOZdcfzSKcVJVqsGXdw'],
];
const newest = stored.slice(0, 3);
/** The same marks sealed now: a form that is not bound to its list would show itself here. */
const fresh = seal([mark, gap, vastMark]);

const anyNumber = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
const anyMark: fc.Arbitrary<CursorMark> = fc.oneof(
  fc.record({
    kind: fc.constant('entry' as const),
    start: anyNumber,
    length: anyNumber,
    shown: anyNumber,
    index: anyNumber,
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

const wrongCursor = expect.objectContaining({ code: 'BAD_USER_INPUT', details: { argument: 'after' } });

describe('a cursor', () => {
  it('opens to the mark that it was made from, however many are sealed together', () => {
    fc.assert(
      fc.property(fc.array(anyMark, { maxLength: 12 }), (marks) => {
        const cursors = seal(marks);
        expect(cursors.map((cursor) => open('after', cursor))).toEqual(marks);
        expect(cursors).toEqual(marks.flatMap((each) => seal([each])));
      }),
    );
  });

  it.each(newest)('keeps the form that clients have stored: %s', (_, any, cursor) => {
    expect(seal([any])).toEqual([cursor]);
  });

  it.each(stored)('opens in every form that clients have stored: %s', (_, any, cursor) => {
    expect(open('after', cursor)).toEqual(any);
  });

  it.each(otherLists)('does not open for %s', (_, otherCustomer, filter) => {
    const other = listOf({ ...customer, ...otherCustomer }, filter).cursors;
    for (const cursor of fresh) expect(() => other.open('after', cursor)).toThrow(wrongCursor);
    for (const [, , cursor] of stored) expect(() => other.open('after', cursor)).toThrow(wrongCursor);
  });

  it.each(stored)('does not open with a character changed, left out or added: %s', (_, __, cursor) => {
    const damaged = [...cursor].flatMap((character, index) => [
      `${cursor.slice(0, index)}${character === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`,
      cursor.slice(0, index) + cursor.slice(index + 1),
      `${cursor.slice(0, index)}A${cursor.slice(index)}`,
      `${cursor.slice(0, index)}=${cursor.slice(index)}`,
    ]);
    for (const text of damaged.filter((each) => each !== cursor)) {
      expect(() => open('after', text), text).toThrow(wrongCursor);
    }
  });

  it('does not open with a zero byte more or less in front of its tag, which such bytes do not change', () => {
    const withZeros = (cursor: string, zeros: number) => {
      const bytes = Buffer.from(cursor, 'base64url');
      const body = bytes.subarray(0, Math.min(-12, -12 + zeros));
      const added = Buffer.alloc(Math.max(0, zeros));
      return Buffer.concat([body, added, bytes.subarray(-12)]).toString('base64url');
    };
    for (const any of [mark, gap, { ...mark, total: 0 }, { ...gap, total: 0 }]) {
      const [cursor = ''] = seal([any]);
      expect(open('after', withZeros(cursor, 0))).toEqual(any);
      for (const zeros of [-1, 1, 2]) {
        expect(() => open('after', withZeros(cursor, zeros)), `${zeros}`).toThrow(wrongCursor);
      }
    }
  });

  it('does not open in one form with the tag of the other', () => {
    for (const [, , cursor] of stored) {
      const bytes = Buffer.from(cursor, 'base64url');
      bytes[0] = (((bytes[0] ?? 0) + 1) % 4) + 1;
      expect(() => open('after', bytes.toString('base64url'))).toThrow(wrongCursor);
    }
  });

  it.each(['', ' ', 'AQoKBgU5'.repeat(40), 'YXJyYXljb25uZWN0aW9uOjA=', '\u0000'])(
    'does not open when it is something else: %j',
    (text) => {
      expect(() => open('after', text)).toThrow(wrongCursor);
    },
  );

  it('does not open under another secret', () => {
    const other = createListRecords(deriveKeys('another secret that is long enough').cursors)(customer, {});
    for (const cursor of fresh) expect(() => other.cursors.open('after', cursor)).toThrow(wrongCursor);
    for (const [, , cursor] of stored) expect(() => other.cursors.open('after', cursor)).toThrow(wrongCursor);
  });

  it('is the same whatever the order in which a filter was written', () => {
    const one = listOf(customer, { tillId: '7', endDate: '2026-01-01T00:00:00' }).cursors;
    const two = listOf(customer, { endDate: '2026-01-01T00:00:00', tillId: '7' }).cursors;
    expect(one.seal([mark])).toEqual(two.seal([mark]));
  });

  it('opens after its secret has become the previous one; new cursors are sealed with the new secret', () => {
    const keys = deriveKeys('another secret that is long enough', secret).cursors;
    const renewed = createListRecords(keys)(customer, {}).cursors;
    for (const [, any, cursor] of stored) expect(renewed.open('after', cursor)).toEqual(any);
    expect(renewed.seal([mark])).not.toEqual(seal([mark]));
  });
});
