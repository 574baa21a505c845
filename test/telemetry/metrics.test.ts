/** The metrics by themselves: all series exist from the start, in the units that they name. */
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../src/ledger/source/receipt.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { OperationRecord } from '../../src/telemetry/operation-line.ts';
import { createSeries } from '../../src/telemetry/series.ts';
import type { WatchedUpstream } from '../../src/telemetry/upstream-metrics.ts';
import type { CallOutcome } from '../../src/upstream/observe.ts';
import { parseMetrics, total } from '../gateway/scrape.ts';
import { endedQuery, endedRequest } from './ended-query.ts';

const prefix = 'ledger_gateway_';

/** Metrics; `look` returns the values of series, by their names without our prefix. */
const open = () => {
  const metrics = createMetrics();
  const read = async () => parseMetrics((await metrics.read()).text);
  const look = async (...names: readonly string[]) => {
    const series = await read();
    return names.map((name) => series.get(prefix + name));
  };
  return { metrics, read, look };
};

const well: WatchedUpstream = {
  breakerState: () => 'closed',
  areCredentialsRefused: () => false,
  waitingCalls: () => 0,
  callsWaitingForSlot: () => 0,
  cacheBytes: () => 0,
  budget: () => ({ limit: 100, left: 100, credentials: { free: 0, spent: 0, blocked: 0 }, accounts: 0 }),
  sharingState: () => 'shared',
};

describe('all series', () => {
  it('are there from the start, so that the first event is an increase', async () => {
    const { metrics, read } = open();
    const before = await read();
    expect(before.size).toBeGreaterThan(100);
    metrics.watchUpstream(well);
    metrics.upstreamEvents.onEnded('page', 'OK', 1);
    metrics.upstreamEvents.onEnded('token', 'UPSTREAM_UNAUTHORIZED', 1);
    metrics.upstreamEvents.onWaited('refused', 3);
    metrics.upstreamEvents.onRepeat();
    metrics.upstreamEvents.onBreakerRefusal('token');
    metrics.countStrayFault('rejection');
    expect([...(await read()).keys()]).toEqual([...before.keys()]);
  });

  it('are zero, except present states and the budget without a limit', async () => {
    const { read } = open();
    const standing = [...(await read())].filter(([, value]) => value !== 0);
    expect(Object.fromEntries(standing)).toEqual({
      [`${prefix}upstream_breaker_state{state="closed"}`]: 1,
      [`${prefix}sharing_state{state="off"}`]: 1,
      [`${prefix}upstream_budget_limit_calls`]: Number.POSITIVE_INFINITY,
      [`${prefix}upstream_budget_left_calls`]: Number.POSITIVE_INFINITY,
    });
  });
});

describe('calls', () => {
  it('are timed in seconds from going out to their end, and so are their waits', async () => {
    const { metrics, look } = open();
    metrics.upstreamEvents.onSent('page');
    expect(await look('upstream_calls_in_flight')).toEqual([1]);
    metrics.upstreamEvents.onEnded('page', 'OK', 1500);
    metrics.upstreamEvents.onWaited('granted', 2500);
    const sums = ['upstream_call_duration_seconds_sum{outcome="OK"}', 'upstream_calls_in_flight'];
    expect(await look(...sums, 'upstream_budget_wait_seconds_sum{outcome="granted"}')).toEqual([1.5, 0, 2.5]);
  });

  it('have the series that prom-client makes of the same durations', async () => {
    const anyMs = fc.oneof(
      fc.double({ min: 0, max: 40_000, noNaN: true }),
      fc.constantFrom(0, 5, 10, 30_000),
    );
    const anyEnd = fc.tuple(fc.constantFrom('a', 'b'), anyMs);
    await fc.assert(
      fc.asyncProperty(fc.array(anyEnd), async (ends) => {
        const [ours, theirs] = [new Registry(), new Registry()];
        const family = { help: 'h', buckets: [0.005, 0.01, 2.5, 30] };
        const values = ['a', 'b'] as const;
        const add = createSeries(ours).addDurations({ ...family, name: 'x', label: 'k', values });
        const named = { ...family, name: `${prefix}x`, labelNames: ['k'] };
        const histogram = new Histogram({ ...named, registers: [theirs] });
        for (const value of values) histogram.zero({ k: value });
        for (const [value, ms] of ends) add(value, ms);
        for (const [value, ms] of ends) histogram.observe({ k: value }, ms / 1000);
        expect(await ours.metrics()).toBe(await theirs.metrics());
      }),
    );
  });

  it('with an unknown outcome count as INTERNAL_SERVER_ERROR, and create no series', async () => {
    const { metrics, read } = open();
    const { size } = await read();
    metrics.upstreamEvents.onEnded('page', '447700900012' as CallOutcome, 1);
    const series = await read();
    expect(series.size).toBe(size);
    expect(total(series, `${prefix}upstream_call_duration_seconds_count`, 'INTERNAL_SERVER_ERROR')).toBe(1);
  });

  it('that are retried, or refused by a breaker, are counted', async () => {
    const { metrics, look } = open();
    metrics.upstreamEvents.onRepeat();
    for (const call of ['page', 'token', 'page'] as const) metrics.upstreamEvents.onBreakerRefusal(call);
    const refusals = ['page', 'token'].map((call) => `upstream_breaker_refusals_total{call="${call}"}`);
    expect(await look('upstream_call_retries_total', ...refusals)).toEqual([1, 2, 1]);
  });
});

describe('a scrape', () => {
  it('reads the state of the watched upstream at that moment', async () => {
    const { metrics, look } = open();
    const now: { state: 'shared' | 'alone'; left: number } = { state: 'shared', left: 100 };
    metrics.watchUpstream({
      ...well,
      breakerState: () => 'half-open',
      areCredentialsRefused: () => true,
      waitingCalls: () => 7,
      callsWaitingForSlot: () => 3,
      cacheBytes: () => 65_000,
      budget: () => ({
        limit: 100,
        left: now.left,
        credentials: { free: 4000, spent: 2, blocked: 1 },
        accounts: 4321,
      }),
      sharingState: () => now.state,
    });
    const states = (name: string, values: readonly string[], label = 'state') =>
      look(...values.map((value) => `${name}{${label}="${value}"}`));
    const sharing = () => states('sharing_state', ['off', 'shared', 'alone']);
    expect(await states('upstream_breaker_state', ['closed', 'open', 'half-open'])).toEqual([0, 0, 1]);
    expect(await states('upstream_calls_waiting', ['budget', 'slot'], 'for')).toEqual([7, 3]);
    expect(await states('upstream_budget_credentials', ['free', 'spent', 'blocked'])).toEqual([4000, 2, 1]);
    expect(await look('upstream_credentials_refused', 'upstream_budget_limit_calls')).toEqual([1, 100]);
    expect(await look('upstream_accounts', 'cache_bytes')).toEqual([4321, 65_000]);
    expect(await sharing()).toEqual([0, 1, 0]);
    Object.assign(now, { state: 'alone', left: 12 });
    expect(await sharing()).toEqual([0, 0, 1]);
    expect(await look('upstream_budget_left_calls')).toEqual([12]);
  });
});

describe('saved calls', () => {
  const call = { page: 0, limit: 10, milliseconds: 1, outcome: 'OK', isShared: false, tries: 1 };

  /** The calls that a request with these costs has saved: shared, kept, planned. */
  async function savedBy(costs: Partial<Receipt>, query: Partial<OperationRecord> = {}, isAborted = false) {
    const { metrics, look } = open();
    const receipt = { price: 0, made: 0, shared: 0, kept: 0, calls: [], ...costs };
    metrics.countRequest({ ...endedRequest, isAborted, operations: [{ ...endedQuery, ...query }], receipt });
    return look(...['shared', 'kept', 'planned'].map((by) => `upstream_calls_saved_total{by="${by}"}`));
  }

  it('count two cached answers that replaced one call as one', async () => {
    expect(await savedBy({ price: 1, kept: 2 })).toEqual([0, 1, 0]);
  });

  it('are only the shared ones where short pages cost more than the price', async () => {
    expect(await savedBy({ price: 1, made: 2, shared: 1 })).toEqual([1, 0, 0]);
  });

  it.each<[string, Partial<Receipt>, Partial<OperationRecord>, boolean]>([
    ['has an error', {}, { errorCodes: ['RATE_LIMITED'] }, false],
    ['was aborted', {}, {}, true],
    ['has a failed call behind its data', { calls: [{ ...call, outcome: 'UPSTREAM_TIMEOUT' }] }, {}, false],
  ])('are not planned where a request %s', async (_, costs, query, isAborted) => {
    expect(await savedBy({ price: 9, made: 1, calls: [call] })).toEqual([0, 0, 8]);
    expect(await savedBy({ price: 9, made: 1, ...costs }, query, isAborted)).toEqual([0, 0, 0]);
  });

  it('and calls made never add up to more than the price, unless short pages or sharing did', async () => {
    const count = fc.nat(60);
    await fc.assert(
      fc.asyncProperty(
        fc.record({ price: count, made: count, shared: count, kept: count }),
        async (costs) => {
          const saved = await savedBy(costs);
          const sum = saved.reduce((total: number, one) => total + (one ?? Number.NaN), costs.made);
          expect(sum).toBe(Math.max(costs.price, costs.made + costs.shared));
        },
      ),
    );
  });
});
