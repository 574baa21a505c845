/** How long operations may go on, on a fake clock. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOperationDeadline } from '../../../src/gateway/http/operation-deadline.ts';
import { createClosingTime } from '../../../src/gateway/http/shutdown-deadline.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

function open(clientSignal = new AbortController().signal) {
  const closingTime = createClosingTime();
  const now = () => Date.now();
  const deadline = createOperationDeadline({ clientSignal, operationTimeoutMs: 1000, closingTime, now });
  return { closingTime, deadline };
}

const timedOut = (message: RegExp) =>
  expect.objectContaining({ code: 'UPSTREAM_TIMEOUT', message: expect.stringMatching(message) });

describe('the time of an operation', () => {
  it('begins with the first start, and ends when it is up', () => {
    const { deadline } = open();
    vi.advanceTimersByTime(5000);
    deadline.start();
    vi.advanceTimersByTime(999);
    deadline.start();
    expect([deadline.at(), deadline.signal.aborted]).toEqual([6000, false]);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.reason).toEqual(timedOut(/not done within 1000 ms/));
  });

  it('is drawn in while it runs when the process is told to stop, and never out', () => {
    const { closingTime, deadline } = open();
    deadline.start();
    closingTime.drawIn(400);
    closingTime.drawIn(600);
    expect(deadline.at()).toBe(400);
    vi.advanceTimersByTime(399);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.reason).toEqual(timedOut(/stopped/));
  });

  it('is its own when that ends before the process does', () => {
    const { closingTime, deadline } = open();
    deadline.start();
    closingTime.drawIn(2000);
    vi.advanceTimersByTime(1000);
    expect(deadline.signal.reason).toEqual(timedOut(/not done within/));
  });

  it('is short when it starts late, and over at once when it starts too late', () => {
    const { closingTime, deadline } = open();
    closingTime.drawIn(400);
    vi.advanceTimersByTime(300);
    deadline.start();
    expect([deadline.at(), deadline.signal.aborted]).toEqual([400, false]);
    vi.advanceTimersByTime(100);
    expect(deadline.signal.aborted).toBe(true);

    const late = createOperationDeadline({
      clientSignal: new AbortController().signal,
      operationTimeoutMs: 1000,
      closingTime,
      now: () => Date.now(),
    });
    late.start();
    expect(late.signal.reason).toEqual(timedOut(/stopped/));
  });

  it('leaves no timer behind when it is stopped, and is not drawn in any more', () => {
    const { closingTime, deadline } = open();
    deadline.start();
    deadline.stop();
    expect(vi.getTimerCount()).toBe(0);
    closingTime.drawIn(0);
    expect([deadline.signal.aborted, vi.getTimerCount()]).toEqual([false, 0]);
  });

  it('ends when the client goes away, or has gone before', () => {
    const leaving = new AbortController();
    const { deadline } = open(leaving.signal);
    deadline.start();
    leaving.abort();
    expect(deadline.signal.reason).toEqual(timedOut(/client/));
    expect(open(AbortSignal.abort()).deadline.signal.reason).toEqual(timedOut(/client/));
  });
});
