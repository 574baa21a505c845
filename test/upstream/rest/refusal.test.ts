/** The upstream's codes and statuses: what each becomes, and what it concerns. */

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import {
  failureScope,
  findRefusal,
  judgeRefusal,
  knownRefusals,
  meaningOfStatus,
  reportsFailure,
  type StatusMeaning,
} from '../../../src/upstream/rest/refusal.ts';
import { failureBody } from '../bodies.ts';

describe('findRefusal', () => {
  it('reads code and message, the code as a number or as a string', () => {
    const refusal = { code: 8015, message: 'Because.' };
    expect(findRefusal(failureBody(8015))).toEqual(refusal);
    expect(findRefusal(failureBody('8015'))).toEqual(refusal);
  });

  it('prefers the first known code to unknown ones before it', () => {
    const errors = ['text', null, { code: 1 }, { code: 9018, message: 'b' }, { code: 8015 }];
    expect(findRefusal({ errors })).toEqual({ code: 9018, message: 'b' });
  });

  it('takes the first code when none is known', () => {
    expect(findRefusal({ errors: [{ message: 'x' }, { code: -1 }, { code: 2 }] })).toEqual({
      code: -1,
      message: '',
    });
  });

  it('ignores members that report a success', () => {
    expect(findRefusal({ errors: [{ status: true, code: 8015 }] })).toBeUndefined();
    expect(
      findRefusal({
        errors: [
          { status: true, code: 8015 },
          { status: false, code: 9005 },
        ],
      })?.code,
    ).toBe(9005);
  });

  it.each([
    undefined,
    null,
    'errors',
    [],
    {},
    { errors: null },
    { errors: [] },
    { errors: 'x' },
    { errors: { code: 8015 } },
    { errors: [{ message: 'x' }] },
    { errors: [{ code: 'ABC' }] },
    { errors: [{ code: 1.5 }] },
    { errors: [{ code: '12345678901234567890' }] },
    { errors: [[{ code: 8015 }]] },
  ])('finds none in %j', (body) => {
    expect(findRefusal(body)).toBeUndefined();
  });
});

describe('reportsFailure', () => {
  it.each([{}, { errors: null }, { errors: [] }, { errors: [{ status: true, code: 200 }] }])(
    'sees none in %j',
    (body) => {
      expect(reportsFailure(body)).toBe(false);
    },
  );

  it.each([
    { errors: 'x' },
    { errors: {} },
    { errors: false },
    { errors: ['x'] },
    { errors: [null] },
    { errors: [{}] },
  ])('sees one in %j', (body) => {
    expect(reportsFailure(body)).toBe(true);
  });
});

describe('judgeRefusal', () => {
  const judge = (code: number, status = 400, message = 'Because.') =>
    judgeRefusal({ code, message }, { status, retryAfter: undefined }, {});

  it('reads 8015 as "no such customer", whatever the status', () => {
    expect([200, 400, 404, 500].map((status) => judge(8015, status))).toEqual([null, null, null, null]);
  });

  it.each([
    [8069, 'CUSTOMER_MERGED'],
    [8003, 'UPSTREAM_REJECTED'],
    [8013, 'UPSTREAM_REJECTED'],
    [11013, 'UPSTREAM_REJECTED'],
    [1632, 'UPSTREAM_REJECTED'],
    [9005, 'UPSTREAM_REJECTED'],
    [9018, 'UPSTREAM_REJECTED'],
    [4711, 'UPSTREAM_REJECTED'],
  ])("turns %i into %s with its code and the upstream's own message", (code, becomes) => {
    expect(judge(code)).toMatchObject({
      code: becomes,
      message: 'Because.',
      details: { upstreamCode: code },
    });
  });

  it('lets a known code decide even with a status of 500', () => {
    expect(judge(9005, 500)).toMatchObject({ code: 'UPSTREAM_REJECTED', details: { upstreamCode: 9005 } });
  });

  it('reads 9003, and unknown codes with a status of 500 or more, as a passing failure', () => {
    for (const error of [judge(9003, 200), judge(9003, 400), judge(4711, 500), judge(4711, 503)]) {
      expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: {} });
    }
  });

  it('says when to try again after a failure, if the upstream does', () => {
    const error = judgeRefusal({ code: 9003, message: '' }, { status: 200, retryAfter: 3 }, {});
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: { retryAfter: 3 } });
  });

  it('replaces a message that no client may see by the meaning of the code', () => {
    expect(judge(9005, 400, '<html>')?.message).toBe(knownRefusals[9005]?.meaning);
    expect(judge(4711, 400, 'at http://10.0.0.1/x')?.message).toBe(
      'The upstream refused the call and gave no reason that can be shown.',
    );
  });
});

describe('failureScope', () => {
  const rejected = (upstreamCode: number) => new GatewayError('UPSTREAM_REJECTED', 'x', { upstreamCode });

  it('maps source, identifier, merge and group codes to the customer', () => {
    expect([8003, 8013, 8069, 11013, 1632].map((code) => failureScope(rejected(code)))).toEqual(
      Array(5).fill('customer'),
    );
  });

  it('maps currency codes to the filter', () => {
    expect([9005, 9018].map((code) => failureScope(rejected(code)))).toEqual(['filter', 'filter']);
  });

  it('maps all other codes to the call', () => {
    expect(failureScope(rejected(4711))).toBe('call');
    expect(failureScope(new GatewayError('UPSTREAM_TIMEOUT', 'x'))).toBe('call');
  });
});

const meanings: readonly (readonly [StatusMeaning, readonly number[]])[] = [
  ['page', [200]],
  ['odd', [201, 202, 203, 204, 205, 206, 226, 300, 302, 303, 304, 305, 307]],
  ['refused', [301, 308, 400, 402, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418]],
  ['refused', [421, 422, 423, 424, 426, 428, 431, 451, 499]],
  ['failing', [408, 425, 500, 502, 503, 504, 507, 509, 520, 530, 599, 600, 999]],
  ['failing-for-good', [501, 505, 506, 508, 510, 511]],
];

describe('a status', () => {
  it.each(meanings)('means %s: %j', (meaning, statuses) => {
    expect(statuses.map(meaningOfStatus)).toEqual(statuses.map(() => meaning));
  });
});
