/** The metrics of the budget, of calls that wait for it, and of calls that were repeated or not made. */
import { describe, expect, it } from 'vitest';
import { balances, details } from '../operations.ts';
import { type Harness, oauthEnv, startHarness } from './harness.ts';
import { byMobile, customerNumber, mobiles, threeMembers } from './members.ts';
import { scrape, total } from './scrape.ts';

const identifier = byMobile(mobiles.twelve);
const prefix = 'ledger_gateway_';
const pageCalls = `${prefix}upstream_call_duration_seconds_count`;
const open = (env: Record<string, string> = {}) => startHarness({ members: threeMembers }, env);

/** The values of series, by their names without our prefix. */
async function valuesOf({ gateway }: Harness, ...names: readonly string[]) {
  const series = await scrape(gateway);
  return names.map((name) => series.get(prefix + name));
}

const ends = ['granted', 'refused', 'left'].map(
  (outcome) => `upstream_budget_wait_seconds_count{outcome="${outcome}"}`,
);
const credentials = ['free', 'spent', 'blocked'].map(
  (state) => `upstream_budget_credentials{state="${state}"}`,
);
const leftOf = ['upstream_budget_left_calls', 'upstream_budget_limit_calls'];

describe('the budget', () => {
  it('shows its limit and the calls left, and counts refusals', async () => {
    const harness = await open({ UPSTREAM_CALLS_PER_MINUTE: '2' });
    expect(await valuesOf(harness, ...leftOf, ...credentials)).toEqual([2, 2, 0, 0, 0]);
    await harness.ask(details, { identifier });
    expect(await valuesOf(harness, ...leftOf, ...credentials)).toEqual([1, 2, 1, 0, 0]);
    for (const _ of [1, 2, 3]) await harness.ask(details, { identifier });
    expect(await valuesOf(harness, ...leftOf, ...credentials)).toEqual([0, 2, 0, 1, 0]);
    expect(await valuesOf(harness, ...ends)).toEqual([2, 2, 0]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('is infinite without a limit, and zero while an upstream’s 429 blocks it', async () => {
    const harness = await open();
    await harness.ask(details, { identifier });
    const endless = Number.POSITIVE_INFINITY;
    expect(await valuesOf(harness, ...leftOf, ...credentials)).toEqual([endless, endless, 0, 0, 0]);
    harness.sandbox.setFaults([{ kind: 'rate-limited', retryAfter: 50 }]);
    for (const _ of [1, 2]) await harness.ask(details, { identifier });
    expect(await valuesOf(harness, ...leftOf, ...credentials)).toEqual([0, endless, 0, 0, 1]);
    expect(await valuesOf(harness, ...ends)).toEqual([2, 1, 0]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('shows the caller with the fewest calls left, and names no caller', async () => {
    const forward = { UPSTREAM_BASIC_USER: '', UPSTREAM_BASIC_PASSWORD: '', ALLOW_ANONYMOUS: '' };
    const harness = await open({ ...forward, UPSTREAM_CALLS_PER_MINUTE: '3' });
    const names = [...(await scrape(harness.gateway)).keys()];
    const ask = (user: string) =>
      harness.ask(details, { identifier }, { authorization: `Basic ${btoa(`${user}:password`)}` });
    for (let index = 0; index < 40; index += 1) await ask(`user-${index}`);
    for (const _ of [1, 2]) await ask('user-7');
    expect(await valuesOf(harness, ...leftOf, ...credentials)).toEqual([0, 3, 39, 1, 0]);
    expect([...(await scrape(harness.gateway)).keys()]).toEqual(names);
    expect(harness.sandbox.callCount()).toBe(42);
  });
});

describe('calls that wait', () => {
  it('are counted while they wait, and measured by how long they waited', async () => {
    const harness = await open({
      UPSTREAM_CALLS_PER_MINUTE: '2',
      UPSTREAM_MAX_CONCURRENCY: '1',
      OPERATION_TIMEOUT_MS: '120000', // Longer than it takes until a permit is free, or no operation would wait for it.
    });
    harness.sandbox.setFaults([{ kind: 'hang' }]);
    const leaver = new AbortController();
    const queries = [mobiles.twelve, mobiles.three, mobiles.gaps].map((mobile) => ({
      query: `{ customer(identifier: { name: MOBILE, value: "${mobile}" }) { userId } }`,
    }));
    const left = queries.map((query) =>
      harness.post(query, { signal: leaver.signal }).catch(() => undefined),
    );
    const waiting = ['budget', 'slot'].map((what) => `upstream_calls_waiting{for="${what}"}`);
    await expect.poll(() => valuesOf(harness, ...waiting, 'upstream_calls_in_flight')).toEqual([1, 1, 1]);
    await harness.sandbox.until((seen) => seen.length === 1);
    leaver.abort();
    await Promise.all(left);
    await expect.poll(() => valuesOf(harness, ...waiting, 'upstream_calls_in_flight')).toEqual([0, 0, 0]);
    expect(await valuesOf(harness, ...ends)).toEqual([2, 0, 1]);
    expect(total(await scrape(harness.gateway), `${prefix}upstream_budget_wait_seconds_sum`)).toBeGreaterThan(
      0.001,
    );
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('calls that are repeated', () => {
  it('are counted as repeats, both retries and replays after a 401', async () => {
    const harness = await open({ ...oauthEnv, UPSTREAM_RETRIES: '2' });
    harness.sandbox.setFaults([{ kind: 'server-error', times: 2 }]);
    await harness.ask(balances, { identifier, first: 3 });
    expect(await valuesOf(harness, 'upstream_call_retries_total')).toEqual([2]);
    harness.sandbox.revokeTokens();
    await harness.ask(balances, { identifier, first: 3 });
    expect(await valuesOf(harness, 'upstream_call_retries_total')).toEqual([3]);
    expect(harness.sandbox.callCount()).toBe(5);
    const series = await scrape(harness.gateway);
    expect(total(series, pageCalls)).toBe(5);
    // Two tokens, and every try at a page, had to wait for the budget.
    expect(series.get(prefix + ends[0])).toBe(7);
  });
});

describe('calls that a breaker refuses', () => {
  it('are counted once each, beside the calls that were made', async () => {
    const harness = await open();
    harness.sandbox.setFaults([{ kind: 'server-error' }]);
    for (let index = 0; index < 25; index += 1)
      await harness.ask(details, { identifier: customerNumber(index) });
    const refusals = ['page', 'token'].map((call) => `upstream_breaker_refusals_total{call="${call}"}`);
    const made = harness.sandbox.callCount(); // Ten, and on a slow machine a trial call.
    expect(made).toBeLessThan(15);
    expect(await valuesOf(harness, ...refusals)).toEqual([25 - made, 0]);
    expect(total(await scrape(harness.gateway), pageCalls)).toBe(made);
  });

  it('are counted separately for token calls, and no page call follows them', async () => {
    const harness = await open(oauthEnv);
    harness.sandbox.setFaults([{ kind: 'server-error', endpoint: 'token' }]);
    for (let index = 0; index < 22; index += 1) await harness.ask(details, { identifier });
    const refusals = ['page', 'token'].map((call) => `upstream_breaker_refusals_total{call="${call}"}`);
    const made = harness.sandbox.tokenCalls().length;
    expect(made).toBeLessThan(22);
    expect(await valuesOf(harness, ...refusals)).toEqual([0, 22 - made]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
