/** Which failures are held against the upstream. */

import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import type { Verdict } from '../../src/upstream/breaker.ts';
import { CallFailure } from '../../src/upstream/failure.ts';
import { type Patience, verdictOf } from '../../src/upstream/verdict.ts';

const { signal: callerSignal } = new AbortController();
const timeoutMs = 1000;
const judge = (error: Error, patience: Partial<Patience> = {}) =>
  verdictOf(error, { callerSignal, waitedMs: 1, timeoutMs, isOthersWell: false, ...patience });

describe('verdictOf', () => {
  it.each<[ErrorCode, Verdict]>([
    ['UPSTREAM_UNAVAILABLE', 'failing'],
    ['UPSTREAM_TIMEOUT', 'failing'],
    ['UPSTREAM_REJECTED', 'well'],
    ['CUSTOMER_MERGED', 'well'],
    ['UPSTREAM_UNAUTHORIZED', 'there'],
    ['UNAUTHENTICATED', 'there'],
    ['FORBIDDEN', 'there'],
    ['RATE_LIMITED', 'there'],
    ['UPSTREAM_BAD_RESPONSE', 'there'],
    ['BAD_USER_INPUT', 'unknown'],
  ])('takes %s for %s', (code, verdict) => {
    expect(judge(new CallFailure(code, 'm', { upstreamCode: 1 }))).toBe(verdict);
  });

  it('takes a refusal without a code for an answer that a proxy may have given', () => {
    expect(judge(new CallFailure('UPSTREAM_REJECTED', 'm', { blames: 'door' }))).toBe('there');
  });

  it('takes nothing from a caller who has left soon, nor from a bug', () => {
    const error = new CallFailure('UPSTREAM_UNAVAILABLE', 'm');
    expect(judge(error, { callerSignal: AbortSignal.abort(), waitedMs: 500 })).toBe('unknown');
    expect(judge(new Error('bug'), { waitedMs: 900 })).toBe('unknown');
  });

  it('takes a call that was left after more than half of its time for one without an answer', () => {
    const left = { callerSignal: AbortSignal.abort(), waitedMs: 501 };
    expect(judge(new Error('left'), left)).toBe('failing');
    expect(judge(new Error('left'), { ...left, isOthersWell: true })).toBe('unknown');
  });
});
