/** Calls that wait for their slot with a permit in hand, while the world changes: none goes out that must not. */

import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { createWindowBudget } from '../../src/store/window-budget.ts';
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
  const budget = createWindowBudget({ callsPerMinute, now });
  const dispatcher = createDispatcher({ maxConcurrency: 1 });
  const client = startClient(upstream.url, { budget, dispatcher, monotonicNow: now, ...options });
  const call = (deadlineAt = 30_000) => {
    const caller = callerWith({ deadlineAt });
    return client
      .forCaller(caller)(pageRequest(), noSignal())
      .catch(({ code, details }) => [code, details.retryAfter]);
  };
  const arrived = (count: number) => vi.waitUntil(() => pages.length === count);
  return { clock, upstream, client, pages, call, arrived, tokenCalls: () => tokens };
};

describe('a call that waits for its slot', () => {
  it('waits for the next token when its own has ended, with permit and slot in hand', async () => {
    const { clock, upstream, pages, call, arrived, client } = await open(5, { credentials: login });
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
});
