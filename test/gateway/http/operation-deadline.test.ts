/** How long operations may run, on a fake clock. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDeadlines } from '../../../src/gateway/http/operation-deadline.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Deadlines of a second each. */
const open = () => createDeadlines(1000, () => Date.now());

/** Starts a deadline, while the process runs or after a shutdown has begun. */
const start = (deadlines = open()) => ({ deadlines, deadline: deadlines.start() });

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
    const { deadlines, deadline } = start();
    deadlines.bringForward(400);
    deadlines.bringForward(600);
    expect(deadline.at()).toBe(400);
    vi.advanceTimersByTime(399);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.reason).toEqual(timedOut(/stopped/));
  });

  it('stays when the process stops later', () => {
    const { deadlines, deadline } = start();
    deadlines.bringForward(2000);
    vi.advanceTimersByTime(1000);
    expect(deadline.signal.reason).toEqual(timedOut(/not done within/));
  });

  it("is the shutdown's own for an operation that begins during a shutdown, and passes at once after it", () => {
    const deadlines = open();
    deadlines.bringForward(400);
    vi.advanceTimersByTime(300);
    const { deadline } = start(deadlines);
    expect([deadline.at(), deadline.signal.aborted]).toEqual([400, false]);
    vi.advanceTimersByTime(100);
    expect(deadline.signal.aborted).toBe(true);
    expect(start(deadlines).deadline.signal.reason).toEqual(timedOut(/stopped/));
  });

  it('passes for each operation at its own time, whichever of them are answered', () => {
    const { deadlines, deadline: answered } = start();
    vi.advanceTimersByTime(300);
    const { deadline: second } = start(deadlines);
    vi.advanceTimersByTime(300);
    const { deadline: third } = start(deadlines);
    answered.stop();
    vi.advanceTimersByTime(699);
    expect([answered, second, third].map(({ signal }) => signal.aborted)).toEqual([false, false, false]);
    vi.advanceTimersByTime(1);
    expect([answered, second, third].map(({ signal }) => signal.aborted)).toEqual([false, true, false]);
    vi.advanceTimersByTime(300);
    expect(third.signal.reason).toEqual(timedOut(/not done within 1000 ms/));
    second.stop();
    third.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind after `stop`, and then ignores a shutdown and the client', () => {
    const { deadlines, deadline } = start();
    deadline.stop();
    expect(vi.getTimerCount()).toBe(0);
    deadlines.bringForward(0);
    deadline.leave();
    expect([deadline.signal.aborted, vi.getTimerCount()]).toEqual([false, 0]);
  });

  it('passes when the client leaves', () => {
    const { deadline } = start();
    deadline.leave();
    expect(deadline.signal.reason).toEqual(timedOut(/client/));
  });
});
