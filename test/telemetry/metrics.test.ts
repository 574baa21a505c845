/** The metrics by themselves: all there from the start, in the units that they name, whatever they are told. */
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { WatchedUpstream } from '../../src/telemetry/upstream-gauges.ts';
import { parseMetrics, total } from '../gateway/scrape.ts';

const prefix = 'ledger_gateway_';

/** Metrics on a clock of the test's own; `look` gives the values of series, by their names without our prefix. */
const open = () => {
  const clock = { now: 0 };
  const metrics = createMetrics({ now: () => clock.now });
  const read = async () => parseMetrics((await metrics.read()).text);
  const look = async (...names: readonly string[]) => {
    const series = await read();
    return names.map((name) => series.get(prefix + name));
  };
  return { clock, metrics, read, look };
};

const well: WatchedUpstream = {
  breakerState: () => 'closed',
  areCredentialsRefused: () => false,
  waitingCalls: () => 0,
  callsWaitingForSlot: () => 0,
  accounts: () => 0,
  cacheBytes: () => 0,
  budget: () => ({ limit: 100, left: 100, credentials: {} }),
  sharingState: () => 'shared',
};

describe('all series', () => {
  it('are there from the start, so that the first event is an increase', async () => {
    const { metrics, read } = open();
    const before = await read();
    expect(before.size).toBeGreaterThan(100);
    metrics.watchUpstream(well);
    metrics.observeCall()('OK');
    metrics.observeTokenCall()('UPSTREAM_UNAUTHORIZED');
    metrics.upstreamEvents.onWaited('refused', 3);
    metrics.upstreamEvents.onRepeat();
    metrics.upstreamEvents.onBreakerRefusal('token');
    metrics.countStrayFault('rejection');
    expect([...(await read()).keys()]).toEqual([...before.keys()]);
  });

  it('stand at zero, but for the states that things are in and a budget without a limit', async () => {
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

describe('what is told', () => {
  it('is counted in seconds: calls from going out to their end, waits as they are', async () => {
    const { clock, metrics, look } = open();
    const end = metrics.observeCall();
    expect(await look('upstream_calls_in_flight')).toEqual([1]);
    clock.now = 1500;
    end('OK');
    metrics.upstreamEvents.onWaited('granted', 2500);
    const sums = ['upstream_call_duration_seconds_sum{outcome="OK"}', 'upstream_calls_in_flight'];
    expect(await look(...sums, 'upstream_budget_wait_seconds_sum{outcome="granted"}')).toEqual([1.5, 0, 2.5]);
  });

  it('of an outcome that no call can have counts as a fault of ours, and makes no series', async () => {
    const { metrics, read } = open();
    const { size } = await read();
    metrics.observeCall()('447700900012');
    const series = await read();
    expect(series.size).toBe(size);
    expect(total(series, `${prefix}upstream_call_duration_seconds_count`, 'INTERNAL_SERVER_ERROR')).toBe(1);
  });

  it('of retries and refusals of a breaker is counted', async () => {
    const { metrics, look } = open();
    metrics.upstreamEvents.onRepeat();
    for (const call of ['page', 'token', 'page'] as const) metrics.upstreamEvents.onBreakerRefusal(call);
    const refusals = ['page', 'token'].map((call) => `upstream_breaker_refusals_total{call="${call}"}`);
    expect(await look('upstream_call_retries_total', ...refusals)).toEqual([1, 2, 1]);
  });
});

describe('a scrape', () => {
  it('asks the upstream that is watched how it is right now', async () => {
    const { metrics, look } = open();
    const now = { state: 'shared', left: 100 };
    metrics.watchUpstream({
      ...well,
      breakerState: () => 'half-open',
      areCredentialsRefused: () => true,
      waitingCalls: () => 7,
      callsWaitingForSlot: () => 3,
      accounts: () => 4321,
      cacheBytes: () => 65_000,
      budget: () => ({ limit: 100, left: now.left, credentials: { free: 4000, spent: 2, blocked: 1 } }),
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
