/** Waiting for the budget, on a fake clock: fairly, only as long as it is of use, and never in vain. */

import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallFailure } from '../../src/upstream/failure.ts';
import { openGate as open } from './open-gate.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const now = () => Date.now();

const limited = (retryAfter: number) => ({ code: 'RATE_LIMITED', details: { retryAfter } });

describe('the gate', () => {
  it('lets as many through as the budget has, and the next when a place is free', async () => {
    const { gate, call, starts } = open(2);
    const calls = [call(), call(), call()];
    await vi.advanceTimersByTimeAsync(59_999);
    expect([starts.length, gate.waiting()]).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.all(calls)).toEqual(['page', 'page', 'page']);
    expect(starts.map(({ at }) => at)).toEqual([0, 0, 60_000]);
    expect([gate.waiting(), vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('tells who cannot be served in time at once, with the exact wait in whole seconds, rounded up', async () => {
    const { call } = open(1);
    await call();
    await vi.advanceTimersByTimeAsync(500);
    const refused = call({ deadlineAt: 60_000 }).catch((error: CallFailure) => error);
    await vi.advanceTimersByTimeAsync(0);
    expect(await refused).toMatchObject(limited(60));
    expect(await refused).toMatchObject({ again: 'no', sent: false });
    expect(now()).toBe(500);
  });

  it('counts those who wait before one, and spares who comes later the wait for nothing', async () => {
    const { call, starts } = open(1);
    await call();
    const second = call({ deadlineAt: 70_000 });
    const third = expect(call({ deadlineAt: 70_000 })).rejects.toMatchObject(limited(120));
    await vi.advanceTimersByTimeAsync(0);
    await third;
    await vi.advanceTimersByTimeAsync(60_000);
    await second;
    expect(starts).toHaveLength(2);
  });

  it('tells one at once who is overtaken, when there is no time left to wait another turn', async () => {
    const { call } = open(1);
    await call({ subject: 'a' });
    const first = call({ subject: 'a', deadlineAt: 130_000 });
    const again = expect(call({ subject: 'a', deadlineAt: 130_000 })).rejects.toMatchObject(limited(180));
    await vi.advanceTimersByTimeAsync(0);
    const other = call({ subject: 'b', deadlineAt: 130_000 });
    await vi.advanceTimersByTimeAsync(0);
    await again;
    expect(now()).toBe(0);
    await vi.advanceTimersByTimeAsync(130_000);
    await Promise.all([first, other]);
  });

  it('tells of every wait how it ended and how long it was', async () => {
    const { call, waits } = open(1);
    await call();
    const patient = call();
    await vi.advanceTimersByTimeAsync(10);
    await expect(call({ deadlineAt: 60_000 })).rejects.toMatchObject(limited(120));
    const leaving = new AbortController();
    const left = expect(call({ signal: leaving.signal })).rejects.toBe('left');
    await vi.advanceTimersByTimeAsync(20);
    leaving.abort('left');
    await left;
    await vi.advanceTimersByTimeAsync(60_000);
    await patient;
    await expect(call({ signal: leaving.signal })).rejects.toBe('left'); // It never began to wait.
    expect(waits).toEqual([
      ['granted', 0],
      ['refused', 0],
      ['left', 20],
      ['granted', 60_000],
    ]);
  });

  it('serves subjects in turn', async () => {
    const { call, starts } = open(1);
    const subjects = ['a', 'a', 'a', 'b', 'c'];
    const calls = subjects.map((subject) => call({ subject }));
    await vi.advanceTimersByTimeAsync(600_000);
    await Promise.all(calls);
    expect(starts.map(({ subject }) => subject).join('')).toBe('abcaa');
  });

  it('lets who leaves go at once, and keeps neither a place nor a timer nor a listener for him', async () => {
    const { gate, call } = open(1);
    await call();
    const leaving = new AbortController();
    const left = expect(call({ signal: leaving.signal })).rejects.toBe('left');
    await vi.advanceTimersByTimeAsync(10);
    leaving.abort('left');
    await left;
    await vi.advanceTimersByTimeAsync(0);
    expect([gate.waiting(), vi.getTimerCount()]).toEqual([0, 0]);
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
    await expect(call({ signal: leaving.signal })).rejects.toBe('left');
  });

  it('gives the place of a call that was never sent to the next at once', async () => {
    const { gate, call } = open(1);
    let fail = (_: Error) => {};
    const request = {
      credential: 'c',
      subject: 's',
      deadlineAt: () => 1e9,
      signal: new AbortController().signal,
    };
    const unsent = gate.pass(
      request,
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    );
    const next = call();
    await vi.advanceTimersByTimeAsync(10);
    const ended = expect(unsent).rejects.toThrow('no');
    fail(new Error('no'));
    await ended;
    await expect(next).resolves.toBe('page');
    expect(now()).toBe(10);
  });

  it('stops everybody of a credential for as long as the upstream says, and tells at once who has not that time', async () => {
    const { gate, call } = open(Number.POSITIVE_INFINITY);
    const signal = new AbortController().signal;
    const request = { credential: 'c', subject: 's', deadlineAt: () => 1e9, signal };
    const upstreams = new CallFailure('RATE_LIMITED', 'm', { retryAfter: 7 });
    await expect(gate.pass(request, () => Promise.reject(upstreams))).rejects.toBe(upstreams);
    const late = expect(call({ deadlineAt: 7099 })).rejects.toMatchObject(limited(7));
    const patient = call({ deadlineAt: 7100 });
    await expect(call({ credential: 'other' })).resolves.toBe('page');
    await vi.advanceTimersByTimeAsync(0);
    await late;
    await vi.advanceTimersByTimeAsync(7000);
    await expect(patient).resolves.toBe('page');
  });

  it('tells whose call the upstream refused the longer of two waits: the upstream’s, or that for the next place', async () => {
    const { gate, call } = open(2);
    const signal = new AbortController().signal;
    const request = { credential: 'c', subject: 's', deadlineAt: () => 1e9, signal };
    const refused = (retryAfter: number) =>
      gate.pass(request, async ({ onSent }) => {
        onSent();
        throw new CallFailure('RATE_LIMITED', 'm', { retryAfter });
      });
    await call();
    await expect(refused(3)).rejects.toMatchObject(limited(60));
    await vi.advanceTimersByTimeAsync(60_000);
    const waiting = [call(), call()];
    await vi.advanceTimersByTimeAsync(0);
    const behindTwo = expect(refused(90)).rejects.toMatchObject(limited(90));
    await vi.advanceTimersByTimeAsync(0);
    expect(gate.waiting()).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    await behindTwo;
    await Promise.all(waiting);
  });

  it('tells at once whose deadline was drawn in, when it is asked to look again', async () => {
    const { gate, call } = open(1);
    await call();
    let deadlineAt = 1e9;
    const signal = new AbortController().signal;
    const request = { credential: 'c', subject: 's', deadlineAt: () => deadlineAt, signal };
    const drawnIn = expect(gate.pass(request, async () => 'page')).rejects.toMatchObject(limited(60));
    await vi.advanceTimersByTimeAsync(100);
    deadlineAt = 5000;
    gate.lookAgain();
    await vi.advanceTimersByTimeAsync(0);
    await drawnIn;
    expect(now()).toBe(100);
  });

  it('never has more calls in a minute than allowed, and serves in time whom it keeps waiting', async () => {
    const anyWish = fc.record({
      subject: fc.constantFrom('a', 'b', 'c'),
      afterMs: fc.nat(30_000),
      patienceMs: fc.nat(150_000),
      lastsMs: fc.nat(20_000),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(anyWish, { maxLength: 12 }),
        async (allowed, wishes) => {
          const { gate, call, starts } = open(allowed);
          const outcomes: Promise<unknown>[] = [];
          for (const { subject, afterMs, patienceMs, lastsMs } of wishes) {
            await vi.advanceTimersByTimeAsync(afterMs);
            const deadlineAt = now() + patienceMs;
            const called = call({ subject, deadlineAt, lastsMs }).catch((error: CallFailure) => error.code);
            outcomes.push(called.then((outcome) => expect(['page', 'RATE_LIMITED']).toContain(outcome)));
          }
          await vi.advanceTimersByTimeAsync(3_600_000);
          await Promise.all(outcomes);
          for (const moment of starts.flatMap(({ at, endsAt }) => [at, endsAt])) {
            const near = starts.filter(({ at, endsAt }) => endsAt >= moment && at < moment + 60_000);
            expect(near.length).toBeLessThanOrEqual(allowed);
          }
          expect([gate.waiting(), vi.getTimerCount()]).toEqual([0, 0]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
