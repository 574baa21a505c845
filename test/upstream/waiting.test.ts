/** The time limit and the caller's signal, on a fake clock. */

import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withDeadline } from '../../src/upstream/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => {});
const hang = () => never();
const end = async () => 'done';
const fail = () => Promise.reject(new Error('no'));
const signal = () => new AbortController().signal;

describe('withDeadline', () => {
  it('gives what the work gives, and leaves neither timer nor listener behind', async () => {
    const caller = signal();
    await expect(withDeadline(caller, 100, end)).resolves.toBe('done');
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(caller, 'abort')).toHaveLength(0);
  });

  it('fails as the work fails, and leaves neither timer nor listener behind', async () => {
    const caller = signal();
    await expect(withDeadline(caller, 100, fail)).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(caller, 'abort')).toHaveLength(0);
  });

  it('rejects with UPSTREAM_TIMEOUT when the time is over, not a millisecond before', async () => {
    const failed = vi.fn();
    const call = withDeadline(signal(), 100, hang).catch(failed);
    await vi.advanceTimersByTimeAsync(99);
    expect(failed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await call;
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'UPSTREAM_TIMEOUT' }));
  });

  it("rejects with the caller's own reason, without waiting for the work", async () => {
    const caller = new AbortController();
    const reason = new Error('gone');
    const call = withDeadline(caller.signal, 100, hang);
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
    const call = withDeadline(
      signal(),
      100,
      (inner) =>
        new Promise((_, reject) => {
          inner.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    vi.advanceTimersByTime(100);
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });
});
