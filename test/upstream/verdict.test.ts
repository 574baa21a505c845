/** Which failures are held against the upstream. */

import { describe, expect, it } from 'vitest';
import { type ErrorCode, GatewayError } from '../../src/errors.ts';
import type { Verdict } from '../../src/upstream/breaker.ts';
import { verdictOf } from '../../src/upstream/verdict.ts';

const { signal } = new AbortController();

describe('verdictOf', () => {
  it.each<[ErrorCode, Verdict]>([
    ['UPSTREAM_UNAVAILABLE', 'failing'],
    ['UPSTREAM_TIMEOUT', 'failing'],
    ['UPSTREAM_BAD_RESPONSE', 'failing'],
    ['UPSTREAM_REJECTED', 'well'],
    ['CUSTOMER_MERGED', 'well'],
    ['UPSTREAM_UNAUTHORIZED', 'there'],
    ['UNAUTHENTICATED', 'there'],
    ['FORBIDDEN', 'there'],
    ['RATE_LIMITED', 'there'],
    ['BAD_USER_INPUT', 'unknown'],
  ])('takes %s for %s', (code, verdict) => {
    expect(verdictOf(new GatewayError(code, 'm'), signal)).toBe(verdict);
  });

  it('takes nothing from a caller who has left, nor from a bug', () => {
    const error = new GatewayError('UPSTREAM_UNAVAILABLE', 'm');
    expect(verdictOf(error, AbortSignal.abort())).toBe('unknown');
    expect(verdictOf(new Error('bug'), signal)).toBe('unknown');
  });
});
