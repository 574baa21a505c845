/** How long operations may run, on a fake clock. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createShutdownDeadline,
  startOperationDeadline,
  watchSignal,
} from '../../../src/gateway/http/operation-deadline.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Starts a deadline of a second, while the process runs or after a shutdown has begun. */
function start(shutdown = createShutdownDeadline(), clientSignal = new AbortController().signal) {
  const now = () => Date.now();
  const watchClient = watchSignal(clientSignal);
  const deadline = startOperationDeadline({ watchClient, operationTimeoutMs: 1000, shutdown, now });
  return { shutdown, deadline };
}

const timedOut = (message: RegExp) =>
  expect.objectContaining({ code: 'UPSTREAM_TIMEOUT', message: expect.stringMatching(message) });

describe('the deadline of an operation', () => {
  it('passes when its time is over', () => {
    vi.advanceTimersByTime(5000);
    const { deadline } = start();
    vi.advanceTimersByTime(999);
    expect([deadline.at(), deadline.signal.aborted]).toEqual([6000, false]);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.reason).toEqual(timedOut(/not done within 1000 ms/));
  });

  it('is brought forward by a shutdown, and never moved back', () => {
    const { shutdown, deadline } = start();
    shutdown.bringForward(400);
    shutdown.bringForward(600);
    expect(deadline.at()).toBe(400);
    vi.advanceTimersByTime(399);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.reason).toEqual(timedOut(/stopped/));
  });

  it('stays when the process stops later', () => {
    const { shutdown, deadline } = start();
    shutdown.bringForward(2000);
    vi.advanceTimersByTime(1000);
    expect(deadline.signal.reason).toEqual(timedOut(/not done within/));
  });

  it("is the shutdown's own for an operation that begins during a shutdown, and passes at once after it", () => {
    const shutdown = createShutdownDeadline();
    shutdown.bringForward(400);
    vi.advanceTimersByTime(300);
    const { deadline } = start(shutdown);
    expect([deadline.at(), deadline.signal.aborted]).toEqual([400, false]);
    vi.advanceTimersByTime(100);
    expect(deadline.signal.aborted).toBe(true);
    expect(start(shutdown).deadline.signal.reason).toEqual(timedOut(/stopped/));
  });

  it('leaves no timer behind after `stop`, and then ignores a shutdown', () => {
    const { shutdown, deadline } = start();
    deadline.stop();
    expect(vi.getTimerCount()).toBe(0);
    shutdown.bringForward(0);
    expect([deadline.signal.aborted, vi.getTimerCount()]).toEqual([false, 0]);
  });

  it('passes when the client leaves, or has left before', () => {
    const leaving = new AbortController();
    const { deadline } = start(createShutdownDeadline(), leaving.signal);
    leaving.abort();
    expect(deadline.signal.reason).toEqual(timedOut(/client/));
    const { deadline: late } = start(createShutdownDeadline(), AbortSignal.abort());
    expect(late.signal.reason).toEqual(timedOut(/client/));
  });
});
