/** What a request's operations are resolved with: calls in its name, which others may come to wait for. */

import { expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { createExchange } from '../../../src/gateway/http/exchange.ts';
import { createClosingTime } from '../../../src/gateway/http/shutdown-deadline.ts';
import { createContextFactory } from '../../../src/gateway/wiring/request-context.ts';
import { createUpstreamAccess } from '../../../src/gateway/wiring/upstream-access.ts';
import type { UpstreamCaller } from '../../../src/upstream/call.ts';
import { unheardEvents, unobserved } from '../../../src/upstream/observe.ts';
import type { PageAnswer } from '../../../src/upstream/page-request.ts';
import { serviceEnv } from '../harness.ts';

/** Contexts over an upstream whose one answer a test gives, and the callers that it was called for. */
function openContexts(answer: Promise<PageAnswer>) {
  const { upstream, ...config } = loadConfig(serviceEnv('http://127.0.0.1:9'), {
    readFile: () => '',
    randomSecret: () => '',
  });
  if (upstream.mode === 'sandbox') throw new Error('Expected an endpoint');
  const settings = { ...config, upstream };
  const heard = { observe: unobserved, observeToken: unobserved, events: unheardEvents };
  const callers: UpstreamCaller[] = [];
  const client = {
    ...createUpstreamAccess(settings, { now: Date.now, ...heard }),
    forCaller: (caller: UpstreamCaller) => {
      callers.push(caller);
      return () => answer;
    },
  };
  const contextOf = createContextFactory(settings, client, null);
  /** Asks for the same customer as everybody else, with so many milliseconds left on a clock that stands still. */
  const ask = (operationTimeoutMs: number) => {
    const request = new Request('http://gateway.test/graphql');
    const clientSignal = request.signal;
    const closingTime = createClosingTime();
    const exchange = createExchange({
      requestId: 'r',
      clientSignal,
      operationTimeoutMs,
      closingTime,
      now: () => 0,
    });
    exchange.deadline.start();
    const identifier = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;
    const { customers } = contextOf(request, exchange, undefined);
    const asked = customers.load({ identifier, hasDetails: true, balances: [] });
    return asked.finally(exchange.deadline.stop);
  };
  return { callers, ask };
}

it('two requests for one page are one call, with the deadline of the one that made it', async () => {
  let give: (answer: PageAnswer) => void = () => undefined;
  const { callers, ask } = openContexts(
    new Promise((resolve) => {
      give = resolve;
    }),
  );
  const asked = [ask(10_000), ask(20_000)];
  await expect.poll(() => callers.length).toBe(1);
  expect(callers[0]?.deadlineAt).toBe(10_000);
  give(null);
  expect(await Promise.all(asked)).toEqual([null, null]);
  expect(callers).toHaveLength(1);
});
