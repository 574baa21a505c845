/** Two gateways at one Redis: one budget and one cache, also while Redis is killed and started again. */
import { describe, expect, it } from 'vitest';
import { type Harness, startHarness } from '../gateway/harness.ts';
import { byMobile, mobiles, threeMembers } from '../gateway/members.ts';
import { scrape } from '../gateway/scrape.ts';
import { balances } from '../operations.ts';
import { startRedis } from './redis-server.ts';

const identifier = byMobile(mobiles.twelve);

/** Two replicas in front of one sandbox. */
async function startReplicas(url: string, env: Readonly<Record<string, string>>) {
  const settings = { REDIS_URL: url, REPLICAS: '2', ...env };
  const one = await startHarness({ members: threeMembers }, settings);
  return { one, two: one.restart(settings), sandbox: one.sandbox };
}

/** Resolves when `/readyz` says so. */
async function sharingIs({ gateway }: Harness, state: 'shared' | 'alone'): Promise<void> {
  for (;;) {
    const response = await gateway.fetch(new Request('http://gateway.test/readyz'));
    const { parts } = await response.json();
    if (parts.sharing === state) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The state that metrics tell, what is left of the budget, and of how much. */
async function measured({ gateway }: Harness) {
  const series = await scrape(gateway);
  const value = (name: string) => series.get(`ledger_gateway_${name}`);
  const state = ['off', 'shared', 'alone'].find((one) => value(`sharing_state{state="${one}"}`) === 1);
  return [state, value('upstream_budget_left_calls'), value('upstream_budget_limit_calls')];
}

const edgesOf = async ({ ask }: Harness, first: number) =>
  (await ask(balances, { identifier, first })).data?.customer?.ledgerBalance?.edges.length;

describe('replicas', () => {
  it('tell in their metrics that they share, and what is left of one budget', async () => {
    const redis = await startRedis();
    const env = { UPSTREAM_CALLS_PER_MINUTE: '4', OPERATION_TIMEOUT_MS: '3000' };
    const { one, two, sandbox } = await startReplicas(redis.url, env);
    expect(await measured(one.restart({}))).toEqual(['off', Infinity, Infinity]);
    for (const { ask } of [one, one, two]) await ask(balances, { identifier, first: 3 });
    expect(await measured(one)).toEqual(['shared', 2, 4]);
    expect(await measured(two)).toEqual(['shared', 1, 4]); // Redis has reported all three.
    await redis.kill();
    await Promise.all([sharingIs(one, 'alone'), sharingIs(two, 'alone')]);
    expect(await measured(one)).toEqual(['alone', 0, 2]);
    expect(await measured(two)).toEqual(['alone', 1, 2]);
    expect(sandbox.callCount()).toBe(3);
  });

  // What Redis answers after 50 ms is a miss, and that is a promise too: a busy machine may bring one about.
  it("use each other's answers for the positions that they need", { retry: 2 }, async () => {
    const { url } = await startRedis();
    const { one, two, sandbox } = await startReplicas(url, { CACHE_TTL_SECONDS: '60' });
    await Promise.all([sharingIs(one, 'shared'), sharingIs(two, 'shared')]);
    expect(await edgesOf(one, 10)).toBe(10);
    expect(await edgesOf(two, 4)).toBe(4);
    expect(sandbox.callCount()).toBe(1);
    expect(await edgesOf(two, 12)).toBe(12);
    expect(await edgesOf(one, 12)).toBe(12);
    expect(sandbox.callCount()).toBe(2);
  });

  it('have one budget', async () => {
    const { url } = await startRedis();
    const env = { UPSTREAM_CALLS_PER_MINUTE: '3', OPERATION_TIMEOUT_MS: '3000' };
    const { one, two, sandbox } = await startReplicas(url, env);
    const codes: unknown[] = [];
    for (const { ask } of [one, two, one, two, one]) {
      const { errors } = await ask(balances, { identifier, first: 3 });
      codes.push(errors?.[0]?.extensions?.['code']);
    }
    expect(codes).toEqual([undefined, undefined, undefined, 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(sandbox.callCount()).toBe(3);
  });

  // Here too an answer that takes Redis 50 ms is a miss, and one call more.
  it('go on with their shares when Redis is killed, report it, and share again when Redis is back', {
    retry: 2,
  }, async () => {
    const redis = await startRedis();
    const env = { CACHE_TTL_SECONDS: '60', UPSTREAM_CALLS_PER_MINUTE: '2', OPERATION_TIMEOUT_MS: '3000' };
    const { one, two, sandbox } = await startReplicas(redis.url, env);
    expect(await edgesOf(one, 10)).toBe(10);
    expect(await edgesOf(two, 10)).toBe(10);
    expect(sandbox.callCount()).toBe(1);
    await redis.kill();
    await Promise.all([sharingIs(one, 'alone'), sharingIs(two, 'alone')]);
    expect(await edgesOf(one, 10)).toBe(10); // Its own answer.
    expect(await edgesOf(two, 10)).toBe(10); // A call within its share.
    expect(sandbox.callCount()).toBe(2);
    const beyond = await one.ask(balances, { identifier: byMobile(mobiles.three) });
    expect(beyond.errors?.[0]?.extensions?.['code']).toBe('RATE_LIMITED');
    await redis.restart();
    await Promise.all([sharingIs(one, 'shared'), sharingIs(two, 'shared')]);
    expect(await edgesOf(one, 10)).toBe(10);
    expect(sandbox.callCount()).toBe(2);
  });

  it('say in their log that they are alone, and that they share again, once each', async () => {
    const redis = await startRedis();
    const { one, sandbox } = await startReplicas(redis.url, { UPSTREAM_CALLS_PER_MINUTE: '9' });
    await edgesOf(one, 3);
    await redis.kill();
    await sharingIs(one, 'alone');
    await redis.restart();
    await sharingIs(one, 'shared');
    const told = one.logLines.flatMap(({ level, sharing }) => (sharing ? [[level, sharing]] : []));
    expect(told).toEqual([
      ['warn', 'alone'],
      ['info', 'shared'],
    ]);
    expect(sandbox.callCount()).toBe(1);
  });
});
