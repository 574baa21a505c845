/** What the client tells of calls that it makes once more, keeps waiting, or does not make. */
import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { createWindowBudget } from '../../src/store/window-budget.ts';
import { createDispatcher } from '../../src/upstream/http/dispatcher.ts';
import type { ClientEvents } from '../../src/upstream/observe.ts';
import { pageRequest, questionNumber, successBody } from './bodies.ts';
import { callerWith, noSignal, startClient, startUpstream } from './fake-upstream.ts';

const answer = (response: ServerResponse, status: number) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(successBody()));

/** Writes down what it is told. */
const listen = () => {
  const told: string[] = [];
  const events: ClientEvents = {
    onWaited: (outcome) => told.push(outcome),
    onRepeat: () => told.push('repeat'),
    onBreakerRefusal: (call) => told.push(`breaker: ${call}`),
  };
  return { told, events };
};

const retry = { retries: 2, random: () => 0 };

describe('repeats', () => {
  it('are told for each page by itself, as often as it goes out again', async () => {
    const statuses = [503, 503, 200, 200];
    const upstream = await startUpstream((_, response) => answer(response, statuses.shift() ?? 500));
    const { told, events } = listen();
    const fetchPage = startClient(upstream.url, { events, retry }).forCaller(callerWith());
    await fetchPage(pageRequest(), noSignal());
    await fetchPage(pageRequest(), noSignal());
    expect(told).toEqual(['granted', 'granted', 'repeat', 'granted', 'repeat', 'granted']);
    expect(upstream.calls).toHaveLength(4);
  });
});

describe('calls that are not made', () => {
  it('are told when the breaker refuses them', async () => {
    const upstream = await startUpstream((_, response) => answer(response, 503));
    const { told, events } = listen();
    const client = startClient(upstream.url, { events, now: () => 0 });
    for (let index = 0; index < 12; index += 1) {
      const fetchPage = client.forCaller(callerWith({ requestId: `r${index}` }));
      await fetchPage(questionNumber(index), noSignal()).catch(() => 'no');
    }
    expect(told.slice(9)).toEqual(['granted', 'breaker: page', 'breaker: page']);
    expect(upstream.calls).toHaveLength(10);
  });

  it('are told apart for pages and for tokens', async () => {
    const upstream = await startUpstream((_, response) => answer(response, 503));
    const { told, events } = listen();
    const credentials = { key: 'key', secret: 'secret' };
    const fetchPage = startClient(upstream.url, { events, credentials, now: () => 0 }).forCaller(
      callerWith(),
    );
    for (let index = 0; index < 3; index += 1) await fetchPage(pageRequest(), noSignal()).catch(() => 'no');
    // The first page and the token, then only pages, which give their permits back.
    expect(told).toEqual([
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
