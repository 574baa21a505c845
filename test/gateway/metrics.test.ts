/** The metrics, compared with the upstream's own counts. Clients cannot add series. */
import { describe, expect, it } from 'vitest';
import { balances } from '../operations.ts';
import { type Harness, startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';
import { scrape, total } from './scrape.ts';

const identifier = byMobile(mobiles.twelve);
const open = (env: Record<string, string> = {}) => startHarness({ members: threeMembers }, env);

const operations = 'ledger_gateway_operation_duration_seconds_count';
const errors = 'ledger_gateway_operation_errors_total';
const calls = 'ledger_gateway_upstream_call_duration_seconds_count';
const inFlight = 'ledger_gateway_upstream_calls_in_flight';
const saved = 'ledger_gateway_upstream_calls_saved_total';

/** Calls saved so far, by each means. */
async function savingsOf({ gateway }: Harness) {
  const series = await scrape(gateway);
  return ['shared', 'kept', 'planned'].map((by) => series.get(`${saved}{by="${by}"}`));
}

describe('the metrics', () => {
  it('count operations by outcome, their errors by code, and calls as the upstream counts them', async () => {
    const harness = await open();
    const { sandbox, ask, post, gateway } = harness;
    await ask(balances, { identifier, first: 10 });
    await ask(balances, { identifier: byMobile(mobiles.unknown) });
    await ask(balances, { identifier, first: -1 });
    sandbox.setFaults([{ kind: 'server-error', status: 503, times: 1 }]);
    const one = `customer(identifier: { name: MOBILE, value: "${mobiles.three}" }) { userId }`;
    await ask(`{ a: ${one} b: ${one.replace('MOBILE', 'EMAIL')} }`);
    await post('{"query":"{"}');
    const series = await scrape(gateway);

    const outcome = (name: string) => series.get(`${operations}{outcome="${name}"}`);
    expect(['ok', 'partial', 'error', 'aborted'].map(outcome)).toEqual([2, 1, 2, 0]);
    const code = (name: string) => series.get(`${errors}{code="${name}"}`);
    expect(code('UPSTREAM_UNAVAILABLE')).toBe(1);
    expect(code('BAD_USER_INPUT')).toBe(1);
    expect(code('GRAPHQL_PARSE_FAILED')).toBe(1);
    expect(total(series, errors)).toBe(3);
    expect(total(series, calls)).toBe(sandbox.callCount());
    expect(total(series, calls, 'outcome="OK"')).toBe(1);
    expect(total(series, calls, 'outcome="UPSTREAM_UNAVAILABLE"')).toBe(1);
    expect(series.get(inFlight)).toBe(0);
  });

  it('measure durations in seconds', async () => {
    const { sandbox, ask, gateway } = await open();
    sandbox.setFaults([{ kind: 'latency', ms: 60 }]);
    await ask(balances, { identifier, first: 3 });
    const series = await scrape(gateway);
    for (const name of ['operation', 'upstream_call']) {
      const seconds = total(series, `ledger_gateway_${name}_duration_seconds_sum`);
      expect(seconds).toBeGreaterThan(0.05);
      expect(seconds).toBeLessThan(30);
    }
    expect(sandbox.callCount()).toBe(1);
  });

  it('show calls in flight, and count them as CANCELLED when their client leaves', async () => {
    const { sandbox, post, gateway, logged } = await open();
    sandbox.setFaults([{ kind: 'hang' }]);
    const leaver = new AbortController();
    const query = `{ customer(identifier: { name: MOBILE, value: "${mobiles.twelve}" }) { userId } }`;
    const left = post({ query }, { signal: leaver.signal }).catch(() => 'left');
    await sandbox.until((seen) => seen.length === 1);
    expect((await scrape(gateway)).get(inFlight)).toBe(1);
    leaver.abort();
    await left;
    await logged(({ outcome }) => outcome === 'aborted');
    await expect.poll(async () => (await scrape(gateway)).get(inFlight)).toBe(0);
    const series = await scrape(gateway);
    expect(series.get(`${calls}{outcome="CANCELLED"}`)).toBe(1);
    expect(total(series, 'ledger_gateway_operation_errors_total')).toBe(0); // No client got one.
    expect(series.get(`${operations}{outcome="aborted"}`)).toBe(1);
    expect(sandbox.callCount()).toBe(1);
  });
});

describe('calls saved', () => {
  it('include shared calls: requests that waited for the call of another request', async () => {
    const harness = await open();
    harness.sandbox.setFaults([{ kind: 'latency', ms: 30 }]);
    await Promise.all([3, 10, 5].map((first) => harness.ask(balances, { identifier, first })));
    expect(await savingsOf(harness)).toEqual([2, 0, 0]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('include cached answers that were used again', async () => {
    const harness = await open({ CACHE_TTL_SECONDS: '60' });
    for (const first of [10, 4, 10]) await harness.ask(balances, { identifier, first });
    expect(await savingsOf(harness)).toEqual([0, 2, 0]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('include planned calls for pages that a list turned out not to have', async () => {
    const harness = await open();
    await harness.ask(balances, { identifier, first: 50 });
    expect(await savingsOf(harness)).toEqual([0, 0, 3]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('are counted once for a batch, and never for refused operations', async () => {
    const harness = await open();
    const query = `{ customer(identifier: { name: MOBILE, value: "${mobiles.twelve}" }) { ledgerBalance(first: 30) { totalCount nodes { closingBalance } } } }`;
    await harness.post([{ query }, { query }]);
    expect(await savingsOf(harness)).toEqual([0, 0, 1]);
    const dear = Array.from(
      { length: 60 },
      (_, till) => `b${till}: ledgerBalance(tillId: "${till}") { totalCount }`,
    );
    await harness.ask(`{ customer(identifier: { name: MOBILE, value: "1" }) { ${dear.join(' ')} } }`);
    expect(await savingsOf(harness)).toEqual([0, 0, 1]);
    expect(harness.sandbox.callCount()).toBe(2);
  });
});

describe('the series', () => {
  it('do not grow with the requests of clients, and name no customer', async () => {
    const { sandbox, ask, post, gateway } = await open();
    const before = [...(await scrape(gateway)).keys()];
    const named = (index: number) => ({
      query: `query Op${index} { __typename }`,
      operationName: `Op${index}`,
    });
    for (let batch = 0; batch < 300; batch += 1) {
      await post(Array.from({ length: 10 }, (_, index) => named(batch * 10 + index)));
    }
    for (let index = 0; index < 100; index += 1) {
      await ask(balances, { identifier: byMobile(`4477009${String(index).padStart(5, '0')}`) });
      await gateway.fetch(new Request(`http://gateway.test/${index}?q=447700900012`));
      await post(`{"query":"{ f${index} }"}`, { headers: { 'x-request-id': `r-${index}` } });
    }
    const after = await scrape(gateway);
    expect([...after.keys()]).toEqual(before);
    expect(before.length).toBeLessThan(400);
    expect([...after.keys()].join()).not.toMatch(/\d{6}|Op\d/);
    expect(total(after, operations)).toBe(3200);
    expect(total(after, calls)).toBe(sandbox.callCount());
  });
});
