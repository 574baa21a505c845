/** What a request's operations are resolved with: calls of its own, which other requests may share. */

import { expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { createDeadlines } from '../../../src/gateway/http/operation-deadline.ts';
import { RequestRecord } from '../../../src/gateway/http/request-record.ts';
import { createContextFactory } from '../../../src/gateway/wiring/request-context.ts';
import { createUpstreamAccess } from '../../../src/gateway/wiring/upstream-access.ts';
import { CallsInFlight } from '../../../src/ledger/source/calls-in-flight.ts';
import type { UpstreamCaller } from '../../../src/upstream/call.ts';
import type { PageAnswer } from '../../../src/upstream/page-request.ts';
import { serviceEnv } from '../harness.ts';

/** Contexts over an upstream with one answer, and the callers that it was called for. */
function openContexts(answer: Promise<PageAnswer>) {
  const { upstream, ...config } = loadConfig(serviceEnv('http://127.0.0.1:9'), {
    readFile: () => '',
    randomSecret: () => '',
  });
  if (upstream.mode === 'sandbox') throw new Error('Expected an endpoint');
  const calledUntil: number[] = [];
  const client = {
    ...createUpstreamAccess({ ...config, upstream }, { now: () => 0, wallNow: Date.now }),
    forCaller: (caller: UpstreamCaller) => () => {
      calledUntil.push(caller.deadlineAt());
      return answer;
    },
  };
  const clock = { now: 0 };
  const now = () => clock.now;
  const deadlines = createDeadlines(config.operationTimeoutMs, now);
  const state = { upstream: client, cache: null, callsInFlight: new CallsInFlight() };
  const states = { stateFor: () => state };
  const contextOf = createContextFactory({ ...config, upstream }, { states, deadlines, now });
  /** Asks for the same customer as every other request, at a moment. */
  const askAt = (moment: number, clientSignal?: AbortSignal) => {
    clock.now = moment;
    const record = new RequestRecord(null, () => 'r');
    const { customers } = contextOf({
      headers: new Headers(),
      record,
      ...(clientSignal && { clientSignal }),
    });
    const identifier = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;
    const asked = customers.load({ identifier, hasDetails: true, balances: [] });
    return asked.finally(() => record.deadline?.stop());
  };
  return { calledUntil, askAt };
}

it('two requests for one page make one call, with the deadline of the request that began it', async () => {
  let give: (answer: PageAnswer) => void = () => undefined;
  const { calledUntil, askAt } = openContexts(
    new Promise((resolve) => {
      give = resolve;
    }),
  );
  const asked = [askAt(0), askAt(5000)];
  await expect.poll(() => calledUntil).toEqual([30_000]);
  give(null);
  expect(await Promise.all(asked)).toEqual([null, null]);
  expect(calledUntil).toHaveLength(1);
});

it('a request stops waiting when its client leaves, and makes no call when its client has left before', async () => {
  const { calledUntil, askAt } = openContexts(new Promise(() => undefined));
  const left = expect.objectContaining({ message: 'The client went away' });
  await expect(askAt(0, AbortSignal.abort())).rejects.toEqual(left);
  expect(calledUntil).toHaveLength(0);
  const client = new AbortController();
  const asked = askAt(0, client.signal);
  await expect.poll(() => calledUntil.length).toBe(1);
  client.abort();
  await expect(asked).rejects.toEqual(left);
  expect(calledUntil).toHaveLength(1);
});
