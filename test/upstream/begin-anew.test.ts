/** Calls that wait for their slot with a place in hand, while the world changes: none goes out that must not. */

import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { createInProcessBudget } from '../../src/store/in-process-budget.ts';
import type { UpstreamClientOptions } from '../../src/upstream/client.ts';
import { createDispatcher } from '../../src/upstream/dispatcher.ts';
import { pageRequest, successBody } from './bodies.ts';
import { callerWith, noSignal, startClient, startUpstream } from './fake-upstream.ts';

const page = JSON.stringify(successBody());
const login = { key: 'key', secret: 'secret' };

/** One slot, a budget, a clock of the test's own, and calls that are answered one by one. */
const open = async (callsPerMinute: number, options: Partial<UpstreamClientOptions> = {}) => {
  const clock = { now: 0 };
  const now = () => clock.now;
  const pages: ServerResponse[] = [];
  let tokens = 0;
  const upstream = await startUpstream((request, response) => {
    if (request.method === 'GET') {
      pages.push(response);
      return;
    }
    tokens += 1;
    response.end(JSON.stringify({ data: { accessToken: `t${tokens}`, ttlSeconds: 10 }, errors: null }));
  });
  const budget = createInProcessBudget({ callsPerMinute, now });
  const dispatcher = createDispatcher({ maxConcurrency: 1 });
  const client = startClient(upstream.url, { budget, dispatcher, monotonicNow: now, ...options });
  const call = (deadlineAt = 30_000) => {
    const caller = callerWith({ deadlineAt: () => deadlineAt });
    return client
      .forCaller(caller)(pageRequest(), noSignal())
      .catch(({ code, details }) => [code, details.retryAfter]);
  };
  const arrived = (count: number) => vi.waitUntil(() => pages.length === count);
  return { clock, upstream, client, pages, call, arrived, tokenCalls: () => tokens };
};

describe('a call that waits for its slot', () => {
  it('gives the last place to the call for the next token, when its own has ended', async () => {
    // A token, the first page, and a place that the second page holds while it waits.
    const { clock, pages, call, arrived, tokenCalls, client } = await open(3, { credentials: login });
    const first = call();
    await arrived(1);
    const second = call();
    await vi.waitUntil(() => client.callsWaitingForSlot() === 1);
    clock.now = 11_000;
    pages[0]?.end(page);
    expect(await first).not.toBeNull();
    await vi.waitUntil(() => tokenCalls() === 2);
    // The next place is free a minute after the first calls: too late for the second page.
    expect(await second).toEqual(['RATE_LIMITED', 49]);
    expect(pages).toHaveLength(1);
  });

  it('goes on with the next token when there are places for both', async () => {
    const { clock, upstream, pages, call, arrived, client } = await open(4, { credentials: login });
    const first = call();
    await arrived(1);
    const second = call();
    await vi.waitUntil(() => client.callsWaitingForSlot() === 1);
    clock.now = 11_000;
    pages[0]?.end(page);
    await arrived(2);
    pages[1]?.end(page);
    await Promise.all([first, second]);
    const tokens = upstream.calls.map(({ headers }) => headers['x-cap-api-oauth-token']);
    expect(tokens).toEqual([undefined, 't1', undefined, 't2']);
  });

  it('does not go out after the upstream has said that it takes no more calls, and is told so at once', async () => {
    const { pages, call, arrived, client, upstream } = await open(10);
    const calls = [call(), call(), call(90_000)];
    await arrived(1);
    await vi.waitUntil(() => client.callsWaitingForSlot() === 2);
    pages[0]?.writeHead(429, { 'retry-after': '40' }).end();
    expect(await Promise.all(calls.slice(0, 2))).toEqual([
      ['RATE_LIMITED', 40],
      ['RATE_LIMITED', 40],
    ]);
    expect(client.waitingCalls()).toBe(1); // The third has the time.
    expect(upstream.calls).toHaveLength(1);
  });

  it('asks for its place anew when it has held it for longer than that is good for', async () => {
    const { clock, pages, call, arrived, client } = await open(2, { placeGoodForMs: 5000 });
    const first = call();
    await arrived(1);
    const second = call();
    await vi.waitUntil(() => client.callsWaitingForSlot() === 1);
    clock.now = 5001;
    pages[0]?.end(page);
    await first;
    await arrived(2);
    pages[1]?.end(page);
    expect(await second).not.toBeNull();
    expect(client.budget()).toMatchObject({ left: 0 });
  });
});
