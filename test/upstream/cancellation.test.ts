/** Calls that are given up: promptly, with the right reason, and without a trace. */

import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createDispatcher } from '../../src/upstream/http/dispatcher.ts';
import { LightSignal } from '../../src/upstream/signal.ts';
import { pageRequest, questionNumber, successBody } from './bodies.ts';
import {
  callerWith,
  noSignal,
  startClient,
  startFetchPage,
  startJsonUpstream,
  startSocket,
  startUpstream,
} from './fake-upstream.ts';

describe('cancelling', () => {
  it("ends a call in flight at once with the signal's reason, and its connection too", async () => {
    const upstream = await startUpstream(() => {});
    const controller = new AbortController();
    const reason = new GatewayError('UPSTREAM_TIMEOUT', 'the whole operation');
    const call = startFetchPage(upstream.url)(pageRequest(), controller.signal);
    await vi.waitUntil(() => upstream.calls.length === 1);
    const closed = once(upstream.calls[0]?.socket as NodeJS.EventEmitter, 'close');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await closed;
    expect(upstream.calls).toHaveLength(1);
  });

  it('ends a call whose body is on its way', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200).write('{'));
    const controller = new AbortController();
    const call = startFetchPage(upstream.url)(pageRequest(), controller.signal);
    await vi.waitUntil(() => upstream.calls.length === 1);
    const closed = once(upstream.calls[0]?.socket as NodeJS.EventEmitter, 'close');
    controller.abort('gone');
    await expect(call).rejects.toBe('gone');
    await closed;
  });

  it('makes no call when the signal has fired already', async () => {
    const upstream = await startJsonUpstream(successBody());
    await expect(startFetchPage(upstream.url)(pageRequest(), AbortSignal.abort('gone'))).rejects.toBe('gone');
    expect(upstream.calls).toHaveLength(0);
  });

  it('ends a call that still waits for a connection at once, and never sends it', async () => {
    const upstream = await startUpstream((_, response) =>
      waiting.push(() => response.end(JSON.stringify(successBody()))),
    );
    const waiting: (() => void)[] = [];
    const dispatcher = createDispatcher({ maxConcurrency: 1 });
    const fetchPage = startFetchPage(upstream.url, { dispatcher });
    const controller = new AbortController();
    const first = fetchPage(pageRequest(), noSignal());
    const second = fetchPage(pageRequest({ pageNumber: 1 }), controller.signal);
    await vi.waitUntil(() => waiting.length === 1);
    controller.abort('gone');
    await expect(second).rejects.toBe('gone');
    waiting[0]?.();
    await first;
    const third = fetchPage(pageRequest({ pageNumber: 2 }), noSignal());
    await vi.waitUntil(() => waiting.length === 2);
    waiting[1]?.();
    await third;
    expect(upstream.calls.map(({ url }) => url?.slice(-1))).toEqual(['0', '2']);
  });

  it('of many calls that wait for a connection closes no connection', async () => {
    const waiting: (() => void)[] = [];
    const upstream = await startUpstream((_, response) => {
      waiting.push(() => response.end(JSON.stringify(successBody())));
    });
    const fetchPage = startFetchPage(upstream.url, { dispatcher: createDispatcher({ maxConcurrency: 1 }) });
    const controller = new AbortController();
    const first = fetchPage(pageRequest(), noSignal());
    const many = Array.from({ length: 30 }, () => fetchPage(pageRequest(), controller.signal));
    await vi.waitUntil(() => waiting.length === 1);
    controller.abort('gone');
    await Promise.allSettled(many);
    const last = fetchPage(pageRequest(), noSignal());
    waiting[0]?.();
    await first;
    await vi.waitUntil(() => waiting.length === 2);
    waiting[1]?.();
    await last;
    expect([upstream.calls.length, upstream.connections]).toEqual([2, 1]);
  });

  it('leaves the other calls alone', async () => {
    const upstream = await startUpstream((request, response) => {
      if (!request.url?.endsWith('offset=0')) response.end(JSON.stringify(successBody()));
    });
    const fetchPage = startFetchPage(upstream.url);
    const controller = new AbortController();
    const cancelled = fetchPage(pageRequest(), controller.signal);
    const other = fetchPage(pageRequest({ pageNumber: 1 }), noSignal());
    controller.abort('gone');
    await expect(cancelled).rejects.toBe('gone');
    await expect(other).resolves.not.toBeNull();
  });

  it('takes a hundred calls on one signal and leaves no listener on it', async () => {
    const upstream = await startJsonUpstream(successBody());
    const fetchPage = startFetchPage(upstream.url);
    const signal = new LightSignal();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await Promise.all(
      Array.from({ length: 100 }, (_, pageNumber) => fetchPage(pageRequest({ pageNumber }), signal)),
    );
    expect(added.mock.calls.length).toBeGreaterThanOrEqual(100);
    expect(new Set(removed.mock.calls.map(([, listener]) => listener))).toEqual(
      new Set(added.mock.calls.map(([, listener]) => listener)),
    );
    expect(upstream.calls).toHaveLength(100);
  });

  it('ends a call without an answer in UPSTREAM_TIMEOUT', async () => {
    const upstream = await startSocket(() => {});
    const call = startFetchPage(upstream.url, { timeoutMs: 200 })(pageRequest(), noSignal());
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(upstream.calls).toBe(1);
  });
});

describe('callers who leave an upstream that hangs', () => {
  it.each([
    [2500, 'closed'],
    [2501, 'open'],
  ] as const)('after %i ms of five seconds leave the breaker %s', async (leftAfterMs, state) => {
    const upstream = await startUpstream(() => {});
    const clock = { now: 0 };
    const client = startClient(upstream.url, {
      timeoutMs: 5000,
      now: () => clock.now,
      dispatcher: createDispatcher({ maxConcurrency: 20 }),
    });
    const leaver = new AbortController();
    const calls = Array.from({ length: 20 }, (_, index) =>
      client.forCaller(callerWith({ requestId: `r${index}` }))(questionNumber(index), leaver.signal),
    );
    await vi.waitUntil(() => upstream.calls.length === 20);
    clock.now += leftAfterMs;
    leaver.abort('gone');
    await Promise.allSettled(calls);
    expect(client.breakerState()).toBe(state);
  });
});

describe('close', () => {
  it('ends calls in flight and refuses later ones as UPSTREAM_UNAVAILABLE', async () => {
    const upstream = await startUpstream(() => {});
    const client = startClient(upstream.url);
    const fetchPage = client.forCaller(callerWith({ headers: new Headers(), requestId: 'r' }));
    const call = fetchPage(pageRequest(), noSignal());
    await vi.waitUntil(() => upstream.calls.length === 1);
    const ended = expect(call).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await client.close();
    await ended;
    await expect(fetchPage(pageRequest(), noSignal())).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(upstream.calls).toHaveLength(1);
  });

  it('may be called twice', async () => {
    const client = startClient('http://127.0.0.1:1');
    await client.close();
    await expect(client.close()).resolves.not.toThrow();
  });
});
