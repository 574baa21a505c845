/** What the token endpoint answers, and that nothing of it stands in an error. */

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { decodeToken } from '../../../src/upstream/credentials/token.ts';
import { CallFailure } from '../../../src/upstream/failure.ts';

const answer = (body: unknown, status = 200) => ({
  status,
  retryAfter: undefined,
  date: undefined,
  body: JSON.stringify(body),
});
const success = (data: unknown) => answer({ data, errors: null });

const errors = (code: unknown) => ({ data: null, errors: [{ status: false, code, message: 'NEVER' }] });
const token = { data: { accessToken: 'NEVER', ttlSeconds: 300 } };

const failureOf = (raw: Parameters<typeof decodeToken>[0]): GatewayError => {
  try {
    decodeToken(raw, 0);
  } catch (error) {
    if (error instanceof GatewayError) return error;
  }
  throw new Error('Expected a GatewayError');
};

describe('decodeToken', () => {
  it.each([300, '300', 0.5])('reads a token that lives for %j seconds', (ttlSeconds) => {
    expect(decodeToken(success({ accessToken: 'a.b.c', ttlSeconds }), 0)).toEqual({
      value: 'a.b.c',
      lifeMs: Number(ttlSeconds) * 1000,
    });
  });

  it.each([
    ['status 400 with the failure body', answer(errors(1234), 400)],
    ['status 401', answer('', 401)],
    ['status 403', answer('', 403)],
    ['status 401 with a failure of another kind', answer(errors(9003), 401)],
    ['a code of 401 with status 200', answer(errors(401))],
    ['a code of 403 in text with status 200', answer(errors('403'))],
  ])('takes %s for a refused key', (_, raw) => {
    expect(failureOf(raw).code).toBe('UPSTREAM_UNAUTHORIZED');
  });

  it.each([200, 400, 404, 500])('reads a passing failure as one with status %i', (status) => {
    expect(failureOf(answer(errors(9003), status)).code).toBe('UPSTREAM_UNAVAILABLE');
  });

  it('reads 429 with its wait', () => {
    expect(failureOf({ ...answer('', 429), retryAfter: '7' })).toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfter: 7 },
    });
  });

  it.each([500, 503, 599])('reads %i as a failure of the upstream', (status) => {
    expect(failureOf(answer({}, status)).code).toBe('UPSTREAM_UNAVAILABLE');
  });

  it.each([
    ['status 400 with HTML', { ...answer(''), status: 400, body: '<html>NEVER</html>' }],
    ['status 400 with JSON of another shape', answer({}, 400)],
    ['status 400 with errors in an unknown form', answer({ errors: [{ message: 'NEVER' }] }, 400)],
    ['status 404 with errors', answer(errors(404), 404)],
    ['errors that nobody knows', answer(errors(1234))],
    ['errors in an unknown form', answer({ ...token, errors: ['NEVER'] })],
    ['no JSON', { ...answer(''), body: '<html>' }],
    ['another status', answer({}, 302)],
    ['no data', success(null)],
    ['no token', success({ ttlSeconds: 1 })],
    ['an empty token', success({ accessToken: '', ttlSeconds: 1 })],
    ['a token that is no header value', success({ accessToken: 'NEVER\r\nSHOWN', ttlSeconds: 1 })],
    ['no life', success({ accessToken: 'NEVER-SHOWN' })],
    ['a life of nothing', success({ accessToken: 'NEVER-SHOWN', ttlSeconds: 0 })],
    ['a life that is no number', success({ accessToken: 'NEVER-SHOWN', ttlSeconds: 'NEVER' })],
    ['a body cut short', { ...answer(''), body: new CallFailure('UPSTREAM_BAD_RESPONSE', 'cut') }],
  ])('takes %s for a bad answer, and quotes none of it', (_, raw) => {
    const error = failureOf(raw);
    expect(error.code).toBe('UPSTREAM_BAD_RESPONSE');
    expect(`${error.stack}${JSON.stringify(error.cause)}`).not.toContain('NEVER');
  });
});
