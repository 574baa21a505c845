/** How one call ends: with its answer, at its time limit, with its caller. And which headers of an answer are read. */

import { getEventListeners } from 'node:events';
import { type Dispatcher, Pool } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchAnswer } from '../../../src/upstream/http/http-call.ts';
import { pageRequest } from '../bodies.ts';
import { noSignal, startFetchPage, startUpstream } from '../fake-upstream.ts';
import { playOn } from './played-undici.ts';

describe('an answer', () => {
  it("of 429 has the seconds to wait; a date is compared with the answer's date, or with the clock", async () => {
    const upstream = await startUpstream((_, response) => {
      response.sendDate = false;
      if (upstream.calls.length > 1) response.setHeader('date', 'Sun, 22 Nov 2026 00:00:05 GMT');
      response.writeHead(429, { 'retry-after': 'Sun, 22 Nov 2026 00:00:12 GMT' }).end();
    });
    for (const retryAfter of [12, 7]) {
      await expect(startFetchPage(upstream.url)(pageRequest(), noSignal())).rejects.toMatchObject({
        code: 'RATE_LIMITED',
        details: { retryAfter },
      });
    }
    expect(upstream.calls).toHaveLength(2);
  });

  it('of 429 with two Retry-After headers uses the first, in any case of its name', async () => {
    const upstream = await startUpstream((_, response) => {
      response.writeHead(429, [
        ['x-something', '7'], // As long a name.
        ['RETRY-AFTER', '3'],
        ['retry-after', '9'],
      ]);
      response.end();
    });
    await expect(startFetchPage(upstream.url)(pageRequest(), noSignal())).rejects.toMatchObject({
      details: { retryAfter: 3 },
    });
    expect(upstream.calls).toHaveLength(1);
  });
});

/** A call over a dispatcher that does nothing: the test plays undici. */
const startCall = (signal: AbortSignal = noSignal(), timeoutMs = 100) => {
  const handlers: Dispatcher.DispatchHandler[] = [];
  const pool = new Pool('http://upstream.test');
  pool.dispatch = (_, handler) => handlers.push(handler) > 0;
  const onDone = vi.fn();
  const decode = vi.fn(({ status }: { readonly status: number }) => status);
  const outcome = fetchAnswer(pool, {
    ...{ method: 'GET', path: '/', headers: [], signal, timeoutMs },
    ...{ decode, onDone },
  });
  const [handler] = handlers;
  if (handler === undefined) throw new Error('Expected the call to be dispatched.');
  return { undici: playOn(handler), outcome, decode, onDone };
};

describe('a call', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives what its answer is decoded to, is done then, and leaves neither timer nor listener behind', async () => {
    const signal = noSignal();
    const { undici, outcome, onDone } = startCall(signal);
    undici.connect();
    undici.head(103);
    undici.head(200);
    expect(onDone).not.toHaveBeenCalled();
    undici.end();
    await expect(outcome).resolves.toBe(200);
    expect(onDone).toHaveBeenCalledOnce();
    expect([vi.getTimerCount(), getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
  });

  it('fails as its answer is decoded, and is done only then', async () => {
    const { undici, outcome, decode, onDone } = startCall();
    decode.mockImplementation(() => {
      expect(onDone).not.toHaveBeenCalled();
      throw new Error('no');
    });
    undici.head(200);
    undici.end();
    await expect(outcome).rejects.toThrow('no');
    expect([vi.getTimerCount(), onDone.mock.calls.length]).toEqual([0, 1]);
  });

  it('fails with UPSTREAM_TIMEOUT when its time is over, not a millisecond before', async () => {
    const { undici, outcome, onDone } = startCall();
    undici.connect();
    const failed = vi.fn();
    const ended = outcome.catch(failed);
    await vi.advanceTimersByTimeAsync(99);
    expect(failed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'UPSTREAM_TIMEOUT' }));
    expect([undici.aborted, onDone.mock.calls.length]).toEqual([true, 1]);
  });

  it("fails with its caller's reason, whether it has gone out or not, and never goes out after that", async () => {
    for (const isOut of [true, false]) {
      const caller = new AbortController();
      const { undici, outcome, onDone } = startCall(caller.signal);
      if (isOut) undici.connect();
      caller.abort('gone');
      await expect(outcome).rejects.toBe('gone');
      if (!isOut) undici.connect();
      expect([undici.aborted, onDone.mock.calls.length, vi.getTimerCount()]).toEqual([true, 1, 0]);
    }
  });

  it.each([401, 403, 429])(
    'of status %s waits a moment for the rest of its answer, to spare its connection',
    async (status) => {
      const { undici, outcome, onDone } = startCall(noSignal(), 1000);
      undici.connect();
      await vi.advanceTimersByTimeAsync(0);
      undici.head(status);
      await vi.advanceTimersByTimeAsync(98);
      expect(onDone).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(2);
      expect([undici.aborted, onDone.mock.calls.length]).toEqual([true, 1]);
      await expect(outcome).resolves.toBe(status);
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});
