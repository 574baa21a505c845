/** The metrics of the upstream beyond calls for pages: tokens, breaker, credentials. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { balances } from '../operations.ts';
import { type Harness, oauthEnv, startHarness } from './harness.ts';
import { byMobile, customerNumber, mobiles, threeMembers } from './members.ts';
import { scrape, total } from './scrape.ts';

const identifier = byMobile(mobiles.twelve);
const pageCalls = 'ledger_gateway_upstream_call_duration_seconds_count';
const tokenCalls = 'ledger_gateway_upstream_token_calls_total';
const refused = 'ledger_gateway_upstream_credentials_refused';
const breakerIs = (state: string) => `ledger_gateway_upstream_breaker_state{state="${state}"}`;

const readinessOf = async ({ gateway }: Harness) => {
  const response = await gateway.fetch(new Request('http://gateway.test/readyz'));
  return [response.status, (await response.json()).parts];
};

describe('the metrics of the upstream', () => {
  it('count token calls and page calls separately, and both as the upstream counts them', async () => {
    const { sandbox, ask, gateway } = await startHarness({ members: threeMembers }, oauthEnv);
    await ask(balances, { identifier });
    await ask(balances, { identifier });
    const series = await scrape(gateway);
    expect(series.get(`${tokenCalls}{outcome="OK"}`)).toBe(1);
    expect(total(series, tokenCalls)).toBe(1);
    expect(total(series, pageCalls)).toBe(sandbox.callCount());
    expect(series.get(refused)).toBe(0);
  });

  it('show that credentials are refused, and so does readiness', async () => {
    const harness = await startHarness(
      { members: threeMembers },
      { UPSTREAM_BASIC_PASSWORD: 'not the password', UPSTREAM_RETRIES: '0' },
    );
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    for (const number of [1, 2, 3]) {
      await harness.ask(balances, { identifier: customerNumber(number) });
      vi.advanceTimersByTime(2500);
    }
    expect((await scrape(harness.gateway)).get(refused)).toBe(1);
    const [status, parts] = await readinessOf(harness);
    expect(status).toBe(503);
    expect(parts).toMatchObject({ traffic: 'taken', credentials: 'service credentials refused' });
    expect(harness.sandbox.callCount()).toBe(3);
  });

  it('count every try, and show when the breaker opens', async () => {
    const harness = await startHarness({ members: threeMembers }, { UPSTREAM_RETRIES: '0' });
    expect((await scrape(harness.gateway)).get(breakerIs('closed'))).toBe(1);
    harness.sandbox.setFaults([{ kind: 'server-error', status: 503 }]);
    for (let tries = 0; tries < 40; tries += 1)
      await harness.ask(balances, { identifier: customerNumber(tries) });
    const series = await scrape(harness.gateway);
    expect(['closed', 'open', 'half-open'].map((state) => series.get(breakerIs(state)))).toEqual([0, 1, 0]);
    expect(total(series, pageCalls)).toBe(harness.sandbox.callCount());
    expect(harness.sandbox.callCount()).toBeLessThan(40);
    expect((await readinessOf(harness))[1]).toMatchObject({ breaker: 'open' });
  });
});
