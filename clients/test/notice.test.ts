/** Notices for each kind of error and answer. */

import { describe, expect, it } from 'vitest';
import {
  type AnswerError,
  hasFailedCustomer,
  maySelfLoad,
  noticeOfAnswer,
  noticeOfErrors,
} from '../notice.ts';

const failed = (extensions: object, path?: AnswerError['path']): AnswerError => ({
  message: 'A message',
  path,
  extensions: { ...extensions },
});
const limited = failed({ code: 'RATE_LIMITED', retryable: true, retryAfter: 12 });
const wrong = failed({ code: 'BAD_USER_INPUT', retryable: false, argument: 'endDate' });
const giveUp = { show: 'give-up', message: 'A message' };

describe('noticeOfErrors', () => {
  it.each([
    ['a wait', [limited], { show: 'try-again', inSeconds: 12 }],
    ['a passing failure', [failed({ retryable: true })], { show: 'try-again', inSeconds: 0 }],
    ['no answer', [], { show: 'try-again', inSeconds: 0 }],
    ['a wrong argument', [wrong], { ...giveUp, code: 'BAD_USER_INPUT', argument: 'endDate' }],
    ['an error of another server', [{ message: 'A message' }], giveUp],
  ])('says what to show for %s', (_, errors, notice) => {
    expect(noticeOfErrors(errors)).toEqual(notice);
  });

  it.each([
    ['the request', undefined, true],
    ['the customer', ['customer'], true],
    ['the list', ['customer', 'ledgerBalance'], true],
    ['a part of the list', ['customer', 'ledgerBalance', 'edges', 0, 'node'], true],
    ['another list', ['customer', 'promised'], false],
    ['another customer', ['other'], false],
  ])('finds the errors of one list among those of %s', (_, path, isFound) => {
    const notice = noticeOfErrors([failed({ retryable: true }, path)], ['customer', 'ledgerBalance']);
    expect(notice !== undefined).toBe(isFound);
  });
});

const page = (warnings: readonly { code: string; retryAfter: number | null }[], hasNextPage = true) => ({
  pageInfo: { hasNextPage, endCursor: 'a cursor' },
  warnings,
});

describe('noticeOfAnswer', () => {
  it.each([
    ['a list', {}, page([]), undefined],
    ['a list with another warning', {}, page([{ code: 'LIST_CHANGED', retryAfter: null }]), undefined],
    [
      'a list that ended early',
      {},
      page([{ code: 'LIST_INCOMPLETE', retryAfter: 9 }]),
      { show: 'go-on', after: 'a cursor', inSeconds: 9 },
    ],
    ['nobody', null, undefined, { show: 'no-such-customer' }],
    ['nothing yet', undefined, undefined, undefined],
    ['a list that a cache keeps as failed', {}, null, { show: 'try-again', inSeconds: 0 }],
  ])('says what to show for %s', (_, customer, list, notice) => {
    expect(noticeOfAnswer(customer, list)).toEqual(notice);
  });
});

it('lets a list load itself only while there is more and nothing to say', () => {
  const tryAgain = { show: 'try-again', inSeconds: 0 } as const;
  expect([
    maySelfLoad(page([]), undefined),
    maySelfLoad(page([], false), undefined),
    maySelfLoad(page([]), tryAgain),
    maySelfLoad(undefined, undefined),
  ]).toEqual([true, false, false, false]);
});

it('finds the errors of customers and of the whole request', () => {
  const paths = [
    undefined,
    ['customer'],
    ['customers', 1],
    ['customer', 'lastName'],
    ['customers', 1, 'lastName'],
  ];
  expect(paths.map((path) => hasFailedCustomer([{ path }]))).toEqual([true, true, true, false, false]);
});
