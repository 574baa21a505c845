/** Status and body → outcome, in the order of judgement. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { CallFailure } from '../../../src/upstream/failure.ts';
import type { PageAnswer } from '../../../src/upstream/page-request.ts';
import { decodeAnswer } from '../../../src/upstream/rest/decode.ts';
import { failureBody, successBody } from '../bodies.ts';

type Body = string | object;

const decode = (
  status: number,
  body: Body,
  {
    owner = 'caller',
    retryAfter,
    date,
  }: { owner?: 'caller' | 'gateway'; retryAfter?: string; date?: string } = {},
): PageAnswer =>
  decodeAnswer(
    {
      status,
      retryAfter,
      date,
      body: typeof body === 'string' || body instanceof CallFailure ? body : JSON.stringify(body),
    },
    { credentialsOwner: owner, wallNow: Date.UTC(2026, 10, 22), sent: {} },
  );

/** The error that decoding ends with; fails the test when it ends well. */
const errorOf = (...call: Parameters<typeof decode>): GatewayError => {
  try {
    decode(...call);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('Expected an error, got an answer.');
};

const html = '<html><body><h1>502 Bad Gateway</h1></body></html>';
const unreadable = new CallFailure('UPSTREAM_BAD_RESPONSE', 'cut');
const bodies: Body[] = ['', html, '{"customer', 'null', '[]', failureBody(8015), successBody(), unreadable];

describe('decodeAnswer', () => {
  it('gives the page of a success body', () => {
    expect(decode(200, successBody())?.details.userId).toBe('502522264');
  });

  it('keeps every digit of ids and of balances sent as numbers', () => {
    const text = JSON.stringify(successBody())
      .replace('502522264', '12345678901234567890')
      .replace('"30000.000"', '30000.000');
    const page = decode(200, text);
    expect(page?.details.userId).toBe('12345678901234567890');
    expect(page?.entries[0]?.closingBalance).toBe('30000.000');
    expect(page?.entries[0]?.programId).toBe('1568');
  });

  it('is null for an unknown customer, in either failure style', () => {
    expect(decode(400, failureBody(8015))).toBeNull();
    expect(decode(200, failureBody(8015))).toBeNull();
  });

  it.each(bodies)('judges 401, 403 and 429 by their status alone (%#)', (body) => {
    expect(errorOf(401, body).code).toBe('UNAUTHENTICATED');
    expect(errorOf(403, body).code).toBe('FORBIDDEN');
    expect(errorOf(429, body).code).toBe('RATE_LIMITED');
  });

  it("makes refused service credentials the operator's matter", () => {
    expect(errorOf(401, '', { owner: 'gateway' }).code).toBe('UPSTREAM_UNAUTHORIZED');
    expect(errorOf(403, '', { owner: 'gateway' }).code).toBe('UPSTREAM_UNAUTHORIZED');
  });

  it('always says after how many seconds to try again', () => {
    expect(errorOf(429, '', { retryAfter: '7' }).details).toEqual({ retryAfter: 7 });
    expect(errorOf(429, '', { retryAfter: 'Sun, 22 Nov 2026 00:00:09 GMT' }).details).toEqual({
      retryAfter: 9,
    });
    const ahead = { retryAfter: 'Sun, 22 Nov 2026 00:05:09 GMT', date: 'Sun, 22 Nov 2026 00:05:00 GMT' };
    expect(errorOf(429, '', ahead).details).toEqual({ retryAfter: 9 });
    expect(errorOf(429, '').details).toEqual({ retryAfter: 60 });
  });

  it('lets a refusal in the body decide at any other status', () => {
    for (const status of [200, 302, 400, 404, 500]) {
      expect(errorOf(status, failureBody(8069))).toMatchObject({
        code: 'CUSTOMER_MERGED',
        details: { upstreamCode: 8069 },
      });
    }
  });

  it('lets a refusal win against a success shape around it', () => {
    expect(decode(200, { ...successBody(), ...failureBody(8015) })).toBeNull();
    expect(errorOf(200, { ...successBody(), ...failureBody(9003) }).code).toBe('UPSTREAM_UNAVAILABLE');
  });

  it('reads 5xx without a code as a passing failure, whatever the body', () => {
    const withoutCode = ['', html, '{"customer', successBody(), unreadable, { errors: [{ message: 'x' }] }];
    for (const body of withoutCode) expect(errorOf(503, body).code).toBe('UPSTREAM_UNAVAILABLE');
    expect(errorOf(500, failureBody(4711)).code).toBe('UPSTREAM_UNAVAILABLE');
  });

  it.each([201, 204, 205, 206, 300, 302, 303, 304, 307])(
    'does not take a success shape with status %i for a success',
    (status) => {
      expect(errorOf(status, successBody()).code).toBe('UPSTREAM_BAD_RESPONSE');
    },
  );

  it.each([301, 308, 400, 404, 410, 418])('reads status %i without a code as a refusal', (status) => {
    for (const body of ['', html, successBody()]) {
      expect(errorOf(status, body)).toMatchObject({ code: 'UPSTREAM_REJECTED', details: {} });
    }
  });

  it.each(['', html, '{"customer', 'null', '[]', '5', '"x"', '{}', '{"errors":[]}', unreadable])(
    'refuses %j with status 200',
    (body) => {
      expect(errorOf(200, body).code).toBe('UPSTREAM_BAD_RESPONSE');
    },
  );

  it('finds no failure in an empty or null list of errors, or in successes', () => {
    for (const errors of [[], null, [{ status: true, code: 200, message: 'ok' }]]) {
      expect(decode(200, { ...successBody(), errors })).not.toBeNull();
    }
  });

  it('refuses errors in an unknown form even beside a success shape', () => {
    for (const errors of ['x', {}, [{ message: 'x' }], ['x']]) {
      expect(errorOf(200, { ...successBody(), errors }).code).toBe('UPSTREAM_BAD_RESPONSE');
    }
  });

  it('says that a member stands twice, which no body may have', () => {
    const twice = JSON.stringify(successBody()).replace('"userId"', '"userId":1,"userId"');
    expect(errorOf(200, twice).message).toContain('names a member twice');
  });

  it('quotes nothing of a body that is not JSON, in the message or below it', () => {
    const error = errorOf(200, 'secret-of-somebody');
    expect(error.message).not.toContain('secret');
    expect(error.cause).toBeUndefined();
  });

  it('ends every status and body in a page, null or a GatewayError', () => {
    const status = fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constant(200));
    const member = fc.constantFrom('customerDetails', 'ledgerDetails', 'warnings', 'errors');
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .tuple(member, fc.jsonValue())
        .map(([name, value]) => JSON.stringify({ ...successBody(), [name]: value })),
    );
    fc.assert(
      fc.property(status, body, (code, text) => {
        try {
          expect(decode(code, text)).toSatisfy((answer) => answer === null || typeof answer === 'object');
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
