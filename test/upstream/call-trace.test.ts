/** What a trace shows of calls: each that goes out once, where it goes, how long it waited, and never which customer. */

import { describe, expect, it } from 'vitest';
import type { CallBudget } from '../../src/upstream/budget/call-budget.ts';
import { createWindowBudget } from '../../src/upstream/budget/window-budget.ts';
import type { TracedCall } from '../../src/upstream/observe.ts';
import { pageRequest } from './bodies.ts';
import { callerWith, noSignal, startClient, startJsonUpstream, startUpstream } from './fake-upstream.ts';

const refusal = { errors: [{ status: false, code: 8015, message: '' }] };

/** A trace that remembers its calls. */
function remember() {
  const seen = { calls: [] as TracedCall[], ends: [] as (readonly [string, number | undefined])[] };
  const startSpan = (call: TracedCall) => {
    seen.calls.push(call);
    let status: number | undefined;
    return {
      traceparent: `span-${seen.calls.length}`,
      onStatus: (received: number) => {
        status = received;
      },
      end: (outcome: string) => void seen.ends.push([outcome, status]),
    };
  };
  return { seen, startSpan };
}

describe('a trace', () => {
  it('shows a call, its page and its end, and nothing else of the question', async () => {
    const { seen, startSpan } = remember();
    const upstream = await startJsonUpstream(refusal, 400);
    const fetchPage = startClient(`${upstream.url}/prefix`).forCaller(callerWith({ startSpan }));
    await fetchPage({ ...pageRequest(), pageNumber: 3, limit: 7 }, noSignal());
    expect(seen.calls).toEqual([
      {
        method: 'GET',
        origin: upstream.url,
        path: '/v2/pointsLedger/getCustomerLedgerBalance',
        page: { pageNumber: 3, limit: 7 },
        resends: 0,
        budgetWaitMs: expect.any(Number),
        slotWaitMs: expect.any(Number),
      },
    ]);
    expect(seen.ends).toEqual([['NO_SUCH_CUSTOMER', 400]]);
    expect(upstream.calls).toHaveLength(1);
  });

  it('puts the call under its own span, not under the caller’s', async () => {
    const { startSpan } = remember();
    const upstream = await startJsonUpstream(refusal, 400);
    const headers = new Headers({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    const fetchPage = startClient(upstream.url).forCaller(callerWith({ headers, startSpan }));
    await fetchPage(pageRequest(), noSignal());
    expect(upstream.calls.map((call) => call.headers['traceparent'])).toEqual(['span-1']);
  });

  it('shows no status where none came', async () => {
    const { seen, startSpan } = remember();
    const upstream = await startUpstream((request) => request.socket.destroy());
    const fetchPage = startClient(upstream.url).forCaller(callerWith({ startSpan }));
    await expect(fetchPage(pageRequest(), noSignal())).rejects.toThrow();
    expect(seen.ends).toEqual([['UPSTREAM_UNAVAILABLE', undefined]]);
    expect(upstream.calls).toHaveLength(1);
  });

  it('shows how long a call waited for its permit', async () => {
    const { seen, startSpan } = remember();
    const upstream = await startJsonUpstream(refusal, 400);
    const budget = budgetThatRefusesOnce(30);
    const fetchPage = startClient(upstream.url, { budget }).forCaller(callerWith({ startSpan }));
    await fetchPage(pageRequest(), noSignal());
    const [call] = seen.calls;
    expect(call?.budgetWaitMs).toBeGreaterThan(25);
    expect(upstream.calls).toHaveLength(1);
  });
});

function budgetThatRefusesOnce(waitMs: number): CallBudget {
  const unlimited = createWindowBudget({ callsPerMinute: Number.POSITIVE_INFINITY, now: () => 0 });
  let hasRefused = false;
  return {
    ...unlimited,
    take(...asked) {
      if (hasRefused) return unlimited.take(...asked);
      hasRefused = true;
      return { permits: [], waitsMs: [waitMs] };
    },
  };
}
