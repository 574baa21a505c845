/** When a failed call is tried again, on a fake clock. */

import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ErrorCode, ErrorDetails } from '../../src/errors.ts';
import { CallFailure, ownRefusal } from '../../src/upstream/failure.ts';
import { type Retried, type RetryOptions, untilNextTry } from '../../src/upstream/retry.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const failing = (code: ErrorCode, details: ErrorDetails = {}) => new CallFailure(code, code, details);

const renewToken = () => false;

/** Makes tries until one succeeds or none is left. */
const withRetries = async <Answer>(
  options: RetryOptions<Retried>,
  scope: Pick<Retried, 'signal' | 'deadlineAt'>,
  attempt: (pauseMs: number) => Promise<Answer>,
): Promise<Answer> => {
  const call = { ...scope, failures: 0, isReplayed: false, permitPauseMs: 0 };
  for (;;) {
    try {
      return await attempt(call.permitPauseMs);
    } catch (error) {
      await untilNextTry(options, call, error);
    }
  }
};

/** Runs an attempt that always fails with `error`; gives the moments of all tries, and how it ended. */
const run = async (
  error: Error,
  {
    retries = 2,
    drawn = 1,
    deadlineAt = 1_000_000,
    signal = new AbortController().signal,
    renewToken = (): boolean => false,
  } = {},
) => {
  const tries: number[] = [];
  const permitPauses: number[] = [];
  const options = { retries, random: () => drawn, now: () => Date.now(), renewToken };
  const ended = withRetries(options, { signal, deadlineAt }, async (pauseMs) => {
    tries.push(Date.now());
    permitPauses.push(pauseMs);
    throw error;
  }).catch((reason: unknown) => ({ reason, at: Date.now() }));
  await vi.runAllTimersAsync();
  return { tries, permitPauses, ended: await ended };
};

describe('a call that fails for a passing reason', () => {
  it('is tried again as often as allowed, after pauses whose bound doubles up to two seconds', async () => {
    const error = failing('UPSTREAM_UNAVAILABLE');
    const { tries, ended } = await run(error, { retries: 7 });
    expect(tries).toEqual([0, 100, 300, 700, 1500, 3100, 5100, 7100]);
    expect(ended).toEqual({ reason: error, at: 7100 });
    expect((await run(error, { retries: 0 })).tries).toHaveLength(1);
  });

  it('pauses for a random part of that, perhaps 0', async () => {
    const { tries } = await run(failing('UPSTREAM_UNAVAILABLE'), { drawn: 0 });
    expect(tries).toEqual([0, 0, 0]);
  });

  it('waits in the queue of its budget after a 429, and is given the pause with its permit', async () => {
    const limited = failing('RATE_LIMITED', { retryAfter: 3 });
    const { tries, permitPauses } = await run(limited, { drawn: 0.5 });
    expect(permitPauses).toEqual([0, 50, 100]);
    expect(tries.at(-1)).toBeLessThanOrEqual(2); // A timer of no length takes a millisecond.
  });

  it('is not tried again before the time that the upstream names, and a little later than that', async () => {
    const resting = failing('UPSTREAM_UNAVAILABLE', { retryAfter: 3 });
    const { tries, permitPauses } = await run(resting, { drawn: 0.5 });
    expect(tries).toEqual([0, 3050, 6150]);
    expect(permitPauses).toEqual([0, 0, 0]);
    vi.setSystemTime(0);
    const outlasting = await run(resting, { drawn: 0, deadlineAt: 3000 });
    expect(outlasting).toMatchObject({ tries: [0], ended: { reason: resting, at: 0 } });
  });

  it('fails at once when the pause would reach the deadline', async () => {
    const error = failing('UPSTREAM_UNAVAILABLE');
    expect(await run(error, { deadlineAt: 100 })).toEqual({
      tries: [0],
      permitPauses: [0],
      ended: { reason: error, at: 0 },
    });
    vi.setSystemTime(0);
    expect((await run(error, { deadlineAt: 101 })).tries).toEqual([0, 100]);
    vi.setSystemTime(0);
    expect((await run(failing('RATE_LIMITED'), { deadlineAt: 0 })).tries).toEqual([0]);
  });

  it('returns the answer of the first try that succeeds', async () => {
    let left = 1;
    const scope = { signal: new AbortController().signal, deadlineAt: 1000 };
    const options = { retries: 2, random: () => 0, now: () => Date.now(), renewToken };
    const answer = withRetries(options, scope, async () => {
      left -= 1;
      if (left >= 0) throw failing('UPSTREAM_UNAVAILABLE');
      return 'page';
    });
    await vi.runAllTimersAsync();
    expect(await answer).toBe('page');
  });

  it('is not tried again for a caller who has left, and the pause ends at once with the reason', async () => {
    const leaving = new AbortController();
    const options = { retries: 2, random: () => 1, now: () => Date.now(), renewToken };
    const attempt = vi.fn(() => Promise.reject(failing('UPSTREAM_UNAVAILABLE')));
    const scope = { signal: leaving.signal, deadlineAt: 1000 };
    const ended = expect(withRetries(options, scope, attempt)).rejects.toBe('left');
    await vi.advanceTimersByTimeAsync(1);
    leaving.abort('left');
    await ended;
    expect(attempt).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
  });
});

describe('a call that was answered 401', () => {
  const refused = new CallFailure('UPSTREAM_UNAUTHORIZED', 'no', { again: 'with-new-token' });

  it('is sent once more at once, with a new token if there is one, and uses up no retry', async () => {
    expect((await run(refused, { retries: 0, renewToken: () => true })).tries).toEqual([0, 0]);
    expect((await run(refused, { retries: 5, renewToken: () => false })).tries).toEqual([0]);
  });
});

describe('a call that a 429 stops before it goes out', () => {
  it('goes back to the queue, and uses up no retry', async () => {
    let unsent = 3;
    const scope = { signal: new AbortController().signal, deadlineAt: 1000 };
    const attempt = async () => {
      unsent -= 1;
      if (unsent >= 0) throw new CallFailure('RATE_LIMITED', 'wait', { sent: false });
      return 'page';
    };
    expect(await withRetries({ retries: 0, random: () => 1, now: () => 0, renewToken }, scope, attempt)).toBe(
      'page',
    );
  });
});

describe('a call that fails for a lasting reason', () => {
  it.each<ErrorCode>([
    'UPSTREAM_TIMEOUT',
    'UPSTREAM_BAD_RESPONSE',
    'UPSTREAM_REJECTED',
    'CUSTOMER_MERGED',
    'UPSTREAM_UNAUTHORIZED',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'BAD_USER_INPUT',
  ])('is not tried again: %s', async (code) => {
    expect((await run(failing(code))).tries).toHaveLength(1);
  });

  it('is not tried again when it is no failure of a call, or a refusal of the gateway’s own', async () => {
    expect((await run(new Error('bug'))).tries).toHaveLength(1);
    expect((await run(ownRefusal('UPSTREAM_UNAVAILABLE', 'no'))).tries).toHaveLength(1);
  });
});
