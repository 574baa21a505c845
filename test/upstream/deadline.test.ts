/** The time limit and the caller's signal, on a fake clock. */

import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Work, withDeadline } from '../../src/upstream/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => {});
const startAndHang: Work<never> = (_, startClock) => {
  startClock();
  return never();
};
const startAndEnd: Work<string> = async (_, startClock) => {
  startClock();
  return 'done';
};
const startAndFail: Work<never> = (_, startClock) => {
  startClock();
  return Promise.reject(new Error('no'));
};
const signal = () => new AbortController().signal;

describe('withDeadline', () => {
  it('gives what the work gives, and leaves neither timer nor listener behind', async () => {
    const caller = signal();
    await expect(withDeadline(caller, 100, startAndEnd)).resolves.toBe('done');
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(caller, 'abort')).toHaveLength(0);
  });

  it('fails as the work fails, and leaves neither timer nor listener behind', async () => {
    const caller = signal();
    await expect(withDeadline(caller, 100, startAndFail)).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(caller, 'abort')).toHaveLength(0);
  });

  it('rejects with UPSTREAM_TIMEOUT when the time is over, not a millisecond before', async () => {
    const failed = vi.fn();
    const call = withDeadline(signal(), 100, startAndHang).catch(failed);
    await vi.advanceTimersByTimeAsync(99);
    expect(failed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await call;
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'UPSTREAM_TIMEOUT' }));
  });

  it('gives work all the time in the world until it starts its clock', async () => {
    const call = withDeadline(signal(), 100, async (_, startClock) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000_000));
      startClock();
      return 'done';
    });
    await vi.advanceTimersByTimeAsync(1_000_000);
    await expect(call).resolves.toBe('done');
  });

  it("rejects with the caller's own reason, without waiting for the work", async () => {
    const caller = new AbortController();
    const reason = new Error('gone');
    const call = withDeadline(caller.signal, 100, startAndHang);
    caller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('hands the reason on to the work', async () => {
    const caller = new AbortController();
    const seen: AbortSignal[] = [];
    const call = withDeadline(caller.signal, 100, (inner) => {
      seen.push(inner);
      return never();
    });
    caller.abort('reason');
    await expect(call).rejects.toBe('reason');
    expect(seen.map((inner) => inner.reason)).toEqual(['reason']);
  });

  it('prefers the reason to the error that the work fails with because of it', async () => {
    const call = withDeadline(signal(), 100, (inner, startClock) => {
      startClock();
      const { promise, reject } = pending();
      inner.addEventListener('abort', () => reject(new Error('aborted')));
      return promise;
    });
    vi.advanceTimersByTime(100);
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });

  it('starts nothing when the signal has fired already', async () => {
    const work = vi.fn(never);
    await expect(withDeadline(AbortSignal.abort('gone'), 100, work)).rejects.toBe('gone');
    expect(work).not.toHaveBeenCalled();
  });
});

const pending = () => {
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  return { promise, reject };
};
