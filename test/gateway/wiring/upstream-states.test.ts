/** What outlives a request: a reset forgets it, and with the built-in sandbox each test that brings an id has its own. */

import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/faults/faults.ts';
import { details } from '../../operations.ts';
import { errorsOf } from '../client-form.ts';
import { type Harness, oauthEnv, startHarness } from '../harness.ts';
import { byMobile, customerNumber, mobiles, threeMembers } from '../members.ts';

const identifier = byMobile(mobiles.twelve);
const inSandbox = { sandboxUrl: 'http://127.0.0.1:4010' };

/** A test's request id. */
const idOf = (test: number) => `00000000-0000-4000-8000-${String(test).padStart(12, '0')}`;
const asTest = (test: number) => ({ 'x-request-id': idOf(test) });

/** The error codes of an answer; none for the customer. */
const codesOf = async (harness: Harness, headers = {}) =>
  errorsOf(await harness.ask(details, { identifier }, headers)).map(([code]) => code);

/** Asks for ten customers that fail. Without a reset or a state of its own, every caller is then refused for a moment. */
async function failTenTimes(harness: Harness, headers = {}): Promise<void> {
  for (let index = 0; index < 10; index += 1)
    await harness.ask(details, { identifier: customerNumber(index) }, headers);
}

const blocking: Fault = { kind: 'rate-limited', retryAfter: 45, times: 1 };

describe('a reset', () => {
  it('closes an open breaker, so that the next call goes out', async () => {
    const harness = await startHarness({ members: threeMembers }, {}, { now: () => 1000 });
    harness.sandbox.setFaults([{ kind: 'server-error' }]);
    await failTenTimes(harness);
    harness.sandbox.reset();
    expect(await codesOf(harness)).toEqual(['UPSTREAM_UNAVAILABLE']);
    harness.gateway.reset();
    expect(await codesOf(harness)).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('forgets a 429 that blocks the budget', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([blocking]);
    expect(await codesOf(harness)).toEqual(['RATE_LIMITED']);
    expect(await codesOf(harness)).toEqual(['RATE_LIMITED']);
    harness.gateway.reset();
    expect(await codesOf(harness)).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('forgets spent calls, cached answers and the token', async () => {
    const env = { ...oauthEnv, UPSTREAM_CALLS_PER_MINUTE: '2', CACHE_TTL_SECONDS: '60' };
    const harness = await startHarness({ members: threeMembers }, env);
    expect(await codesOf(harness)).toEqual([]);
    harness.gateway.reset();
    expect(await codesOf(harness)).toEqual([]);
    expect([harness.sandbox.callCount(), harness.sandbox.tokenCalls().length]).toEqual([2, 2]);
  });

  it('ends calls in flight, and no later request shares them', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ kind: 'hang', times: 1 }]);
    const hanging = codesOf(harness);
    await harness.sandbox.until((calls) => calls.length === 1);
    harness.gateway.reset();
    expect(await codesOf(harness)).toEqual([]);
    expect(await hanging).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('is what metrics and readiness then show', async () => {
    const harness = await startHarness({ members: threeMembers }, {}, { now: () => 1000 });
    const read = async (path: string) =>
      await (await harness.gateway.fetch(new Request(`http://gateway.test${path}`))).text();
    harness.sandbox.setFaults([{ kind: 'server-error' }]);
    await failTenTimes(harness);
    expect(await read('/readyz')).toContain('"breaker":"open"');
    harness.gateway.reset();
    expect(await read('/readyz')).toContain('"breaker":"closed"');
    expect(await read('/metrics')).toContain('upstream_breaker_state{state="closed"} 1');
    expect(harness.sandbox.callCount()).toBe(10);
  });
});

describe('tests side by side, each with a request id of its own', () => {
  it('feel no breaker that others opened', async () => {
    const harness = await startHarness({ members: threeMembers }, {}, inSandbox);
    harness.sandbox.setFaults([1, 2].map((test) => ({ kind: 'server-error', onlyFor: idOf(test) })));
    await failTenTimes(harness, asTest(1));
    await failTenTimes(harness, asTest(2));
    expect([await codesOf(harness, asTest(3)), await codesOf(harness)]).toEqual([[], []]);
    expect(harness.sandbox.callCount()).toBe(22);
  });

  it('feel no 429 of another one, whether a fault or a member brought it', async () => {
    const limited = { ...threeMembers[1], faults: [{ kind: 'rate-limited', retryAfter: 45 }] } as const;
    const members = [...threeMembers.filter((_, index) => index !== 1), limited] as typeof threeMembers;
    const harness = await startHarness({ members }, {}, inSandbox);
    const refused = await harness.ask(details, { identifier: byMobile(mobiles.three) }, asTest(1));
    expect(errorsOf(refused)).toEqual([['RATE_LIMITED', 'customer']]);
    expect(await codesOf(harness, asTest(1))).toEqual(['RATE_LIMITED']);
    expect(await codesOf(harness, asTest(2))).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('share no call and no cached answer with another one', async () => {
    const harness = await startHarness({ members: threeMembers }, { CACHE_TTL_SECONDS: '60' }, inSandbox);
    harness.sandbox.setFaults([{ kind: 'server-error', onlyFor: idOf(1) }]);
    const both = await Promise.all([codesOf(harness, asTest(1)), codesOf(harness, asTest(2))]);
    expect(both).toEqual([['UPSTREAM_UNAVAILABLE'], []]);
    expect(await codesOf(harness, asTest(1))).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect(await codesOf(harness, asTest(2))).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(3);
  });

  it('are two hundred at most: one more ends the least recently used', async () => {
    const harness = await startHarness({ members: threeMembers }, {}, inSandbox);
    harness.sandbox.setFaults([{ kind: 'hang', onlyFor: idOf(0) }]);
    const hanging = codesOf(harness, asTest(0));
    await harness.sandbox.until((calls) => calls.length === 1);
    for (let test = 1; test <= 200; test += 1) expect(await codesOf(harness, asTest(test))).toEqual([]);
    expect(await hanging).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect(harness.sandbox.callCount()).toBe(201);
  });

  it('end with the gateway, and with a reset', async () => {
    const harness = await startHarness({ members: threeMembers }, {}, inSandbox);
    harness.sandbox.setFaults([{ kind: 'hang', times: 2 }]);
    for (const end of [harness.gateway.reset, () => harness.gateway.drain(0)]) {
      const hanging = codesOf(harness, asTest(1));
      const { length } = harness.sandbox.calls();
      await harness.sandbox.until((calls) => calls.length > length);
      end();
      expect(await hanging).toHaveLength(1);
    }
    expect(harness.sandbox.callCount()).toBe(2);
  });
});

describe('request ids of callers', () => {
  it('give no budget of their own where the upstream is not the built-in sandbox', async () => {
    const harness = await startHarness({ members: threeMembers }, { UPSTREAM_CALLS_PER_MINUTE: '1' });
    expect(await codesOf(harness, asTest(1))).toEqual([]);
    expect(await codesOf(harness, asTest(2))).toEqual(['RATE_LIMITED']);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});
