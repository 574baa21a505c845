/** What the client reports of calls that it repeats, lets wait, or does not make. */
import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { createWindowBudget } from '../../src/upstream/budget/window-budget.ts';
import { createDispatcher } from '../../src/upstream/http/dispatcher.ts';
import { type ClientEvents, ignoredEvents } from '../../src/upstream/observe.ts';
import { pageRequest, questionNumber, successBody } from './bodies.ts';
import { callerWith, noSignal, startClient, startUpstream } from './fake-upstream.ts';

const answer = (response: ServerResponse, status: number) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(successBody()));

/** Records the events. */
const listen = () => {
  const reported: string[] = [];
  const events: ClientEvents = {
    ...ignoredEvents,
    onWaited: (outcome) => reported.push(outcome),
    onRepeat: () => reported.push('repeat'),
    onBreakerRefusal: (call) => reported.push(`breaker: ${call}`),
  };
  return { reported, events };
};

const retry = { retries: 2, random: () => 0 };

describe('repeats', () => {
  it('are reported for each page by itself, each time it goes out again', async () => {
    const statuses = [503, 503, 200, 200];
    const upstream = await startUpstream((_, response) => answer(response, statuses.shift() ?? 500));
    const { reported, events } = listen();
    const fetchPage = startClient(upstream.url, { events, retry }).forCaller(callerWith());
    await fetchPage(pageRequest(), noSignal());
    await fetchPage(pageRequest(), noSignal());
    expect(reported).toEqual(['granted', 'granted', 'repeat', 'granted', 'repeat', 'granted']);
    expect(upstream.calls).toHaveLength(4);
  });
});

describe('calls that are not made', () => {
  it('are reported when the breaker refuses them', async () => {
    const upstream = await startUpstream((_, response) => answer(response, 503));
    const { reported, events } = listen();
    const client = startClient(upstream.url, { events, now: () => 0 });
    for (let index = 0; index < 12; index += 1) {
      const fetchPage = client.forCaller(callerWith({ requestId: `r${index}` }));
      await fetchPage(questionNumber(index), noSignal()).catch(() => 'no');
    }
    expect(reported.slice(9)).toEqual(['granted', 'breaker: page', 'breaker: page']);
    expect(upstream.calls).toHaveLength(10);
  });

  it('are reported as page or token', async () => {
    const upstream = await startUpstream((_, response) => answer(response, 503));
    const { reported, events } = listen();
    const credentials = { key: 'key', secret: 'secret' };
    const fetchPage = startClient(upstream.url, { events, credentials, now: () => 0 }).forCaller(
      callerWith(),
    );
    for (let index = 0; index < 3; index += 1) await fetchPage(pageRequest(), noSignal()).catch(() => 'no');
    // The first page and the token, then only pages, which give their permits back.
    expect(reported).toEqual([
      'granted',
      'granted',
      ...['granted', 'breaker: token', 'granted', 'breaker: token'],
    ]);
    expect(upstream.calls).toHaveLength(1);
  });
});

describe('calls that wait', () => {
  it('are counted: for the budget, or with their permit for a slot', async () => {
    const held: ServerResponse[] = [];
    const upstream = await startUpstream((_, response) => held.push(response));
    const budget = createWindowBudget({ callsPerMinute: 3, now: () => performance.now() });
    const client = startClient(upstream.url, { budget, dispatcher: createDispatcher({ maxConcurrency: 1 }) });
    const leaver = new AbortController();
    const fetchPage = client.forCaller(callerWith());
    const calls = [1, 2, 3, 4, 5].map(() => fetchPage(pageRequest(), leaver.signal).catch(() => 'left'));
    await vi.waitUntil(() => held.length === 1);
    expect([client.waitingCalls(), client.callsWaitingForSlot()]).toEqual([2, 2]);
    expect(client.budget()).toMatchObject({ limit: 3, left: 0, credentials: { spent: 1 } });
    leaver.abort(new Error('left'));
    expect(await Promise.all(calls)).toEqual(['left', 'left', 'left', 'left', 'left']);
    expect([client.waitingCalls(), client.callsWaitingForSlot()]).toEqual([0, 0]);
    expect(client.budget()).toMatchObject({ limit: 3, left: 2 }); // Only one went out.
  });
});
