/** What another release has left in Redis: it is a miss, whatever its shape. */
import { expect, it } from 'vitest';
import { deriveRedisKeys } from '../../src/store/redis-keys.ts';
import { openAnswer, sealAnswer } from '../../src/store/sealed-answer.ts';
import { fullList, modelPage } from '../ledger/model.ts';

const keys = deriveRedisKeys('a secret for tests that is long enough');
const identifier = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;
const page = modelPage(fullList(3), { identifier, filter: {}, limit: 10, pageNumber: 0 });
const [entry] = page.entries;

const reopened = (kept: unknown) => openAnswer(keys, 'list', sealAnswer(keys, 'list', kept as never));

it.each([null, page])('an answer of this release opens as it was sealed', (answer) => {
  expect(reopened({ answer, until: 9 })).toEqual({ answer, until: 9 });
});

it.each<[string, unknown]>([
  ['no object', 'text'],
  ['null', null],
  ['no moment', { answer: page }],
  ['a member more', { answer: page, until: 9, since: 1 }],
  ['a page with a member more', { answer: { ...page, total: 3 }, until: 9 }],
  ['a page without its size', { answer: { ...page, pageSize: undefined }, until: 9 }],
  ['details of another shape', { answer: { ...page, details: { userId: '1' } }, until: 9 }],
  ['entries that are no list', { answer: { ...page, entries: {} }, until: 9 }],
  [
    'a balance that is a number',
    { answer: { ...page, entries: [{ ...entry, closingBalance: 1 }] }, until: 9 },
  ],
  ['a warning without its text', { answer: { ...page, warnings: [{ code: null }] }, until: 9 }],
])('an answer of another shape is none: %s', (_, kept) => {
  expect(reopened(kept)).toBeUndefined();
});
